"""Tokens by hand: one case for each rule of the chain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.errors import InvalidInputError
from ranker.text.analyzer import LONGEST_TERM, Analyzer
from ranker.text.token import Token, utf16

Cut = list[tuple[str, int, int, int]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("㍿", [("株式会社", 0, 1, 0)], id="one character becomes a word"),
        pytest.param("ﬁlm", [("film", 0, 3, 0)], id="ligature"),
        pytest.param("ＬＩＶＥ　现场", [("live", 0, 4, 0), ("现场", 5, 7, 2)], id="full width, wide blank"),
        pytest.param("周杰倫 會不會", [("周杰伦", 0, 3, 0), ("会不会", 4, 7, 2)], id="traditional names"),
        pytest.param(
            "哪吒之魔童降世", [("哪吒之魔童降世", 0, 7, 0)], id="name that a character table spoils"
        ),
        pytest.param("乾隆乾杯", [("乾隆", 0, 2, 0), ("干杯", 2, 4, 1)], id="乾 in a name and elsewhere"),
        pytest.param("瞭望與瞭解", [("瞭望", 0, 2, 0), ("与", 2, 3, 1), ("了解", 3, 5, 2)], id="phrases"),
        pytest.param(
            "五月天 Live", [("五月天", 0, 3, 0), ("live", 4, 8, 2)], id="name with a blank: no token"
        ),
        pytest.param("G.E.M.鄧紫棋", [("g.e.m.", 0, 6, 0), ("邓紫棋", 6, 9, 1)], id="name joined by signs"),
        pytest.param("gloves", [("gloves", 0, 6, 0)], id="a Latin name cuts no other word"),
        pytest.param(
            "晴天😀，晴天", [("晴天", 0, 2, 0), ("晴天", 4, 6, 3)], id="emoji and comma leave places"
        ),
        pytest.param("晴天\r\n晴天", [("晴天", 0, 2, 0), ("晴天", 4, 6, 2)], id="CR LF is one place"),
        pytest.param("晴天\n\r晴天", [("晴天", 0, 2, 0), ("晴天", 4, 6, 3)], id="LF CR is two"),
        pytest.param("𠮷野家", [("𠮷", 0, 1, 0), ("野家", 1, 3, 1)], id="rare plane"),
        pytest.param("ｶﾞﾝ", [("ガ", 0, 2, 0), ("ン", 2, 3, 1)], id="half-width kana compose"),
        pytest.param("100%3.14a", [("100%", 0, 4, 0), ("3.14", 4, 8, 1), ("a", 8, 9, 2)], id="numbers"),
        pytest.param("！？ …", [], id="no content at all"),
        pytest.param("", [], id="empty"),
    ],
)
def test_cut(analyzer: Analyzer, text: str, expected: Cut) -> None:
    assert analyzer.tokens(text, "cut") == expected


def test_search_mode_is_by_start_then_longer_first(analyzer: Analyzer) -> None:
    assert analyzer.tokens("中华人民共和国", "search") == [
        ("中华人民共和国", 0, 7, 0),
        ("中华", 0, 2, 0),
        ("华人", 1, 3, 1),
        ("人民", 2, 4, 2),
        ("共和国", 4, 7, 3),
        ("共和", 4, 6, 3),
    ]


def test_inner_words_of_an_expansion_share_its_span(analyzer: Analyzer) -> None:
    assert analyzer.tokens("㍿", "search") == [("株式会社", 0, 1, 0), ("会社", 0, 1, 1)]


def test_terms_repeat(analyzer: Analyzer) -> None:
    assert analyzer.terms("晴天，晴天", "cut") == ["晴天", "晴天"]


def test_a_term_that_lucene_would_refuse_is_dropped(analyzer: Analyzer) -> None:
    assert analyzer.terms("a" * LONGEST_TERM, "cut") == ["a" * LONGEST_TERM]
    assert analyzer.tokens("a" * (LONGEST_TERM + 1) + "，晴天", "cut") == [("晴天", 8193, 8195, 2)]


def test_utf16_offsets_count_surrogate_pairs(analyzer: Analyzer) -> None:
    text = "😀晴天𠮷"
    assert utf16(analyzer.tokens(text, "cut"), text) == [("晴天", 2, 4, 1), ("𠮷", 4, 6, 2)]
    assert utf16([Token("a", 0, 1)], "a") == [Token("a", 0, 1)]


def test_unknown_mode(analyzer: Analyzer) -> None:
    with pytest.raises(InvalidInputError) as error:
        analyzer.tokens("x", "fine")  # type: ignore[arg-type]
    assert str(error.value) == "unknown mode [fine]; use [cut] or [search]"


def test_frequency_and_content(analyzer: Analyzer) -> None:
    assert analyzer.frequency("我们") > 1000
    assert analyzer.frequency("我们晴") == 0
    assert analyzer.has_content("，1")
    assert not analyzer.has_content("，😀\u0301\u3164")


@given(st.text(max_size=30))
def test_offsets_never_decrease_and_lie_in_the_text(analyzer: Analyzer, text: str) -> None:
    for mode in ("cut", "search"):
        tokens = analyzer.tokens(text, mode)
        assert all(0 <= token.start < token.end <= len(text) for token in tokens)
        order = [(token.position, token.start) for token in tokens]
        assert order == sorted(order)
