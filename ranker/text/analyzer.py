"""The whole chain on the Python side: normalise, cut with jieba, drop what holds no content.

The engine's analyzers give the same tokens from the same dictionary folder: tokenizer `encore_jieba`, then
filter `encore_content`. `encore bench tokens` holds the two against each other.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from ranker.errors import InvalidInputError
from ranker.text import dictionary, rows
from ranker.text.normalizer import Normalizer
from ranker.text.segmenter import Segmenter
from ranker.text.token import Token

Mode = Literal["cut", "search"]

# Lucene refuses a term of more than 32,766 bytes of UTF-8, and with it the whole document.
LONGEST_TERM = 32_766 // 4


class Analyzer:
    """Tokens of a text, in two modes, as the index holds them.

    `cut`: each part of the text once. `search`: the parts, and within each the words of two and three
    characters that the dictionary knows; sorted by start, then the longer first. Immutable and safe to share
    between threads; 0.2 million tokens a second.
    """

    def __init__(
        self, version: str, normalizer: Normalizer, segmenter: Segmenter, content: re.Pattern[str]
    ) -> None:
        self.version = version
        self.normalizer = normalizer
        self._segmenter = segmenter
        self._content = content

    @classmethod
    def load(cls, folder: Path) -> "Analyzer":
        """Read an exported dictionary after checking it; takes about a second. Load once and share."""
        manifest = dictionary.verify(folder)
        words: dict[str, int] = {}
        logs: dict[str, float] = {}
        for field, frequency, log in rows.read(folder / "words.tsv", 3):
            word = rows.unescape(field)
            words[word] = int(frequency)
            logs[word] = float(log)
        segmenter = Segmenter(words, logs, manifest["log_total"])
        return cls(manifest["version"], Normalizer.load(folder), segmenter, _content_pattern(folder))

    def tokens(self, text: str, mode: Mode) -> list[Token]:
        """Return the tokens of `text` with code-point offsets into it, sorted as the engine has them."""
        normalized = self.normalizer.normalize(text)
        source, starts, ends = normalized.text, normalized.starts, normalized.ends
        has_content = self.has_content
        tokens: list[Token] = []
        previous, position = -1, -1
        for start, end in self._spans(source, mode):
            if start != previous:
                position += 1
                previous = start
            term = source[start:end]
            if len(term) <= LONGEST_TERM and has_content(term):
                tokens.append(Token(term, starts[start], ends[end - 1], position))
        return tokens

    def terms(self, text: str, mode: Mode) -> list[str]:
        """Return the terms of `text` in order, repeated as often as they occur."""
        return [token.term for token in self.tokens(text, mode)]

    def has_content(self, text: str) -> bool:
        """Whether any code point of a normalised text is a letter or number of any script."""
        return self._content.search(text) is not None

    def frequency(self, word: str) -> int:
        """How often the dictionary counts a normalised word; 0 where it does not know it."""
        return self._segmenter.FREQ.get(word, 0)

    def _spans(self, source: str, mode: Mode) -> Iterator[tuple[int, int]]:
        """Yield (start, end) in the normalised text, blanks and punctuation included."""
        if mode not in ("cut", "search"):
            raise InvalidInputError(f"unknown mode [{mode}]; use [cut] or [search]")
        start = 0
        for word in self._segmenter.cut(source, HMM=True):
            end = start + len(word)
            if mode == "search" and end - start > 2:
                yield from self._inner(source, start, end)
            else:
                yield start, end
            start = end

    def _inner(self, source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield a word and its inner words as jieba's search mode has them, by start, the longer first."""
        known = self._segmenter.FREQ.get
        yield start, end
        for inner in range(start, end - 1):
            if end - start > 3 and inner + 3 <= end and known(source[inner : inner + 3]):
                yield inner, inner + 3
            if known(source[inner : inner + 2]):
                yield inner, inner + 2


def _content_pattern(folder: Path) -> re.Pattern[str]:
    ranges = (
        f"\\U{int(first, 16):08x}-\\U{int(last, 16):08x}"
        for first, last in rows.read(folder / "content.tsv", 2)
    )
    return re.compile(f"[{''.join(ranges)}]")
