"""What the ranker reads out of a catalogue row, once, when the row is written."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy.typing as npt

from ranker.catalog.video import COUNTS, Video
from ranker.features.layout import MOMENT_PACKS, PACKS, PLACES, empty, get, put
from ranker.features.resolve import resolve
from ranker.features.terms import distinct_hashes, term_hash
from ranker.text.analyzer import Analyzer
from ranker.understanding.names import CatalogNames, Named

_QUOTED: Final = re.compile('[「『“"]([^」』”"]+)[」』”"]')
_BITS: Final = 31
_MOST_CACHED: Final = 200_000
Packs = dict[str, npt.NDArray[Any]]


class _Read(NamedTuple):
    """A short text, read: its search-mode terms, what it names, and itself normalised."""

    terms: tuple[str, ...]
    named: Named
    normalized: str


class Deriver:
    """Makes column rows of videos. Tables, and a cache of tags and uploaders; safe to share."""

    def __init__(self, analyzer: Analyzer, names: CatalogNames) -> None:
        self._analyzer = analyzer
        self._normalize = analyzer.normalizer.text
        self._names = names
        self._title_of_hash = {term_hash(title): row for row, title in enumerate(names.titles)}
        # Tags and uploaders come again and again: reading each once halves the time of a build.
        self._read_again = lru_cache(_MOST_CACHED)(self._read)

    def _read(self, text: str) -> _Read:
        terms = tuple(self._analyzer.terms(text, "search"))
        return _Read(terms, self._names.named(text), self._normalize(text))

    def rows(self, videos: Sequence[Video]) -> Packs:
        """All packs, each (n, width), in the videos' order; resolved by text, without history.

        `uploader` stays blank: its row belongs to the generation's list, which the writer keeps.
        """
        packs = {pack: empty(pack, len(videos)) for pack in PACKS}
        put(packs, "uploaded_at", [video.uploaded_at for video in videos])
        for name in ("duration_seconds", "resolution", "reviewed"):
            put(packs, name, [getattr(video, name) for video in videos])
        for i, name in enumerate(COUNTS):
            get(packs, "counts")[:, i] = [getattr(video, name) for video in videos]
        for row, video in enumerate(videos):
            for name, values in self._derived(video).items():
                _put(packs, row, name, values)
        for name, cells in resolve(packs["codes"], self._names).items():
            put(packs, name, cells)
        return packs

    def _quoted(self, title: str) -> list[int]:
        """Row of the song title whose line of lyrics stands in quotes in the title."""
        for line in _QUOTED.findall(title):
            songs = self._names.spellings.lyrics(self._normalize(line))
            if songs:
                return [int(self._names.title_of_song[songs[0].row])]
        return []

    def _derived(self, video: Video) -> dict[str, Iterable[int]]:
        title, uploader = self._read(video.title), self._read_again(video.uploader)
        tags = [self._read_again(tag) for tag in video.tags]
        title_terms = distinct_hashes(title.terms)
        seen = set(title_terms)
        tag_terms = [term for tag in tags for term in tag.terms]
        tag_versions = 0
        for tag in tags:
            tag_versions |= tag.named.versions
        text = " ".join((title.normalized, *(tag.normalized for tag in tags)))
        spoken = [*title.terms, *tag_terms, *(tag.normalized for tag in tags)]
        word_songs = self._title_of_hash
        return {
            "title_terms": title_terms,
            "tag_terms": [term for term in distinct_hashes(tag_terms) if term not in seen],
            "uploader_terms": distinct_hashes(uploader.terms),
            "title_artists": title.named.artists,
            "tag_artists": dict.fromkeys(row for tag in tags for row in tag.named.artists),
            "uploader_artist": uploader.named.artists[:1],
            "title_songs": title.named.titles,
            "tag_songs": dict.fromkeys(row for tag in tags for row in tag.named.titles),
            "word_songs": [word_songs[term] for term in title_terms if term in word_songs],
            "lyrics_song": self._quoted(video.title),
            "style_bits": [_bits(self._names.styles_in(text, spoken))],
            "language_bits": [_bits(self._names.languages_in(text, spoken))],
            "title_versions": [title.named.versions],
            "tag_versions": [tag_versions],
            "uploader_versions": [uploader.named.versions],
            "title_length": [len(video.title)],
        }


def _bits(rows: Iterable[int]) -> int:
    """One bit a row; rows from 31 on have none (an int32 cell)."""
    bits = 0
    for row in rows:
        if row < _BITS:
            bits |= 1 << row
    return bits


def _put(packs: Packs, row: int, name: str, values: Iterable[int]) -> None:
    place = PLACES[name]
    kept = list(values)[: place.width]
    packs[place.pack][row, place.start : place.start + len(kept)] = kept


def static_packs(packs: Packs) -> Packs:
    """The packs that don't change with the log."""
    return {pack: array for pack, array in packs.items() if pack not in MOMENT_PACKS}
