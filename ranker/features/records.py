"""Records of all videos of a generation: made when it is loaded, then only looked up."""

from typing import Final

import numpy as np
import numpy.typing as npt

from ranker.features.cells import Cells
from ranker.features.columns import VideoColumns
from ranker.features.families import of_videos
from ranker.features.ids import IdCoder
from ranker.features.priors import Priors
from ranker.features.record import Record, records
from ranker.features.statistics import Statistics

_CHUNK: Final = 65_536  # rows made at once: some tens of megabytes


class Records:
    """Records by row, 300 bytes a video, under one specification at one moment; any number of readers.

    Rows of the build first, an unknown video (row -1) last. Rows written later are made when they are first
    asked for, or by `update` before that; a written row never changes.
    """

    def __init__(self, columns: VideoColumns, statistics: Statistics, priors: Priors, coder: IdCoder) -> None:
        self._columns = columns
        self._first_kinds = statistics.kinds.starts
        self._priors = priors
        self._coder = coder
        self._built = columns.built
        blank = self._make(Cells.blank())
        self._table = np.empty((self._built + 1, blank.shape[1]), blank.dtype)
        self._table[-1] = blank
        for start in range(0, self._built, _CHUNK):
            end = min(start + _CHUNK, self._built)
            self._table[start:end] = self._make(Cells.of_built(columns, statistics.moment, start, end))
        self._later = self._table[:0]

    def take(self, rows: npt.NDArray[np.int64]) -> Record:
        """(n,) rows, -1 an unknown video, to (n, …)."""
        most = int(rows.max(initial=-1))
        if most < self._built:
            return self._table.take(rows, axis=0)
        later = self._later_rows(most + 1)
        is_later = rows >= self._built
        taken = self._table.take(np.where(is_later, -1, rows), axis=0)
        taken[is_later] = later[rows[is_later] - self._built]
        return taken

    def update(self) -> None:
        """Make the records of what was written since, so that no request waits for them."""
        self._later_rows(int(self._columns.later_rows().max(initial=-1)) + 1)

    def _later_rows(self, end: int) -> Record:
        later = self._later
        first = self._built + len(later)
        if first < end:
            fresh = self._make(Cells.of_later(self._columns, first, end))
            self._later = later = np.concatenate((later, fresh))
        return later

    def _make(self, cells: Cells) -> Record:
        return records(cells, self._first_kinds, of_videos(cells, self._priors), self._coder.of_video(cells))
