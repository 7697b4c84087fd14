"""What depends on a video alone: computed for all videos when a generation is loaded, then looked up."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.cells import Cells
from ranker.features.columns import VideoColumns

Array = npt.NDArray[Any]
_CHUNK: Final = 65_536  # rows computed at once: some megabytes


class PerVideo:
    """A table (videos, width) of what `compute` makes of their cells; any number of readers.

    Rows of the build first, an unknown video (row -1) last. Rows written later are computed when they are
    first asked for, or by `update` before that; a written row never changes.
    """

    def __init__(self, columns: VideoColumns, compute: Callable[[Cells], Array]) -> None:
        self._columns = columns
        self._compute = compute
        self._built = columns.built
        blank = compute(Cells.blank())
        self._table = np.empty((self._built + 1, blank.shape[1]), blank.dtype)
        for start in range(0, self._built, _CHUNK):
            end = min(start + _CHUNK, self._built)
            self._table[start:end] = compute(Cells.of_built(columns, start, end))
        self._table[-1] = blank
        self._later = self._table[:0]

    def take(self, rows: npt.NDArray[np.int64]) -> Array:
        """(n,) rows, -1 an unknown video, to (n, width)."""
        most = int(rows.max(initial=-1))
        if most < self._built:
            return self._table.take(rows, axis=0)
        later = self._later_rows(most + 1)
        is_later = rows >= self._built
        taken = self._table.take(np.where(is_later, -1, rows), axis=0)
        taken[is_later] = later[rows[is_later] - self._built]
        return taken

    def update(self) -> None:
        """Compute the rows that were written since, so that no request waits for them."""
        self._later_rows(int(self._columns.later_rows().max(initial=-1)) + 1)

    def _later_rows(self, end: int) -> Array:
        later = self._later
        first = self._built + len(later)
        if first < end:
            fresh = self._compute(Cells.of_rows(self._columns, np.arange(first, end)))
            self._later = later = np.concatenate((later, fresh))
        return later
