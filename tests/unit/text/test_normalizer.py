"""Greedy longest match, and the source span of every output character."""

from hypothesis import given
from hypothesis import strategies as st

from ranker.text.normalizer import Normalizer
from ranker.text.table import normalizer_table

WHOLE = Normalizer(normalizer_table())
SMALL = Normalizer({"A": "a", "ab": "X", "abcd": "YZ", "㍿": "株式会社", "😀": "笑"})


def test_longest_match_wins_and_falls_back_to_a_shorter_one() -> None:
    assert SMALL.text("abcd") == "YZ"
    assert SMALL.text("abc") == "Xc"
    assert SMALL.text("acd") == "acd"


def test_every_output_character_has_the_span_of_its_match() -> None:
    found = SMALL.normalize("x㍿abcdA")
    assert found.text == "x株式会社YZa"
    assert list(found.starts) == [0, 1, 1, 1, 1, 2, 2, 6]
    assert list(found.ends) == [1, 2, 2, 2, 2, 6, 6, 7]


def test_shorter_output_keeps_later_spans_right() -> None:
    found = SMALL.normalize("abb")
    assert (found.text, list(found.starts), list(found.ends)) == ("Xb", [0, 2], [2, 3])


def test_unchanged_and_empty_text() -> None:
    assert list(SMALL.normalize("xyz").ends) == [1, 2, 3]
    assert SMALL.normalize("").text == ""


def test_output_as_long_as_the_source_but_not_one_for_one() -> None:
    found = Normalizer({"ab": "X", "c": "YZ"}).normalize("abc")
    assert (found.text, list(found.starts), list(found.ends)) == ("XYZ", [0, 2, 2], [2, 3, 3])


@given(st.text(max_size=20))
def test_spans_cover_the_source_in_order(text: str) -> None:
    found = WHOLE.normalize(text)
    assert len(found.starts) == len(found.ends) == len(found.text)
    spans = sorted(set(zip(found.starts, found.ends, strict=True)))
    assert [start for start, _ in spans] == [0, *(end for _, end in spans)][: len(spans)]
    assert (spans[-1][1] if spans else 0) == len(text)
