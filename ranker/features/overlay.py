"""Rows written after the build: visible at once, durable by an append log, replayed on open."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from ranker.catalog.journal import Journal, read
from ranker.catalog.video import Video
from ranker.features.derive import Packs
from ranker.features.layout import PACKS, empty

FILE: Final = "overlay.journal"
_FIRST_CAPACITY: Final = 64


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record of the log: a video written, or an id deleted."""

    do: Literal["upsert", "delete"]
    video: Video | None = None
    video_id: str = ""

    @property
    def id(self) -> str:
        """The id that the change is about."""
        return self.video.video_id if self.video else self.video_id


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Change).decode


class Overlay:
    """Rows beside the built ones, numbered from `first_row` on.

    One writer; any number of readers in the same process: a row's cells are written before its id is
    published, and arrays that grow are replaced, never moved. `rows[id]` is the row of a written id, or
    -1 for a deleted one; an id that isn't there is as it was built.
    """

    def __init__(self, folder: Path, first_row: int, derive: Callable[[Sequence[Video]], Packs]) -> None:
        self._path = folder / FILE
        self._derive = derive
        self._first_row = first_row
        self._journal: Journal | None = None
        self._count = 0
        self.rows: dict[str, int] = {}
        self.packs: Packs = {pack: empty(pack, _FIRST_CAPACITY) for pack in PACKS}

    def replay(self) -> None:
        """Read the log from its beginning."""
        changes = [_decode(payload) for _, payload in read(self._path)]
        # Only the last change of an id counts, so that a long log doesn't fill memory.
        last = {change.id: change for change in changes}
        self._apply(list(last.values()))

    def write(self, changes: Sequence[Change]) -> None:
        """Log the changes durably, then make them visible; returns after both."""
        if self._journal is None:
            self._journal = Journal.open(self._path)
        self._journal.append(_encode(change) for change in changes)
        self._apply(changes)

    def find(self, ids: Sequence[str], rows: npt.NDArray[np.int64]) -> None:
        """Correct rows (n,) of built ids by what was written since."""
        known = self.rows
        for i, item in enumerate(ids):
            row = known.get(item)
            if row is not None:
                rows[i] = row

    def close(self) -> None:
        """Release the log."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _apply(self, changes: Sequence[Change]) -> None:
        videos = [change.video for change in changes if change.video is not None]
        fresh = iter(self._append(videos))
        for change in changes:
            self.rows[change.id] = next(fresh) if change.do == "upsert" else -1

    def _append(self, videos: Sequence[Video]) -> Iterable[int]:
        if not videos:
            return []
        derived = self._derive(videos)
        start, end = self._count, self._count + len(videos)
        for pack, rows in derived.items():
            array = self.packs[pack]
            if end > len(array):
                array = _grown(array, empty(pack, max(2 * len(array), end)))
                self.packs[pack] = array
            array[start:end] = rows
        self._count = end
        return range(self._first_row + start, self._first_row + end)


def _grown(array: npt.NDArray[Any], larger: npt.NDArray[Any]) -> npt.NDArray[Any]:
    larger[: len(array)] = array
    return larger
