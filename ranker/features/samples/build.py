"""Samples of whole days, built anew from the tables; memory is bounded by rows at once, not by the day."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import polars as pl

from ranker.errors import InvalidInputError
from ranker.features.events.table import name_of_day
from ranker.features.samples.event_table import EventTable
from ranker.features.samples.join import Counts, join
from ranker.features.samples.store import Day, SampleStore, without_days
from ranker.features.samples.window import Window
from ranker.features.snapshots.files import TableFile, day_bounds
from ranker.features.snapshots.tables import Tables

CANDIDATES_AT_ONCE: Final = 131_072
SAMPLES_A_FILE: Final = 65_536
Progress = Callable[[str, int, int], None]


def build(
    tables: Tables,
    events: EventTable,
    days: range,
    window: Window,
    *,
    into: Path | None = None,
    candidates_at_once: int = CANDIDATES_AT_ONCE,
    progress: Progress | None = None,
) -> dict[str, Counts]:
    """Build the samples of some days (numbers), in place of what was built of them; returns counts by day.

    Args:
        tables: Requests and snapshots.
        events: What came of them.
        days: Day numbers.
        window: Which events count.
        into: Where to; the tables' root if it isn't said.
        candidates_at_once: Rows of snapshots that are looked at at once.
        progress: Told (what, requests done, in all).

    Raises:
        InvalidInputError: Another process writes these samples, or a day of them is followed.
    """
    built: dict[str, Counts] = {}
    with SampleStore.writing(into or tables.root) as store:
        for day in days:
            name = name_of_day(day)
            made = store.contents.days.get(name)
            if made is not None and made.by == "follow":
                raise InvalidInputError(
                    f"day [{name}] is made by `encore samples follow`; build it into another folder (--into)"
                )
            files, counts = _day(store, tables, events, day, window, candidates_at_once, progress)
            of_day = Day("build", window.length, _is_over(tables, day, window))
            store.commit(
                msgspec.structs.replace(
                    store.contents,
                    files=(*without_days(store.contents.files, [name]), *files),
                    days={**store.contents.days, name: of_day},
                )
            )
            built[name] = counts
    return built


def _day(
    store: SampleStore,
    tables: Tables,
    events: EventTable,
    day: int,
    window: Window,
    candidates_at_once: int,
    progress: Progress | None,
) -> tuple[list[TableFile], Counts]:
    files: list[TableFile] = []
    counts = Counts()
    waiting: list[pl.DataFrame] = []
    slices = list(_slices(tables, day, candidates_at_once))
    for number, (first, last) in enumerate(slices):
        samples, found = join(tables.requests(first, last).collect(), tables, events, window)
        counts += found
        waiting.append(samples)
        if sum(map(len, waiting)) >= SAMPLES_A_FILE or number == len(slices) - 1:
            files += store.write(pl.concat(waiting, how="diagonal"), number)
            waiting = []
        if progress:
            progress(name_of_day(day), number + 1, len(slices))
    return files, counts


def _slices(tables: Tables, day: int, candidates_at_once: int) -> Iterator[tuple[int, int]]:
    """Spans of `now`, both ends included, of a bounded number of candidates unless they come at once."""
    start, end = day_bounds(day)
    times = np.sort(tables.requests(start, end - 1).select("now").collect()["now"].to_numpy())
    if not len(times):
        return
    rows = sum(file.rows for file in tables.manifest.snapshots if file.first < end and file.last >= start)
    step = max(int(candidates_at_once * len(times) / max(rows, 1)), 1)
    firsts = np.unique(times[::step]).tolist()
    yield from zip(firsts, [*(first - 1 for first in firsts[1:]), end - 1], strict=True)


def _is_over(tables: Tables, day: int, window: Window) -> bool:
    """Whether each generation that was searched on the day was searched after its last window, too."""
    start, end = day_bounds(day)
    searched = tables.requests(start, end - 1).select("generation").unique().collect()
    later = (
        tables.requests(end + window.length + window.grace, 1 << 60).select("generation").unique().collect()
    )
    return set(searched["generation"]) <= set(later["generation"])
