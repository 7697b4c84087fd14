import numpy as np
import pytest

from ranker.features.terms import term_hash
from ranker.understanding.names import VERSIONS
from tests.unit.features.small_catalogue import (
    HEBE,
    HEBES,
    JAY,
    LUCKY,
    LUCKY_TITLE,
    SUNNY,
    SUNNY_TITLE,
    SUNS,
    WILL_TITLE,
)


def hashes(*terms):
    return [term_hash(term) for term in terms]


def test_an_artist_and_a_song_are_named(parse):
    query = parse("周杰伦 晴天")
    assert query.artists.tolist() == [JAY]
    assert query.titles.tolist() == [SUNNY_TITLE]
    assert query.songs.tolist() == [SUNNY]
    assert query.terms.tolist() == hashes("周杰伦", "晴天")
    assert not query.guessed


def test_an_alias_and_traditional_characters_name_the_same(parse):
    assert parse("hebe").artists.tolist() == [HEBE]
    assert parse("會不會 田馥甄").songs.tolist() == [HEBES]
    assert parse("Ｈｅｂｅ").key == parse("hebe").key


def test_a_title_alone_means_all_of_its_songs(parse):
    query = parse("会不会")
    assert query.titles.tolist() == [WILL_TITLE]
    assert query.songs.tolist() == [HEBES, SUNS]


def test_versions_are_bits(parse):
    assert parse("晴天 现场").versions == 1 << VERSIONS.index("live")
    assert parse("晴天").versions == 0


def test_generic_words_ask_for_nothing(parse):
    query = parse("晴天 高清")
    assert query.titles.tolist() == [SUNNY_TITLE]
    assert query.terms.tolist() == hashes("晴天")
    assert parse("高清").terms.tolist() == hashes("高清")  # unless nothing else is said


@pytest.mark.parametrize("typed", ["zhou jie lun", "周结伦"])
def test_a_misspelt_name_is_read_as_it_is_spelt(parse, typed):
    query = parse(typed)
    assert query.artists.tolist() == [JAY]
    assert query.guessed
    assert term_hash("周杰伦") in query.terms.tolist()
    assert 0 < query.artist_trust[0] < 1


def test_a_misspelt_artist_beside_a_title(parse):
    query = parse("周结伦 晴天")
    assert (query.artists.tolist(), query.songs.tolist()) == ([JAY], [SUNNY])
    assert query.title_trust.tolist() == [1.0]


def test_lyrics_name_song_title_and_artist(parse):
    query = parse("故事的小黄花从出生那年")
    assert query.songs.tolist() == [SUNNY]
    assert query.titles.tolist() == [SUNNY_TITLE]
    assert query.artists.tolist() == [JAY]


def test_styles_and_languages_by_their_words(parse, columns):
    names = columns.names
    query = parse("华语伤感情歌")
    assert [names.styles[row] for row in query.styles] == ["伤感"]
    assert [names.languages[row] for row in query.languages] == ["国语"]


def test_a_blank_query_names_nothing(parse):
    query = parse("  ")
    assert query.words == ()
    assert len(query.terms) == len(query.weights) == len(query.artists) == len(query.songs) == 0


def test_rare_terms_weigh_more(parse):
    common, rare = parse("晴天"), parse("小幸运")
    assert rare.weights[0] > common.weights[0] > 0
    assert common.weights.dtype == np.float32


def test_a_song_of_another_artist_is_not_meant(parse):
    assert parse("田馥甄 小幸运").songs.tolist() == [LUCKY]
    assert parse("周杰伦 小幸运").titles.tolist() == [LUCKY_TITLE]
