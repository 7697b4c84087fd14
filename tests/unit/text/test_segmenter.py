"""The segmenter is jieba: the same cuts as jieba's own code over the same words."""

import math

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker.text import segmenter
from ranker.text.segmenter import Segmenter

WORDS = {"晴天": 5, "天空": 3, "中国": 9, "国人": 4, "中国人": 2, "a-lin": 2, "不会": 3, "会不会": 1}
SMALL = Segmenter(WORDS)

pieces = st.one_of(
    st.sampled_from([*WORDS, "1.5%", "ab.c", ".", "%", "-", " ", "\r\n", "，", "😀"]),
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5), max_size=4),
)
texts = st.lists(pieces, max_size=8).map("".join)


@pytest.fixture(scope="module")
def reference() -> jieba.Tokenizer:
    made = jieba.Tokenizer()
    made.FREQ, made.total, made.initialized = dict(SMALL.FREQ), SMALL.total, True
    return made


def test_prefixes_count_nothing() -> None:
    assert SMALL.FREQ["中"] == SMALL.FREQ["会"] == SMALL.FREQ["a-li"] == 0
    assert SMALL.total == sum(WORDS.values())


def test_most_probable_route_by_hand() -> None:
    """Of 29: 中国 + 人 is 9/29 · 1/29 (an unknown character counts as one) = .0107, 中国人 is 2/29 = .069."""
    route: dict[int, tuple[float, int]] = {}
    SMALL.calc("中国人", SMALL.get_DAG("中国人"), route)
    assert route[0] == (math.log(2) - math.log(29), 2)


def test_equal_routes_take_the_longer_first_word() -> None:
    """With all counts 1 and 4 in all, 甲乙 + 丙 and 甲 + 乙丙 are both 1/16."""
    equal = Segmenter({"甲": 1, "甲乙": 1, "丙": 1, "乙丙": 1})
    assert list(equal.cut("甲乙丙")) == ["甲乙", "丙"]


@settings(max_examples=300)
@given(texts)
def test_cuts_as_jieba_does(reference: jieba.Tokenizer, text: str) -> None:
    assert list(SMALL.cut(text)) == list(reference.cut(text))


@settings(max_examples=300)
@given(texts)
def test_long_blocks_are_cut_as_jieba_does(reference: jieba.Tokenizer, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segmenter, "_LONG_BLOCK", 0)
        assert list(SMALL.cut(text)) == list(reference.cut(text))


def test_long_run_takes_linear_time() -> None:
    assert "".join(SMALL.cut("餮" * 50_000)) == "餮" * 50_000  # jieba's own code: 10 s
