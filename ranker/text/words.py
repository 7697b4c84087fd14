"""The words of a dictionary: jieba's own and the names of a catalogue, normalised alike, with frequencies."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from ranker.errors import InvalidInputError
from ranker.text.normalizer import Normalizer
from ranker.text.segmenter import Segmenter

# What jieba's own pattern lets into one block; a name with any other character can never be one token.
_BLOCK = re.compile(r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]+")
_HAN = re.compile(r"[\u4e00-\u9fd5]")
_JOINED = re.compile(r"[a-z0-9]+(?:[+#&._%\-]+[a-z0-9]+)+[.+#]?")
# A longer name is a sentence: as one token it would hide its words from every shorter query.
_LONGEST_NAME = 8


@dataclass(frozen=True, slots=True)
class DictionaryWord:
    """A name that segmentation should keep whole, as anybody spells it.

    Without a `frequency` it gets the smallest one that makes jieba keep the name in one piece.
    """

    text: str
    frequency: int | None = None

    def __post_init__(self) -> None:
        if self.frequency is not None and self.frequency < 1:
            raise InvalidInputError(
                f"the word [{self.text}] has the frequency [{self.frequency}]; give 1 or more, or none"
            )


def frequencies(names: Iterable[DictionaryWord], normalizer: Normalizer) -> dict[str, int]:
    """Join jieba's words and the names into word to frequency, sorted by word.

    Words that are the same once normalised share their frequencies (their sum). Names come after that, each
    measured against jieba's words alone, so that their order does not matter.
    """
    base = _base(normalizer)
    words = dict(base)
    segmenter = Segmenter(base)
    for name in names:
        word = normalizer.text(name.text).strip()
        if not keepable(word):
            continue
        frequency = name.frequency or int(segmenter.suggest_freq(word))
        words[word] = max(words.get(word, 0), frequency)
    return dict(sorted(words.items()))


def keepable(word: str) -> bool:
    """Whether a normalised name becomes a word of segmentation; entity extraction finds the others.

    Left out: single characters (tokens anyway), names with a blank, `·` or kana (jieba never joins across
    them), sentences of more than 8 characters, and Latin or numeric names (as a word `love` would cut
    `gloves` in pieces) unless they hold a joining sign (`a-lin`, `g.e.m.`), which jieba would cut.
    """
    if not 1 < len(word) <= _LONGEST_NAME or not _BLOCK.fullmatch(word):
        return False
    return bool(_HAN.search(word) or _JOINED.fullmatch(word))


def _base(normalizer: Normalizer) -> dict[str, int]:
    words: dict[str, int] = {}
    for text, frequency in _jieba_words():
        word = normalizer.text(text)
        words[word] = words.get(word, 0) + frequency
    return words


@lru_cache(maxsize=1)
def _jieba_words() -> list[tuple[str, int]]:
    lines = (files("jieba") / "dict.txt").read_text("utf-8").split("\n")
    return [(word, int(frequency)) for word, frequency, _ in (line.split(" ") for line in lines if line)]
