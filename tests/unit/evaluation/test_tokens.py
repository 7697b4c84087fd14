"""Telling the texts of one request apart, and writing a text in other ways."""

import opencc
from hypothesis import given
from hypothesis import strategies as st

from ranker.evaluation.tokens import Comparison, Difference, apart, forms
from ranker.evaluation.tokens import _EngineToken as Found
from ranker.text.token import Token


def test_a_text_begins_one_unit_behind_the_last() -> None:
    """Units: 😀晴天 has 4, so the empty text is at 5, and ab at 6."""
    tokens = [Found("晴天", 2, 4, 1), Found("ab", 6, 8, 103)]
    assert apart(tokens, ["😀晴天", "", "ab"]) == [
        [Token("晴天", 2, 4, 0)],
        [],
        [Token("ab", 0, 2, 0)],
    ]


def test_places_count_from_the_first_token() -> None:
    tokens = [Found("a", 0, 1, 0), Found("b", 2, 3, 102), Found("c", 4, 5, 104)]
    assert apart(tokens, ["a", "b c"]) == [[Token("a", 0, 1, 0)], [Token("b", 0, 1, 0), Token("c", 2, 3, 2)]]


def test_a_wrong_end_of_text_shows_in_the_next() -> None:
    tokens = [Found("a", 0, 1, 0), Found("b", 5, 6, 102)]
    assert apart(tokens, ["a", "b"]) == [[Token("a", 0, 1, 0)], []]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=6), max_size=6))
def test_texts_of_one_token_each_come_back(texts: list[str]) -> None:
    tokens, start = [], 0
    for number, text in enumerate(texts):
        units = len(text.encode("utf-16-le")) // 2
        if text:
            tokens.append(Found(text, start, start + units, 101 * number))
        start += units + 1
    assert [[token.term for token in found] for found in apart(tokens, texts)] == [
        [text] if text else [] for text in texts
    ]


def test_forms() -> None:
    assert forms("后来 Live!", opencc.OpenCC("s2t").convert) == {
        "original": "后来 Live!",
        "traditional": "後來 Live!",
        "full_width": "后来\u3000Ｌｉｖｅ！",
    }


def test_difference_shows_what_one_side_has() -> None:
    difference = Difference(
        "ab", "original", "cut", [Token("ab", 0, 2)], [Token("a", 0, 1), Token("b", 1, 2)]
    )
    assert difference.as_json() == {
        "text": "ab",
        "form": "original",
        "mode": "cut",
        "engine_only": [["ab", 0, 2, 0]],
        "python_only": [["a", 0, 1, 0], ["b", 1, 2, 0]],
    }
    assert Comparison(2, 6, 12, 0).as_json() == {
        "strings": 2,
        "analysed": 6,
        "tokens": 12,
        "differing": 0,
        "differences": [],
    }
