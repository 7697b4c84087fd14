"""Plans of the small catalogue: what stands where, which names to look for, and how sure it is."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker.catalog.video import Video
from ranker.features.derive import Deriver
from ranker.features.layout import get
from ranker.text.analyzer import Analyzer
from ranker.text.dictionary import DictionaryWord, export
from ranker.understanding.names import VERSIONS, CatalogNames
from ranker.understanding.plan import MOST_CHARACTERS, decode_plan, encode_plan
from ranker.understanding.planner import Planner
from ranker.understanding.spellings import LYRICS, SLIP, SOUND
from tests.unit.features.small_catalogue import ARTISTS, NAMES, SONGS


def weigh(terms):
    return np.array([len(term) for term in terms], np.float32)


@pytest.fixture(scope="module")
def analyzer(tmp_path_factory):
    target = tmp_path_factory.mktemp("dictionary")
    return Analyzer.load(target / export([DictionaryWord(name) for name in NAMES], target))


@pytest.fixture(scope="module")
def names(analyzer):
    return CatalogNames.make(ARTISTS, SONGS, analyzer)


@pytest.fixture(scope="module")
def plan(analyzer, names):
    return Planner("g", analyzer, names, weigh, "e1").plan


def said(plan, *kinds):
    return [
        (entity.kind, entity.id, entity.surface, (entity.start, entity.end), entity.trust)
        for entity in plan.entities
        if not kinds or entity.kind in kinds
    ]


def test_a_name_is_looked_for_by_its_canonical_name_first(plan):
    (entity,) = plan("Hebe").entities
    assert (entity.kind, entity.id, entity.surface) == ("artist", "hebe", "hebe")
    assert entity.names == ["田馥甄", "hebe"]
    assert (entity.alias, entity.trust) == (True, 1.0)
    assert not plan("田馥甄").entities[0].alias


def test_offsets_are_code_points_of_the_original_text(plan):
    text = "𠮷 ㈱ Ｈｅｂｅ　會不會 现场"
    made = plan(text)
    assert made.normalized == "𠮷 (株) hebe 会不会 现场"
    assert [text[entity.start : entity.end] for entity in made.entities] == ["Ｈｅｂｅ", "會不會", "现场"]
    assert [text[segment.start : segment.end] for segment in made.segments] == [
        "𠮷",
        "㈱",
        "Ｈｅｂｅ",
        "會不會",
        "现场",
    ]
    assert [segment.term for segment in made.segments] == ["𠮷", "株", "hebe", "会不会", "现场"]
    assert [segment.weight for segment in made.segments] == [1, 1, 4, 3, 2]


def test_a_title_of_several_songs_means_each_of_them_unless_the_artist_is_named(plan):
    assert said(plan("会不会")) == [
        ("song", "hebes", "会不会", (0, 3), 1.0),
        ("song", "suns", "会不会", (0, 3), 1.0),
    ]
    assert said(plan("孙燕姿 会不会"), "song") == [("song", "suns", "会不会", (4, 7), 1.0)]


def test_names_beside_generic_words_keep_their_places(plan):
    assert said(plan("下载 晴天 高清")) == [("song", "sunny", "晴天", (3, 5), 1.0)]


def test_versions_styles_and_languages(plan):
    made = plan("粤语 伤感情歌 Live版")
    assert said(made) == [
        ("style", "伤感", "伤感情歌", (3, 7), 1.0),
        ("version", "live", "live版", (8, 13), 1.0),
    ]  # the catalogue has no song in Cantonese
    style, version = made.entities
    assert style.names == ["伤感", "伤感情歌", "emo", "扎心", "失恋", "情歌", "虐心"]
    assert version.names[:3] == ["live", "live版", "现场"]
    assert len(version.names) == 8
    assert said(plan("国语歌"), "language") == [("language", "国语", "国语", (0, 2), 1.0)]


def test_a_word_beyond_the_names_kept_is_among_them_if_it_was_typed(plan):
    assert plan("晴天 不插电").entities[-1].names[-1] == "不插电"


def test_guesses_are_trusted_less_and_stand_for_what_was_typed(plan):
    assert said(plan("zhoujielun qingtian")) == [
        ("artist", "jay", "zhoujielun qingtian", (0, 19), SOUND),
        ("song", "sunny", "zhoujielun qingtian", (0, 19), SOUND),
    ]
    assert said(plan("小行运")) != []
    assert said(plan("周结论 晴天"), "song") == [("song", "sunny", "晴天", (4, 6), 1.0)]
    slipped = plan("田甄馥")
    assert said(slipped) == [("artist", "hebe", "田甄馥", (0, 3), SLIP)]
    assert slipped.entities[0].alias


def test_lyrics_name_the_song_and_its_artist(plan):
    line = "故事的小黄花从出生那年"
    assert said(plan(line)) == [
        ("artist", "jay", line, (0, 11), LYRICS),
        ("song", "sunny", line, (0, 11), LYRICS),
    ]


def test_nothing_is_named_by_signs_alone(plan):
    made = plan("……！")
    assert (made.segments, made.entities) == ([], [])


def test_a_plan_holds_what_it_may_and_first_one_reading_of_each_place(analyzer):
    artists = pl.DataFrame(
        {"artist_id": ["x"], "name": ["夜莺乐团"], "aliases": [["莺" * n for n in range(3, 14)]]}
    )
    songs = pl.DataFrame(
        {
            "song_id": [f"s{i}" for i in range(40)],
            "title": ["红玫瑰啊", "白月光哟"] * 20,
            "artist_id": ["y"] * 40,
        }
    )
    names = CatalogNames.make(artists, songs, analyzer)
    text = "夜莺乐团红玫瑰啊白月光哟现场"
    made = Planner("g", analyzer, names, weigh).plan(text + "词" * (MOST_CHARACTERS - len(text)))
    decode_plan(encode_plan(made))
    assert len(made.entities) == 16
    assert {entity.surface for entity in made.entities} == {"夜莺乐团", "红玫瑰啊", "白月光哟", "现场"}
    assert len(made.entities[0].names) == 8


def test_the_configuration_is_part_of_a_plan(plan, analyzer):
    versions = plan("晴天").versions
    assert versions.dictionary == analyzer.version
    assert versions.encoder == "e1"
    assert versions.configuration.startswith("1-")


TITLES = [
    "周杰伦 晴天 官方MV",
    "Hebe 会不会 Live",
    "朗朗晴天",
    "小幸运(翻唱)",
    "孙燕姿&田馥甄 會不會",
    "我们的歌",
]


@pytest.mark.parametrize("text", TITLES)
def test_a_query_is_read_as_a_title_is_at_the_build(text, plan, analyzer, names):
    """One extractor: what a plan names exactly stands in the columns of a video of that title."""
    packs = Deriver(analyzer, names).rows([Video(video_id="v", title=text)])
    exact = [entity for entity in plan(text).entities if entity.trust == 1]

    def cells(name):
        return {int(row) for row in np.ravel(get(packs, name)[0]) if row >= 0}

    artists = {names.artist_row[entity.id] for entity in exact if entity.kind == "artist"}
    titles = {int(names.title_of_song[names.song_row[e.id]]) for e in exact if e.kind == "song"}
    bits = sum(1 << VERSIONS.index(entity.id) for entity in exact if entity.kind == "version")
    assert cells("title_artists") == artists
    assert cells("title_songs") == titles
    assert int(get(packs, "title_versions")[0]) == bits


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*NAMES, "hebe", "现场", "的", " ", "𠮷", "ﷺ"])).map("".join)
)
def test_every_text_has_a_plan_that_the_plugin_would_take(plan, text):
    made = plan(text[:MOST_CHARACTERS])
    assert decode_plan(encode_plan(made)) == made
