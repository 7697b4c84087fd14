"""One request's candidates as arrays: what every feature family reads, gathered once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.cells import HELPERS, Cells
from ranker.features.columns import VideoColumns
from ranker.features.layout import BLANKS, PACKS, PLACES
from ranker.features.request import ParsedQuery
from ranker.features.statistics import VALUES, Statistics
from ranker.features.users import UserColumns

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]
_WORD: Final = 8  # comparison results that one 64-bit read sees at once


@dataclass
class Batch:
    """One query, one listener, n candidates. `rows` int64 (n,), -1 an unknown video; `user` a row or -1.

    `now` is UTC milliseconds. `compute_of_videos` looks `families.OF_VIDEO` up, (n, …), or works it out.
    Not shared between threads; lives as long as a request.
    """

    columns: VideoColumns
    users: UserColumns
    statistics: Statistics
    query: ParsedQuery
    user: int
    now: int
    rows: Rows
    compute_of_videos: Callable[["Batch"], Floats]
    _packs: dict[str, Array] = field(default_factory=dict)
    _turned: dict[str, Array] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Candidates."""
        return len(self.rows)

    @cached_property
    def _plain(self) -> bool:
        """Whether all candidates were there at the build."""
        return self.count > 0 and int(self.rows.min()) >= 0 and int(self.rows.max()) < self.columns.built

    @cached_property
    def built(self) -> Rows:
        """Row under which each video's statistics are kept, (n,); -1 where it has none."""
        return self.rows if self._plain else self.columns.built_rows(self.rows)

    def pack(self, name: str) -> Array:
        """A pack's rows, (n, width); the statistics' moment has its own."""
        found = self._packs.get(name)
        if found is None:
            moment = self.statistics.moment.get(name)
            if moment is not None:
                found = moment.take(self.rows, axis=0)  # three times as fast as moment[rows]
                found[self.rows < 0] = BLANKS[name]
            elif self._plain:
                found = self.columns.pack(name).take(self.rows, axis=0)
            else:
                found = self.columns.take_pack(name, self.rows)
            self._packs[name] = found
        return found

    def cells(self) -> Cells:
        """All that is known of the candidates alone."""
        return Cells({name: self.pack(name) for name in PACKS}, self.rows >= 0)

    @cached_property
    def of_videos(self) -> Floats:
        """`families.OF_VIDEO` of the candidates, (n, …)."""
        return self.compute_of_videos(self)

    def helper(self, name: str) -> Floats:
        """One of `cells.HELPERS`, (n,)."""
        return self.of_videos[:, HELPERS.index(name) - len(HELPERS)]

    def column(self, name: str) -> Array:
        """A column's cells, (n,) or (width, n), each row contiguous: numpy is fast along those only."""
        place = PLACES[name]
        turned = self._turned.get(place.pack)
        if turned is None:
            turned = self._turned[place.pack] = np.ascontiguousarray(self.pack(place.pack).T)
        return turned[place.at]

    @cached_property
    def kinds(self) -> Rows:
        """Places of style, language and version among `statistics.kinds`, (3, n); -1 where it has none."""
        rows = np.stack([self.column(name) for name in ("style", "language", "version")])
        return np.where(rows >= 0, rows + self.statistics.kinds.offsets, -1)

    def sums_with(self, *asked: tuple[str, int, Rows]) -> Floats:
        """Of each (table, first, second (n,)) the sums of (first, each of second): (asked, n, values).

        Zeros where a part is -1 or the pair was never seen.
        """
        sums = np.zeros((len(asked), self.count, len(VALUES)), np.float32)
        for out, (table, first, second) in zip(sums, asked, strict=True):
            self.statistics.tables[table].beside(first, second, out)
        return sums

    @cached_property
    def term_hits(self) -> Bools:
        """Where the query's t terms stand: in title, in title or tags, in any text, (3, t, n)."""
        hits = self.pack("terms")[None, :, :] == self.query.terms[:, None, None]
        words = hits.view(np.uint64)  # (t, n, width / 8): true bytes show as non-zero words
        found = np.empty((len(_TERM_ENDS), *words.shape[:2]), bool)
        start, seen = 0, np.uint64(0)
        for out, end in zip(found, _TERM_ENDS, strict=True):
            for at in range(start, end):
                seen = words[:, :, at] | seen
            np.not_equal(seen, 0, out=out)
            start = end
        return found

    def trust(self, name: str, wanted: Rows, trust: Floats) -> Floats:
        """The largest trust of a wanted row that stands in the column, (n,); 0 where none does."""
        cells = self.column(name)
        rows = wanted.astype(np.int32)
        hits = cells == rows[:, None] if cells.ndim == 1 else (cells == rows[:, None, None]).any(axis=1)
        if len(rows) == 1:
            return np.asarray(hits[0] * trust[0])
        return np.asarray((hits * trust[:, None]).max(axis=0, initial=0.0))


# Titles, tags and uploaders lie side by side in the pack.
_TERM_ENDS: Final = tuple(
    (PLACES[name].start + PLACES[name].width) // _WORD
    for name in ("title_terms", "tag_terms", "uploader_terms")
)
