"""Which names become words, and with what frequency."""

import pytest

from ranker.errors import InvalidInputError
from ranker.text.normalizer import Normalizer
from ranker.text.table import normalizer_table
from ranker.text.words import DictionaryWord, frequencies, keepable

NORMALIZER = Normalizer(normalizer_table())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("周杰伦", True),
        ("g.e.m.", True),
        ("a-lin", True),
        ("f.i.r.飞儿乐团", False),  # nine code points
        ("t恤", True),
        ("默", False),
        ("love", False),
        ("1987", False),
        ("五月天 live", False),
        ("阿·信", False),
        ("ガール", False),
        ("...", False),
        ("𠮷田", False),
        ("我们的爱情故事你知道吗", False),
    ],
)
def test_what_becomes_a_word(name: str, kept: bool) -> None:
    assert keepable(name) is kept


@pytest.fixture(scope="module")
def words() -> dict[str, int]:
    names = [DictionaryWord("周杰倫", 7), DictionaryWord("會不會"), DictionaryWord("寂寞寂寞就好")]
    return frequencies(names, NORMALIZER)


def test_names_are_normalised_like_text(words: dict[str, int]) -> None:
    assert words["会不会"] >= 1
    assert "會不會" not in words


def test_given_frequency_does_not_lower_a_known_word(words: dict[str, int]) -> None:
    """jieba counts 周杰伦 more often than 7 already."""
    assert words["周杰伦"] == frequencies([], NORMALIZER)["周杰伦"] > 7


def test_spellings_of_one_word_share_their_count(words: dict[str, int]) -> None:
    """jieba has 沉思 and 沈思 257; the table makes one word of both."""
    assert "沈思" not in words
    assert words["沉思"] > 257


def test_order_of_names_does_not_matter() -> None:
    names = [DictionaryWord("寂寞寂寞就好"), DictionaryWord("寂寞就好"), DictionaryWord("就好")]
    assert frequencies(names, NORMALIZER) == frequencies(names[::-1], NORMALIZER)


def test_frequency_below_one_is_refused() -> None:
    with pytest.raises(InvalidInputError) as error:
        DictionaryWord("晴天", 0)
    assert str(error.value) == "the word [晴天] has the frequency [0]; give 1 or more, or none"
