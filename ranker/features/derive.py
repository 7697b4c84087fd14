"""What the ranker derives from a catalogue row, once, when the row is written."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ranker.catalog.video import COUNTS, Video
from ranker.features.catalog_names import CatalogNames
from ranker.features.layout import BY_NAME, CATALOGUE, COLUMNS, DERIVED
from ranker.features.terms import distinct_hashes
from ranker.features.versions import version_of

Arrays = dict[str, npt.NDArray[Any]]


class Terms(Protocol):
    """The part of `ranker.text.analyzer.Analyzer` that is used here."""

    def terms(self, text: str, mode: Any, /) -> list[str]:
        """Terms of the text in `search` mode, in order."""


class Deriver:
    """Makes column rows of videos. Holds tables only: safe to share between threads."""

    def __init__(self, analyzer: Terms, normalize: Any, names: CatalogNames) -> None:
        self._analyzer = analyzer
        self._normalize = normalize
        self._names = names

    def rows(self, videos: Sequence[Video]) -> Arrays:
        """Arrays of every column but the history, each (n, …), in the videos' order.

        `uploader` stays blank: its row belongs to the generation's list, which the writer keeps.
        """
        arrays = {column.name: column.empty(len(videos)) for column in (*CATALOGUE, *DERIVED)}
        for row, video in enumerate(videos):
            arrays["uploaded_at"][row] = video.uploaded_at
            arrays["duration_seconds"][row] = video.duration_seconds
            arrays["resolution"][row] = video.resolution
            arrays["reviewed"][row] = video.reviewed
            arrays["counts"][row] = [getattr(video, name) for name in COUNTS]
            for name, values in self._derived(video).items():
                _put(arrays[name], row, values)
        return arrays

    def _derived(self, video: Video) -> dict[str, Iterable[int]]:
        title_terms = self._analyzer.terms(video.title, "search")
        tag_terms = [term for tag in video.tags for term in self._analyzer.terms(tag, "search")]
        in_title = distinct_hashes(title_terms)
        seen = set(in_title)
        title = self._normalize(video.title)
        tags = [self._normalize(tag).strip() for tag in video.tags]
        uploader = self._normalize(video.uploader)
        artists, songs = self._names.artist_names, self._names.song_names
        # A tag names a song or an artist only as a whole: parts of tags are everyday words.
        tag_artists = [row for tag in tags for row in artists.exact(tag)]
        tag_songs = [row for tag in tags for row in songs.exact(tag)]
        return {
            "title_terms": in_title,
            "tag_terms": [term for term in distinct_hashes(tag_terms) if term not in seen],
            "uploader_terms": distinct_hashes(self._analyzer.terms(video.uploader, "search")),
            "title_artists": artists.find(title),
            "tag_artists": dict.fromkeys(tag_artists),
            "uploader_artist": artists.find(uploader)[:1],
            "title_songs": songs.find(title),
            "tag_songs": dict.fromkeys(tag_songs),
            "version": [version_of(title_terms) or version_of(tag_terms)],
            "title_length": [min(len(video.title), 32_767)],
        }


def _put(array: npt.NDArray[Any], row: int, values: Iterable[int]) -> None:
    kept = list(values)
    if array.ndim == 1:
        array[row : row + 1] = kept[:1] or array[row : row + 1]
    else:
        kept = kept[: array.shape[1]]
        array[row, : len(kept)] = kept


def blank(name: str) -> Any:
    """The value of a column's missing cell."""
    return BY_NAME[name].blank


def empty_rows(count: int) -> Arrays:
    """Blank rows of every column, each (count, …)."""
    return {column.name: column.empty(count) for column in COLUMNS}


__all__ = ["Arrays", "Deriver", "Terms", "blank", "empty_rows", "np"]
