import numpy as np
import pytest

from ranker.features import resolve as resolving
from ranker.features.counters import SumTable, pair_keys
from ranker.features.layout import empty, put
from ranker.features.resolve import resolve
from ranker.understanding.names import NONE, VERSIONS
from tests.unit.features.small_catalogue import (
    CONFUSER,
    COVER,
    HEBE,
    HEBES,
    JAY,
    LIVE,
    OFFICIAL,
    SUN,
    SUNNY,
    SUNNY_TITLE,
    SUNS,
    WILL,
    WILL_LIVE,
    WILL_TITLE,
)


def codes(count=1, **cells):
    packs = {"codes": empty("codes", count)}
    for name, values in cells.items():
        put(packs, name, values)
    return packs["codes"]


def clicked(entity, video, looks, clicks):
    return SumTable.make(
        pair_keys(np.array([entity]), np.array([video])), np.array([[looks, clicks, 0, 0]], np.float32)
    )


def test_the_small_catalogue_is_resolved_by_its_text(columns):
    def column(name):
        return columns.column(name).tolist()

    assert column("artist")[:CONFUSER] == [JAY, JAY, HEBE, HEBE, SUN]
    assert column("song_title")[OFFICIAL] == column("song_title")[COVER] == SUNNY_TITLE
    assert column("song_title")[WILL] == column("song_title")[WILL_LIVE] == WILL_TITLE
    # The artist of the tags decides which of two songs of one title it is.
    assert (column("song")[OFFICIAL], column("song")[WILL]) == (SUNNY, SUNS)
    assert [VERSIONS[row] for row in column("version")[:3]] == ["official", "cover", "live"]
    assert column("version")[LIVE] == VERSIONS.index("live")


def test_votes_by_hand(columns):
    cells = codes(title_songs=[[SUNNY_TITLE, -1, -1, -1]], tag_artists=[[HEBE, -1, -1, -1]])
    found = resolve(cells, columns.names)
    # 晴天 is 周杰伦's alone: SONG/1 votes for him beat the tag's for 田馥甄.
    assert found["artist"].tolist() == [JAY]
    assert found["artist_trust"].tolist() == pytest.approx([resolving.SONG])
    assert found["song"].tolist() == [SUNNY]
    assert found["song_trust"].tolist() == pytest.approx([resolving.TITLE])


def test_too_few_votes_say_nothing(columns):
    found = resolve(codes(word_songs=[[SUNNY_TITLE, -1, -1, -1]]), columns.names)
    assert resolving.WORD < resolving.LEAST
    assert (found["song_title"].tolist(), found["artist"].tolist()) == ([NONE], [NONE])
    assert found["song_trust"].tolist() == [0.0]


def test_clicks_vote_where_the_text_is_silent(columns):
    found = resolve(codes(2), columns.names, clicked(SUN, 1, looks=3.0, clicks=1.0), None)
    assert found["artist"].tolist() == [NONE, SUN]
    expected = resolving.CLICK * np.log(2) + resolving.SHOW * np.log(4)
    assert found["artist_trust"].tolist() == pytest.approx([0.0, expected])


def test_a_mere_word_counts_where_its_singer_sings(columns):
    word = [[WILL_TITLE, -1, -1, -1]]
    alone = resolve(codes(word_songs=word), columns.names)
    assert alone["song"].tolist() == [NONE]  # two songs bear the title
    sung = resolve(codes(word_songs=word, title_artists=[[HEBE, -1, -1, -1]]), columns.names)
    assert sung["song"].tolist() == [HEBES]
    assert sung["song_trust"].tolist() == pytest.approx([resolving.WORD + resolving.FITS])


def test_style_and_language_follow_song_then_artist(columns):
    names = columns.names
    found = resolve(codes(2, title_artists=[[HEBE, -1, -1, -1], [NONE] * 4]), names)
    assert names.styles[found["style"][0]] in ("伤感", "流行")
    assert found["style"].tolist()[1] == found["language"].tolist()[1] == NONE


def test_the_rarest_version_named_counts_and_the_title_before_the_tags(columns):
    live, cover = (1 << VERSIONS.index(name) for name in ("live", "cover"))
    found = resolve(codes(2, title_versions=[live | cover, live], tag_versions=[0, cover]), columns.names)
    assert [VERSIONS[row] for row in found["version"]] == ["cover", "live"]
