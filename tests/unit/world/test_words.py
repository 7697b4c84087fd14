"""Names, sentences and ways of typing."""

import polars as pl
import pytest

from ranker.world.kinds import KIND_NAMES, KINDS, SHARES
from ranker.world.plain_text import plain, plain_lines
from ranker.world.postings import make_postings, plain_texts
from ranker.world.randomness import stream
from ranker.world.surfaces import misspelt, pinyin, traditional
from ranker.world.vocabulary import language_names, style_names, templates, vocabulary


def test_every_kind_has_sentences_of_its_four_forms():
    assert set(templates()) == set(KIND_NAMES)
    for kind in KINDS:
        sentences = templates()[kind.name]
        assert sum(sentences["shares"]) == pytest.approx(1.0)
        for form in ("both", "song", "artist", "neither"):
            assert sentences[form]
        if kind.name != "other":
            assert all(
                "{A}" in text and "{S}" in text for text in sentences["both"] if sentences["shares"][0]
            )
            assert not any("{A}" in text for text in (*sentences["song"], *sentences["neither"]))
            assert not any("{S}" in text for text in sentences["neither"])
    assert SHARES.sum() == pytest.approx(1.0)


def test_hand_made_artists_use_known_styles_and_languages():
    for name, aliases, language, style, songs in vocabulary()["real"]:
        assert language in language_names()
        assert style in style_names()
        assert name not in aliases
        assert all(style in style_names() for _, _, style in songs)


def test_a_misspelling_is_one_homophone_or_one_swap_away():
    generator = stream(1, "spelling")
    for _ in range(50):
        wrong = misspelt("周杰伦 晴天", generator)
        assert wrong != "周杰伦 晴天"
        assert len(wrong) == len("周杰伦 晴天")
        assert sum(a != b for a, b in zip(wrong, "周杰伦 晴天", strict=True)) in (1, 2)
    assert misspelt("hi", generator) == "hi"


def test_pinyin_runs_together_is_spaced_or_initials():
    generator = stream(1, "pinyin")
    found = {pinyin("周杰伦", generator) for _ in range(60)}
    assert found == {"zhoujielun", "zhou jie lun", "zjl"}


def test_traditional_and_back():
    assert traditional("陈绮贞 鱼") == "陳綺貞 魚"
    assert plain("陳綺貞 ＬＩＶＥ") == "陈绮贞 live"
    assert plain_lines(["會不會", "", "Ａ"]) == ["会不会", "", "a"]
    assert plain_lines([]) == []


def test_postings_find_terms_within_words_and_tags():
    texts = plain_texts(
        pl.Series(["朗朗晴天", "雨天", "周杰倫《晴天》"]), pl.Series([["动漫"], ["晴天"], []])
    )
    assert texts.to_list() == ["朗朗晴天\t动漫", "雨天\t晴天", "周杰伦《晴天》\t"]
    postings = make_postings(texts, ["周杰伦", "晴天", "没有"], pl.Series([1.0, 3.0, 2.0]).to_numpy())
    assert postings.of("晴天").tolist() == [0, 1, 2]
    assert postings.of("没有").tolist() == []
    assert postings.most_popular("晴天", 2).tolist() == [1, 2]
    assert postings.holds("周杰伦", pl.Series([0, 2]).to_numpy()).tolist() == [False, True]
    assert postings.holds("没有", pl.Series([0, 2]).to_numpy()).tolist() == [False, False]
