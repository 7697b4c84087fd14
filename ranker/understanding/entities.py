"""Artists, songs and version words in a query or a title: exact names, longest match first.

Names and text go through the same normaliser, so that 鄧紫棋, Ｇ.Ｅ.Ｍ. and g.e.m. are found as catalogued.
Short names are everywhere by accident, so a match also has to pass these rules:

- a name that begins or ends with a Latin letter or a digit is not touched there by another one (`one` is not
  in `someone`);
- a name of two Han characters begins and ends where tokens do (那英 is not in 那英雄);
- an everyday name (one Han character, or two that jieba's dictionary counts as common: 我们, 后来) stands
  alone: at the text's edge, beside a sign, or beside another entity (薛之谦演员, 《后来》);
- a name of digits, a single Latin letter, an English function word or a version word is only the whole text.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Literal, NamedTuple

import polars as pl

from ranker.text.analyzer import Analyzer
from ranker.understanding.version_words import kinds_of_words

Kind = Literal["artist", "song", "version"]

# Two-character words above this count in jieba's corpus are speech before they are titles.
_EVERYDAY_FREQUENCY = 1_000
_FUNCTION_WORDS_TEXT = """
    a an and are at be but by can do for from go he her him his how i if in is it its me my no not of oh ok on
    or our she so that the they this to too up us we what when who why with you your
    ed op ep cd tv pk vs hd bgm vlog
"""
_FUNCTION_WORDS = frozenset(_FUNCTION_WORDS_TEXT.split())
_HAN = re.compile("[\u4e00-\u9fff\U00020000-\U0003fffd]+")
_LATIN = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")
_BLANKS = re.compile(r"\s+")


class Entity(NamedTuple):
    """One thing that a text names.

    `canonical_id` is an artist's or song's id, or the kind of version (`live`). `surface` is the name as
    normalised; `start` and `end` are code-point offsets into the original text. A name that several artists
    or songs bear gives one entity for each, with the same span.
    """

    kind: Kind
    canonical_id: str
    surface: str
    start: int
    end: int


class _Rule(IntEnum):
    """How much a name needs around it before it counts."""

    ANYWHERE = 0
    TOKEN = 1
    ALONE = 2
    WHOLE_TEXT = 3


class _Match(NamedTuple):
    name: str
    start: int
    end: int


class EntityExtractor:
    """Finds the entities of one catalogue. Immutable after construction and safe to share between threads."""

    def __init__(self, names: dict[str, list[tuple[Kind, str]]], analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._names = names
        self._rules = {name: _rule(name, {kind for kind, _ in names[name]}, analyzer) for name in names}
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for name in names:
            lengths[name[0]].add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @classmethod
    def build(
        cls, artists: pl.DataFrame | None, songs: pl.DataFrame | None, analyzer: Analyzer
    ) -> "EntityExtractor":
        """Make an extractor of a catalogue's names.

        `artists` has artist_id, name and aliases (list of strings); `songs` has song_id and title. Where a
        catalogue knows neither, version words are still found.
        """
        names: defaultdict[str, dict[tuple[Kind, str], None]] = defaultdict(dict)
        for kind, identifier, spelling in _spellings(artists, songs):
            name = _BLANKS.sub(" ", analyzer.normalizer.text(spelling)).strip()
            if analyzer.has_content(name):
                names[name][kind, identifier] = None
        for word, version in kinds_of_words().items():
            names[word]["version", version] = None
        return cls({name: list(owners) for name, owners in names.items()}, analyzer)

    def extract(self, text: str) -> list[Entity]:
        """Return the entities of `text` from left to right; spans of different names don't overlap."""
        normalized = self._analyzer.normalizer.normalize(text)
        return [
            Entity(kind, identifier, name, normalized.starts[start], normalized.ends[end - 1])
            for name, start, end in self._kept(normalized.text)
            for kind, identifier in self._owners(name, normalized.text)
        ]

    def _owners(self, name: str, text: str) -> Iterator[tuple[Kind, str]]:
        """Yield who bears the name; a version word is an artist or a song only as the whole text."""
        owners = self._names[name]
        is_version = any(kind == "version" for kind, _ in owners)
        for kind, identifier in owners:
            if kind == "version" or not is_version or text.strip() == name:
                yield kind, identifier

    def _kept(self, text: str) -> list[_Match]:
        whole = text.strip()
        if whole in self._names:
            start = text.index(whole)
            return [_Match(whole, start, start + len(whole))]
        matches = self._matches(text)
        if all(self._rules[match.name] == _Rule.ANYWHERE for match in matches):
            return matches
        starts, ends = self._token_edges(text)
        plain = [
            m
            for m in matches
            if self._rules[m.name] == _Rule.ANYWHERE
            or (self._rules[m.name] == _Rule.TOKEN and m.start in starts and m.end in ends)
        ]
        return [m for m in matches if m in plain or self._stands_alone(m, text, plain)]

    def _stands_alone(self, match: _Match, text: str, plain: list[_Match]) -> bool:
        """Whether an everyday name has an edge, a sign or another entity on both sides.

        A blank is sign enough beside two characters, not beside one (鸡 你 太 美).
        """
        if self._rules[match.name] != _Rule.ALONE:
            return False
        before, after = text[: match.start], text[match.end :]
        if len(match.name) == 1:
            before, after = before.rstrip(), after.lstrip()
        left = any(other.end == len(before) for other in plain)
        right = any(other.start == len(text) - len(after) for other in plain)
        has_content = self._analyzer.has_content
        return (left or not has_content(before[-1:])) and (right or not has_content(after[:1]))

    def _matches(self, text: str) -> list[_Match]:
        found: list[_Match] = []
        position = 0
        while position < len(text):
            match = self._longest_at(text, position)
            if match is None:
                position += 1
            else:
                found.append(match)
                position = match.end
        return found

    def _longest_at(self, text: str, start: int) -> _Match | None:
        for length in self._lengths.get(text[start], ()):
            end = start + length
            name = text[start:end]
            if end > len(text) or self._rules.get(name, _Rule.WHOLE_TEXT) == _Rule.WHOLE_TEXT:
                continue
            if not _touches(text, start) and not _touches(text, end):
                return _Match(name, start, end)
        return None

    def _token_edges(self, text: str) -> tuple[set[int], set[int]]:
        tokens = self._analyzer.tokens(text, "cut")
        return {token.start for token in tokens}, {token.end for token in tokens}


def _spellings(artists: pl.DataFrame | None, songs: pl.DataFrame | None) -> Iterator[tuple[Kind, str, str]]:
    if artists is not None:
        for identifier, name, aliases in artists.select("artist_id", "name", "aliases").iter_rows():
            for spelling in (name, *(aliases or ())):
                yield "artist", identifier, spelling
    if songs is not None:
        for identifier, title in songs.select("song_id", "title").iter_rows():
            yield "song", identifier, title


def _rule(name: str, kinds: Iterable[str], analyzer: Analyzer) -> _Rule:
    if "version" in kinds:
        return _Rule.TOKEN if _HAN.fullmatch(name) and len(name) == 2 else _Rule.ANYWHERE
    if name in _FUNCTION_WORDS or name.isdecimal() or (len(name) == 1 and name in _LATIN):
        return _Rule.WHOLE_TEXT
    if len(name) == 1:
        return _Rule.ALONE
    if len(name) == 2 and _HAN.fullmatch(name):
        everyday = analyzer.frequency(name) >= _EVERYDAY_FREQUENCY
        return _Rule.ALONE if everyday else _Rule.TOKEN
    return _Rule.ANYWHERE


def _touches(text: str, edge: int) -> bool:
    """Whether Latin letters or digits stand on both sides of an edge, so that it cuts a word."""
    return 0 < edge < len(text) and text[edge - 1] in _LATIN and text[edge] in _LATIN
