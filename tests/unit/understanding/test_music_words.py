from ranker.understanding.music_words import GENERIC_WORDS, STYLE_WORDS, found_rows, word_rows
from ranker.understanding.version_words import kinds_of_words


def test_a_word_counts_where_the_catalogue_has_its_style():
    rows = word_rows(["摇滚", "说唱"], STYLE_WORDS)
    assert found_rows("热血摇滚合集", [], rows) == {0: "热血摇滚"}
    assert found_rows("好听的rap", ["好听", "的", "rap"], rows) == {1: "rap"}
    assert found_rows("民谣", ["民谣"], rows) == {}


def test_a_latin_word_counts_as_a_whole_only():
    rows = word_rows(["说唱"], STYLE_WORDS)
    assert found_rows("grape", ["grape"], rows) == {}


def test_an_unknown_style_is_found_by_its_own_name():
    assert found_rows("藏族民歌", [], word_rows(["民歌"], STYLE_WORDS)) == {0: "民歌"}


def test_a_word_that_asks_for_a_version_is_not_generic():
    assert not GENERIC_WORDS & set(kinds_of_words())
