"""One request's candidates as arrays: what every feature family reads, gathered once."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.columns import VideoColumns
from ranker.features.layout import BLANKS, PLACES, Place
from ranker.features.request import ParsedQuery
from ranker.features.statistics import Statistics
from ranker.features.users import UserColumns

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]
_WORD: Final = 8  # comparison results that one 64-bit read sees at once
_HALF_WORD: Final = 4


@dataclass
class Batch:
    """One query, one listener, n candidates. `rows` int64 (n,), -1 an unknown video; `user` a row or -1.

    `now` is UTC milliseconds. Not shared between threads; lives as long as a request.
    """

    columns: VideoColumns
    users: UserColumns
    statistics: Statistics
    query: ParsedQuery
    user: int
    now: int
    rows: Rows
    _packs: dict[str, Array] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Candidates."""
        return len(self.rows)

    @cached_property
    def _plain(self) -> bool:
        """Whether all candidates were there at the build."""
        return self.count > 0 and int(self.rows.min()) >= 0 and int(self.rows.max()) < self.columns.built

    @cached_property
    def known(self) -> Bools:
        """Which candidates the generation knows, (n,)."""
        return self.rows >= 0

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
                found[~self.known] = BLANKS[name]
            elif self._plain:
                found = self.columns.pack(name).take(self.rows, axis=0)
            else:
                found = self.columns.take_pack(name, self.rows)
            self._packs[name] = found
        return found

    def take(self, name: str) -> Array:
        """A column's cells, (n,) or (n, width)."""
        place = PLACES[name]
        return self.pack(place.pack)[:, place.at]

    def sums_of(self, table: str, thing: int) -> Floats:
        """Sums of one thing, (width,); zeros where it is -1 or was never seen."""
        sums: Floats = self.statistics.tables[table].beside(thing, _ONE)[0]
        return sums

    def sums_with(self, table: str, first: int, second: Rows) -> Floats:
        """Sums of (first, each of second (n,)), (n, width); zeros where a part is -1 or never seen."""
        return self.statistics.tables[table].beside(first, second)

    @cached_property
    def term_hits(self) -> tuple[Bools, Bools, Bools]:
        """For each of the query's t terms and n candidates, bool (t, n): in title, in tags, in uploader."""
        hits = self.pack("terms")[None, :, :] == self.query.terms[:, None, None]
        words = hits.view(np.uint64)  # (t, n, width / 8): true bytes show as non-zero words
        ends = [place.start // _WORD for place in _TERM_PLACES[1:]]
        title = words[:, :, : ends[0]].any(axis=2)
        return title, words[:, :, ends[0] : ends[1]].any(axis=2), words[:, :, ends[1] :].any(axis=2)

    def trusts(self, names: tuple[str, ...], wanted: Rows, trust: Floats) -> list[Floats]:
        """For each column of rows, the largest trust of a wanted row that stands in it, (n,); 0 without."""
        best = [np.zeros(self.count, np.float32) for _ in names]
        for row, value in zip(wanted.tolist(), trust.tolist(), strict=True):
            hits = {pack: self.pack(pack) == row for pack in {PLACES[name].pack for name in names}}
            for i, name in enumerate(names):
                np.maximum(best[i], np.float32(value) * _any(hits, PLACES[name]), out=best[i])
        return best


def _any(hits: dict[str, Bools], place: Place) -> Bools:
    """Whether a column's part of a pack's comparison holds anywhere, (n,)."""
    cells = hits[place.pack][:, place.at]
    if place.width == _HALF_WORD:  # four bytes of true or false are one number: much faster than `any`
        return np.asarray(cells.view(np.uint32)[:, 0] != 0)
    return cells if cells.ndim == 1 else np.asarray(cells.any(axis=1))


_ONE: Final = np.zeros(1, np.int64)
_TERM_PLACES: Final = tuple(PLACES[name] for name in ("title_terms", "tag_terms", "uploader_terms"))
