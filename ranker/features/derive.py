"""What the ranker reads out of a catalogue row, once, when the row is written."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy.typing as npt

from ranker.catalog.video import COUNTS, Video
from ranker.features.layout import MOMENT_PACKS, PACKS, PLACES, empty, get, put
from ranker.features.names import CatalogNames
from ranker.features.resolve import resolve
from ranker.features.terms import distinct_hashes
from ranker.text.analyzer import Analyzer

_QUOTED: Final = re.compile('[「『“"]([^」』”"]+)[」』”"]')
_BITS: Final = 31
Packs = dict[str, npt.NDArray[Any]]


class Deriver:
    """Makes column rows of videos. Holds tables only: safe to share between threads."""

    def __init__(self, analyzer: Analyzer, names: CatalogNames) -> None:
        self._analyzer = analyzer
        self._normalize = analyzer.normalizer.text
        self._names = names

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
        title_terms = distinct_hashes(self._analyzer.terms(video.title, "search"))
        seen = set(title_terms)
        tag_terms = (term for tag in video.tags for term in self._analyzer.terms(tag, "search"))
        title, uploader = self._names.named(video.title), self._names.named(video.uploader)
        tags = [self._names.named(tag) for tag in video.tags]
        text = self._normalize(" ".join((video.title, *video.tags)))
        spoken = [*self._analyzer.terms(text, "cut"), *map(self._normalize, video.tags)]
        tag_versions = 0
        for tag in tags:
            tag_versions |= tag.versions
        return {
            "title_terms": title_terms,
            "tag_terms": [term for term in distinct_hashes(tag_terms) if term not in seen],
            "uploader_terms": distinct_hashes(self._analyzer.terms(video.uploader, "search")),
            "title_artists": title.artists,
            "tag_artists": dict.fromkeys(row for tag in tags for row in tag.artists),
            "uploader_artist": uploader.artists[:1],
            "title_songs": title.titles,
            "tag_songs": dict.fromkeys(row for tag in tags for row in tag.titles),
            "word_songs": [
                self._names.title_of_hash[t] for t in title_terms if t in self._names.title_of_hash
            ],
            "lyrics_song": self._quoted(video.title),
            "style_bits": [_bits(self._names.styles_in(text, spoken))],
            "language_bits": [_bits(self._names.languages_in(text, spoken))],
            "title_versions": [title.versions],
            "tag_versions": [tag_versions],
            "uploader_versions": [uploader.versions],
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
