"""The normaliser table: one case for each kind of entry, and the laws it keeps."""

import unicodedata

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker.text.normalizer import Normalizer
from ranker.text.table import normalizer_table

TABLE = normalizer_table()
NORMALIZER = Normalizer(TABLE)
OPENCC = opencc.OpenCC("t2s")

# Where our own exceptions speak, OpenCC does not.
EXCEPTIONS = "坏吒咤乾"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Ａ", "a"),
        ("㍿", "株式会社"),
        ("ﬁ", "fi"),
        ("İ", "i\u0307"),
        ("裏", "里"),
        ("𝓛", "l"),
        ("\uf9e7", "里"),  # a compatibility ideograph of 裏: decomposed, then simplified
        ("薴", "苎"),  # OpenCC takes one step, 苧; the table goes on until nothing changes
    ],
)
def test_single_code_points(source: str, target: str) -> None:
    assert TABLE[source] == target


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("e\u0301", "é"),
        ("E\u0301", "é"),
        ("ｶﾞ", "ガ"),
        ("は\u309a", "ぱ"),
        ("a\u0323\u0302", "ậ"),
        ("a\u0302\u0323", "ậ"),  # marks in the other order
        ("ạ\u0302", "ậ"),
        ("\u1112\u1161\u11ab", "한"),
        ("하\u11ab", "한"),
        ("ㅎㅏ", "하"),
    ],
)
def test_sequences_that_compose(source: str, target: str) -> None:
    assert TABLE[source] == target


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("乾隆", "乾隆"),
        ("乾杯", "干杯"),
        ("哪吒", "哪吒"),
        ("哪咤", "哪吒"),  # what a table of characters makes of it
        ("畢昇", "毕昇"),
        ("毕昇", "毕昇"),
        ("打坏了", "打坏了"),  # OpenCC takes it for 打坯
        ("瞭解", "了解"),
        ("錢鍾書", "钱锺书"),
    ],
)
def test_phrases_and_exceptions(source: str, target: str) -> None:
    assert NORMALIZER.text(source) == target


def test_ascii_only_changes_case() -> None:
    ascii_text = "".join(map(chr, range(128)))
    assert NORMALIZER.text(ascii_text) == ascii_text.lower()


def test_every_target_is_stable() -> None:
    assert [s for s, t in TABLE.items() if NORMALIZER.text(t) != t] == []


def test_no_source_holds_a_surrogate_and_no_target_is_empty() -> None:
    assert all(source.encode() and target.encode() for source, target in TABLE.items())


@settings(max_examples=400)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Mn", "Mc", "Me"]), max_size=12))
def test_table_is_nfkc_lower_case_and_opencc(text: str) -> None:
    """True wherever no mark is to be reordered and no exception speaks."""
    folded = unicodedata.normalize("NFKC", text)
    if any(character in folded for character in EXCEPTIONS) or "Σ" in folded:
        return
    expected = text
    while (again := OPENCC.convert(unicodedata.normalize("NFKC", expected).lower())) != expected:
        expected = again
    assert NORMALIZER.text(text) == expected
