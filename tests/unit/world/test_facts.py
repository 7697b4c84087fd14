"""The published examples, on a hand-made world of six videos."""

from dataclasses import dataclass

import numpy as np
import pytest

from ranker.catalog.tier import Tier
from ranker.world.arrays import NONE
from ranker.world.kinds import number
from ranker.world.music import Songs
from ranker.world.queries import Queries
from ranker.world.truth.facts import Judge
from ranker.world.videos import Videos

JAY, HEBE, CHEER = 0, 1, 2
QINGTIAN, XIAOXINGYUN, HUIBUHUI, HUIBUHUI_JAY = 0, 1, 2, 3


@dataclass
class Video:
    song: int
    kind: str
    singer: int
    about: int
    style: int = 0
    language: int = 0


VIDEOS = {
    "live of 晴天 by 周杰伦": Video(QINGTIAN, "live", JAY, JAY),
    "cover of 晴天 by an amateur": Video(QINGTIAN, "cover", NONE, JAY),
    "cover of 晴天 by 田馥甄": Video(QINGTIAN, "cover", HEBE, JAY),
    "anime cut 朗朗晴天, to 小幸运": Video(XIAOXINGYUN, "anime_cut", HEBE, HEBE),
    "MV of 小幸运 by 田馥甄": Video(XIAOXINGYUN, "official", HEBE, HEBE, style=1),
    "lesson on 晴天": Video(QINGTIAN, "teaching", NONE, JAY),
    "MV of 会不会 by 陈绮贞": Video(HUIBUHUI, "official", CHEER, CHEER),
    "MV of 会不会 by 周杰伦": Video(HUIBUHUI_JAY, "official", JAY, JAY),
    "everyday vlog": Video(NONE, "other", NONE, NONE, style=1),
    "compilation of 周杰伦": Video(NONE, "compilation", JAY, JAY),
}
QUERIES = {
    # title, song, artist, version, style, by_alias
    "周杰伦 晴天": (NONE, QINGTIAN, JAY, NONE, NONE, False),
    "晴天": (0, NONE, NONE, NONE, NONE, False),
    "hebe": (NONE, NONE, HEBE, NONE, NONE, True),
    "周杰伦": (NONE, NONE, JAY, NONE, NONE, False),
    "会不会": (2, NONE, NONE, NONE, NONE, False),
    "晴天 教学": (0, NONE, NONE, number("teaching"), NONE, False),
    "周杰伦 翻唱": (NONE, NONE, JAY, number("cover"), NONE, False),
    "伤感": (NONE, NONE, NONE, NONE, 1, False),
}
# query, video, term match, tier
EXAMPLES = [
    ("周杰伦 晴天", "live of 晴天 by 周杰伦", True, Tier.GOOD),
    ("周杰伦 晴天", "live of 晴天 by 周杰伦", False, Tier.FAIR_GOOD),
    ("周杰伦 晴天", "cover of 晴天 by an amateur", True, Tier.FAIR_GOOD),
    ("周杰伦 晴天", "cover of 晴天 by 田馥甄", False, Tier.FAIR_GOOD),
    ("周杰伦 晴天", "MV of 会不会 by 周杰伦", False, Tier.BAD),
    ("晴天", "anime cut 朗朗晴天, to 小幸运", True, Tier.FAIR_FAIR),
    ("晴天", "MV of 小幸运 by 田馥甄", False, Tier.BAD),
    ("晴天", "cover of 晴天 by an amateur", True, Tier.GOOD),
    ("晴天", "lesson on 晴天", True, Tier.FAIR_GOOD),
    ("晴天 教学", "lesson on 晴天", True, Tier.GOOD),
    ("晴天 教学", "live of 晴天 by 周杰伦", False, Tier.FAIR_GOOD),
    ("hebe", "MV of 小幸运 by 田馥甄", False, Tier.GOOD),
    ("hebe", "cover of 晴天 by 田馥甄", False, Tier.GOOD),
    ("hebe", "anime cut 朗朗晴天, to 小幸运", False, Tier.FAIR_GOOD),
    ("hebe", "live of 晴天 by 周杰伦", False, Tier.BAD),
    ("周杰伦", "compilation of 周杰伦", True, Tier.GOOD),
    ("周杰伦", "compilation of 周杰伦", False, Tier.FAIR_GOOD),
    ("周杰伦", "cover of 晴天 by an amateur", True, Tier.FAIR_GOOD),
    ("周杰伦 翻唱", "cover of 晴天 by an amateur", True, Tier.GOOD),
    ("会不会", "MV of 会不会 by 陈绮贞", True, Tier.GOOD),
    ("会不会", "MV of 会不会 by 周杰伦", True, Tier.GOOD),
    ("会不会", "everyday vlog", True, Tier.FAIR_FAIR),
    ("伤感", "MV of 小幸运 by 田馥甄", True, Tier.GOOD),
    ("伤感", "everyday vlog", True, Tier.FAIR_FAIR),
    ("伤感", "live of 晴天 by 周杰伦", False, Tier.BAD),
]


@pytest.fixture(scope="module")
def judge():
    count = len(VIDEOS)
    columns = {
        name: np.array([getattr(video, name) for video in VIDEOS.values()]) for name in Video.__annotations__
    }
    columns["kind"] = np.array([number(name) for name in columns["kind"]])
    nothing = {name: np.zeros(count) for name in Videos.__annotations__ if name not in columns}
    songs = Songs(
        titles=["晴天", "小幸运", "会不会"],
        title=np.array([0, 1, 2, 2]),
        artist=np.array([JAY, HEBE, CHEER, JAY]),
        album=[],
        language=np.zeros(4, int),
        style=np.zeros(4, int),
        lyrics=[],
        released_at=np.zeros(4, int),
        popularity=np.ones(4),
        artist_count=3,
    )
    asked = np.array([list(meaning) for meaning in QUERIES.values()])
    names = ("title", "song", "artist", "version", "style", "by_alias")
    meaning = {name: asked[:, column] for column, name in enumerate(names)}
    meaning["by_alias"] = meaning["by_alias"].astype(bool)
    meaning["language"] = np.full(len(QUERIES), NONE)
    rest = {name: np.zeros(len(QUERIES)) for name in Queries.__annotations__ if name not in meaning}
    return Judge(Queries(**meaning, **rest), Videos(**columns, **nothing), songs)


@pytest.mark.parametrize(("query", "video", "term", "expected"), EXAMPLES)
def test_the_published_examples_and_their_neighbours(judge, query, video, term, expected):
    asked = np.array([list(QUERIES).index(query)])
    shown = np.array([list(VIDEOS).index(video)])
    assert Tier(int(judge.tiers(asked, shown, np.array([term]))[0])) is expected


def test_songs_of_one_title_share_its_prominence(judge):
    np.testing.assert_allclose(judge.songs.prominence(), [1.0, 1.0, 0.5, 0.5])
