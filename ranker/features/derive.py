"""What the ranker reads out of a video's text, once, when the row is written."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy.typing as npt

from ranker.catalog.video import COUNTS, Video
from ranker.features.layout import CATALOGUE, TEXT
from ranker.features.names import CatalogNames
from ranker.features.terms import distinct_hashes
from ranker.text.analyzer import Analyzer

Arrays = dict[str, npt.NDArray[Any]]


class Deriver:
    """Makes column rows of videos. Holds tables only: safe to share between threads."""

    def __init__(self, analyzer: Analyzer, names: CatalogNames) -> None:
        self._analyzer = analyzer
        self._names = names

    def rows(self, videos: Sequence[Video]) -> Arrays:
        """Arrays of `layout.CATALOGUE` and `layout.TEXT`, each (n, …), in the videos' order."""
        arrays = {column.name: column.empty(len(videos)) for column in (*CATALOGUE, *TEXT)}
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
        title_terms = distinct_hashes(self._analyzer.terms(video.title, "search"))
        seen = set(title_terms)
        tag_terms = (term for tag in video.tags for term in self._analyzer.terms(tag, "search"))
        title, uploader = self._names.named(video.title), self._names.named(video.uploader)
        tags = [self._names.named(tag) for tag in video.tags]
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
            "title_versions": [title.versions],
            "tag_versions": [tag_versions],
            "uploader_versions": [uploader.versions],
            "title_length": [min(len(video.title), 32_767)],
        }


def _put(array: npt.NDArray[Any], row: int, values: Iterable[int]) -> None:
    kept = list(values)
    if array.ndim == 2:
        kept = kept[: array.shape[1]]
        array[row, : len(kept)] = kept
    elif kept:
        array[row] = kept[0]
