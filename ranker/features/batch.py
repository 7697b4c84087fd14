"""One request's candidates as arrays: what every feature family reads, gathered once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.columns import VideoColumns
from ranker.features.layout import PLACES
from ranker.features.pairs import sums_of_pairs
from ranker.features.record import FIRST_FEATURE, FIRST_NUMBER, LIST, NUMBERS, Record
from ranker.features.record import PLACES as RECORD_PLACES
from ranker.features.request import ParsedQuery
from ranker.features.statistics import VALUES, Statistics
from ranker.features.users import UserColumns

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]
Kept = dict[str, Any]


@dataclass
class Batch:
    """One query, one listener, n candidates. `rows` int64 (n,), -1 an unknown video; `user` a row or -1.

    `now` is UTC milliseconds, `records` are the candidates' (n, …). `of_query` and `of_user` keep what was
    worked out of this query or listener alone, for the next request of either. Not shared between threads;
    lives as long as a request.
    """

    columns: VideoColumns
    users: UserColumns
    statistics: Statistics
    query: ParsedQuery
    user: int
    now: int
    rows: Rows
    records: Record
    of_query: Kept
    of_user: Kept

    @property
    def count(self) -> int:
        """Candidates."""
        return len(self.rows)

    @cached_property
    def plain(self) -> bool:
        """Whether all candidates were there at the build."""
        return self.count > 0 and int(self.rows.min()) >= 0 and int(self.rows.max()) < self.columns.built

    @cached_property
    def built(self) -> Rows:
        """Row under which each video's statistics are kept, (n,); -1 where it has none."""
        return self.rows if self.plain else self.columns.built_rows(self.rows)

    def _pack(self, name: str) -> Array:
        if self.plain:
            return self.columns.pack(name).take(self.rows, axis=0)  # three times as fast as pack[rows]
        return self.columns.take_pack(name, self.rows)

    @cached_property
    def turned(self) -> Record:
        """The records, a contiguous row for each of their columns: numpy is fast along those only."""
        return np.ascontiguousarray(self.records.T)

    @cached_property
    def _numbers(self) -> Floats:
        return self.turned[FIRST_NUMBER:].view(np.float32)

    @property
    def of_video(self) -> Floats:
        """The features of the videos alone, (`families.OF_VIDEO`, n); codes behind them."""
        return self._numbers[FIRST_FEATURE - FIRST_NUMBER :]

    def number(self, name: str) -> Floats:
        """One of `record.NUMBERS`, (n,)."""
        number: Floats = self._numbers[NUMBERS.index(name)]
        return number

    def column(self, name: str) -> Record:
        """A column of the records, (n,); of a list the first cell."""
        column: Record = self.turned[RECORD_PLACES[name]]
        return column

    @cached_property
    def kinds(self) -> Record:
        """Places of style, language and version among `statistics.kinds`, (3, n); -1 where it has none."""
        start = RECORD_PLACES["style_kind"]
        return self.turned[start : start + 3]

    @cached_property
    def uploaded_at(self) -> Rows:
        """UTC milliseconds, (n,); 0 where unknown."""
        return np.asarray(self._pack("times")[:, 0])

    @cached_property
    def pair_sums(self) -> dict[str, Floats]:
        """By pair table, what the log says of each thing wanted beside each candidate, (wanted, n, values).

        Wanted are the query, its artists, its titles, and the listener (none is there of a stranger). Zeros
        where the pair was never seen.
        """
        query, user = self.query, [self.user] if self.user >= 0 else []
        asked: dict[str, tuple[list[int], Array]] = {
            "query_video": ([query.key], self.built),
            "artist_video": (query.artists.tolist(), self.built),
            "title_video": (query.titles.tolist(), self.built),
            "user_artist": (user, self.column("artist")),
            "user_uploader": (user, self.column("uploader")),
            "user_video": (user, self.built),
        }
        pairs = [(table, first) for table, (firsts, _) in asked.items() for first in firsts]
        second = np.empty((len(pairs), self.count), np.int64)
        places, start = {}, 0
        for table, (firsts, rows) in asked.items():
            places[table] = slice(start, start + len(firsts))
            second[places[table]] = rows
            start += len(firsts)
        sums = sums_of_pairs(self.statistics.tables, pairs, second, len(VALUES))
        return {table: sums[place] for table, place in places.items()}

    @cached_property
    def term_hits(self) -> Bools:
        """Where the query's t terms stand: in title, in title or tags, in any text, (3, t, n)."""
        hits = self._pack("terms") == self.query.terms[:, None, None]
        bits = np.packbits(hits, axis=2).view(_BITS)[..., 0]  # (t, n), a bit for each place of a term
        return np.asarray((bits & _TEXTS) != 0)

    def trusts(self, names: tuple[str, ...], wanted: Rows, trust: Floats) -> Floats:
        """The largest trust of a wanted row that stands in each column, (names, n); 0 where none does.

        `names` stand side by side in the record, and are lists all or none.
        """
        start = RECORD_PLACES[names[0]]
        rows = wanted.astype(np.int32)
        if _IS_LIST[names[0]]:
            cells = self.turned[start : start + LIST * len(names)].reshape(len(names), LIST, self.count)
            hits = (cells == rows[:, None, None, None]).any(axis=2)
        else:
            hits = self.turned[start : start + len(names)] == rows[:, None, None]
        if len(rows) == 1:
            return np.asarray(hits[0] * trust[0])
        return np.asarray((hits * trust[:, None, None]).max(axis=0, initial=0.0))


_IS_LIST: Final = {name: name in PLACES and PLACES[name].width == LIST for name in RECORD_PLACES}
_BITS: Final = ">u8"  # the first place is the highest bit


def _texts() -> Array:
    """Bits of the title's places, of the title's and the tags', and of all, (3, 1, 1)."""
    ends = [
        PLACES[name].start + PLACES[name].width for name in ("title_terms", "tag_terms", "uploader_terms")
    ]
    masks = [(1 << 64) - (1 << (64 - end)) for end in ends]
    return np.array(masks, np.uint64).astype(_BITS)[:, None, None]


_TEXTS: Final = _texts()
