"""What the log says so far: sums by video, listener, query, entity and pairs of them.

One `Statistics` is one moment: the build (all days of the log, saved beside the columns) or the start of
a training row's day (only days before it). Features are computed from either by the same code.

Every table sums `VALUES` of the exposures of its key. `expected` is the chance that somebody looked,
by position and device: a click rate over it doesn't depend on where things were shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from ranker.features.counters import SumTable, pair_keys
from ranker.features.derive import Packs
from ranker.features.examination import Examination
from ranker.features.layout import MOMENT_PACKS, PLACES, get, put
from ranker.features.log import Log
from ranker.features.resolve import resolve
from ranker.understanding.names import VERSIONS, CatalogNames

VALUES: Final = ("expected", "clicks", "effective_plays", "watch_ratio")
EXPECTED, CLICKS, EFFECTIVE, WATCH = range(len(VALUES))
RECENT_KEPT: Final = 0.5  # a day's weight in the recent sums halves with each day
PAIR_TABLES: Final = (
    "query_video",
    "artist_video",
    "title_video",
    "user_video",
    "user_artist",
    "user_uploader",
    "of_query",
)
# Keyed by one thing; behind `VALUES` stand clicks, then looks, by style, language and version.
KIND_TABLES: Final = ("of_user", "of_term")
TABLES: Final = (*PAIR_TABLES, *KIND_TABLES)

STATISTICS: Final = "statistics"  # folder of the tables in a generation's
_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float32]
_Keyed = tuple[str, _Ints, _Ints, _Ints]


@dataclass(frozen=True)
class Kinds:
    """Where each style, language and version stands in the wide tables: clicks of each, then looks."""

    styles: int
    languages: int

    @classmethod
    def of(cls, names: CatalogNames) -> Self:
        """Of a generation."""
        return cls(len(names.styles), len(names.languages))

    @property
    def starts(self) -> tuple[int, int, int]:
        """First place of styles, of languages and of versions."""
        return 0, self.styles, self.styles + self.languages

    @cached_property
    def offsets(self) -> npt.NDArray[np.int32]:
        """`starts` as a column, (3, 1)."""
        return np.array(self.starts, np.int32)[:, None]

    @property
    def count(self) -> int:
        """Kinds in all."""
        return self.styles + self.languages + len(VERSIONS)

    def clicks(self, sums: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Clicks by kind, (…, count), of a wide table's sums."""
        return sums[..., len(VALUES) : len(VALUES) + self.count]

    def looks(self, sums: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Looks by kind, (…, count), of a wide table's sums."""
        return sums[..., len(VALUES) + self.count :]


@dataclass(frozen=True)
class Statistics:
    """Tables by name, and the videos' `moment_` packs; immutable, `after` makes the next moment.

    `moment` is empty for the build's moment: its packs are the stored columns.
    """

    tables: dict[str, SumTable]
    moment: Packs
    kinds: Kinds

    @classmethod
    def empty(cls, packs: Packs, names: CatalogNames) -> Self:
        """Before the first day. `packs` are as built: resolved by text, without history."""
        kinds = Kinds.of(names)
        moment = {pack: np.array(packs[pack]) for pack in MOMENT_PACKS}
        for name in ("history", "uploader_history", "artist_history"):
            put(moment, name, 0.0)
        for name, cells in resolve(packs["codes"], names).items():
            put(moment, name, cells)
        return cls(_no_tables(kinds), moment, kinds)

    def after(self, log: Log, examination: Examination, packs: Packs, names: CatalogNames) -> "Statistics":
        """The moment after the exposures of one day."""
        expected = examination.of(log)
        values = np.stack((expected, log.click, log.effective, log.watch), axis=1)
        uploader = get(packs, "uploader")
        tables = dict(self.tables)
        for name, first, second, exposure in _pairs(log, self.moment, uploader):
            tables[name] = tables[name].merge(pair_keys(first, second), values[exposure])
        for name, first, exposure in _things(log):
            wide = _wide(values, exposure, log.video, self.moment, self.kinds)
            tables[name] = tables[name].merge(pair_keys(first, np.zeros_like(first)), wide)
        moment = {pack: array.copy() for pack, array in self.moment.items()}
        _add_history(get(moment, "history"), log, expected)
        for name, cells in resolve(
            packs["codes"], names, tables["artist_video"], tables["title_video"]
        ).items():
            put(moment, name, cells)
        _add_groups(moment, "uploader_history", uploader)
        _add_groups(moment, "artist_history", get(moment, "artist"))
        return Statistics(tables, moment, self.kinds)

    def with_counts(self, counts: _Floats) -> "Statistics":
        """The same moment with the site's counts (rows, 5) as they were."""
        moment = dict(self.moment)
        moment["moment_facts"] = moment["moment_facts"].copy()
        put(moment, "counts", counts)
        return Statistics(self.tables, moment, self.kinds)

    def save(self, folder: Path) -> None:
        """Write the tables; the moment's packs are columns and are kept with them."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in self.tables.items():
            table.save(folder, name)

    @classmethod
    def open(cls, folder: Path, names: CatalogNames) -> Self:
        """Memory-map saved tables; a missing folder is a log without a row."""
        kinds = Kinds.of(names)
        if not folder.is_dir():
            return cls(_no_tables(kinds), {}, kinds)
        return cls({name: SumTable.open(folder, name) for name in TABLES}, {}, kinds)


def _no_tables(kinds: Kinds) -> dict[str, SumTable]:
    wide = len(VALUES) + 2 * kinds.count
    return {name: SumTable.empty(wide if name in KIND_TABLES else len(VALUES)) for name in TABLES}


def _add_history(history: _Floats, log: Log, expected: _Floats) -> None:
    """Add a day to `layout.HISTORY_SUMS` (rows, 8), in place; the recent sums fade by half first."""
    rows = len(history)
    shown = np.ones(len(log.video), np.float32)
    columns = (shown, expected, log.click, log.effective, log.watch, log.like, expected, log.click)
    history[:, 6:] *= RECENT_KEPT
    for i, values in enumerate(columns):
        history[:, i] += np.bincount(log.video, values, minlength=rows).astype(np.float32)


def _add_groups(moment: Packs, name: str, group: npt.NDArray[Any]) -> None:
    """Looks, clicks and effective plays of all videos of each video's group (row, -1 none), in place."""
    history = get(moment, "history")
    place = PLACES[name]
    rows = np.where(group >= 0, group, 0)
    known = (group >= 0).astype(np.float64)
    for i, column in enumerate((1, 2, 3)):  # expected_clicks, clicks, effective_plays
        total = np.bincount(rows, history[:, column] * known)
        moment[place.pack][:, place.start + i] = total[rows] * known if len(rows) else 0.0


def _pairs(log: Log, moment: Packs, uploader: npt.NDArray[Any]) -> Iterator[_Keyed]:
    """(table, first part, second part, exposure row) of the pairs that the exposures count for."""
    every = np.arange(len(log.video))
    query = log.query[log.request]
    key = np.array([parsed.key for parsed in log.queries], np.int64)[query]
    yield "query_video", key, log.video, every
    yield "of_query", key, np.zeros_like(key), every
    user = log.user[log.request]
    for name, value in (
        ("user_video", log.video),
        ("user_artist", get(moment, "artist")[log.video].astype(np.int64)),
        ("user_uploader", uploader[log.video].astype(np.int64)),
    ):
        known = np.flatnonzero((user >= 0) & (value >= 0))
        yield name, user[known], value[known], known
    for name, attribute in (("artist_video", "artists"), ("title_video", "titles")):
        exposure, entity = _spread(log, query, attribute)
        yield name, entity, log.video[exposure], exposure


def _things(log: Log) -> Iterator[tuple[str, _Ints, _Ints]]:
    """(table, key, exposure row) of the listeners and terms that the exposures count for."""
    user = log.user[log.request]
    known = np.flatnonzero(user >= 0)
    yield "of_user", user[known], known
    exposure, term = _spread(log, log.query[log.request], "terms")
    yield "of_term", term, exposure


def _wide(values: _Floats, exposure: _Ints, video: _Ints, moment: Packs, kinds: Kinds) -> _Floats:
    """`VALUES`, then clicks and looks at the place of each kind that the exposure's video is of."""
    wide = np.zeros((len(exposure), len(VALUES) + 2 * kinds.count), np.float32)
    wide[:, : len(VALUES)] = values[exposure]
    for name, start in zip(("style", "language", "version"), kinds.starts, strict=True):
        kind = get(moment, name)[video[exposure]]
        rows = np.flatnonzero(kind >= 0)
        place = len(VALUES) + start + kind[rows]
        wide[rows, place] = values[exposure[rows], CLICKS]
        wide[rows, place + kinds.count] = values[exposure[rows], EXPECTED]
    return wide


def _spread(log: Log, query: _Ints, attribute: str) -> tuple[_Ints, _Ints]:
    """(exposure row, value) for each value of the attribute (rows or hashes) of the exposure's query."""
    lists = [getattr(parsed, attribute).astype(np.int64) for parsed in log.queries]
    counts = np.array([len(values) for values in lists], np.int64)
    if not lists or not counts.sum():
        empty = np.empty(0, np.int64)
        return empty, empty
    starts = np.cumsum(counts) - counts
    many = counts[query]
    exposure = np.repeat(np.arange(len(query)), many)
    offset = np.arange(len(exposure)) - np.repeat(np.cumsum(many) - many, many)
    return exposure, np.concatenate(lists)[np.repeat(starts[query], many) + offset]
