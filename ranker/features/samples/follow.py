"""Samples as a stream: those of a request are written once, when its window has passed by the log's clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import polars as pl

from ranker.errors import InvalidInputError
from ranker.features.events.table import name_of_day
from ranker.features.samples.build import SAMPLES_A_FILE
from ranker.features.samples.clocks import moved, now_by, read_clocks, told_by
from ranker.features.samples.event_table import EventTable
from ranker.features.samples.join import Counts, join
from ranker.features.samples.store import Day, Followed, SampleStore, without_days
from ranker.features.samples.window import Window
from ranker.features.snapshots.files import DAY, TableFile, day_number
from ranker.features.snapshots.tables import Tables

_EARLIEST: Final = -(1 << 60)


@dataclass
class _Closed:
    """What was closed since the last commit: samples, and how far that brings each file of requests."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    partial: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(map(len, self.frames))


class Follower:
    """The one writer of a folder's samples; `step` is called again and again.

    A kill between any two instructions leaves whole commits behind: each has samples and, in the same file
    that is replaced at once, how far they go. The next `Follower` goes on there.

    Args:
        store: Where samples are written, held for writing.
        window: Which events count; a store that was followed keeps its own.

    Raises:
        InvalidInputError: The store was followed with another window.
    """

    def __init__(self, store: SampleStore, window: Window) -> None:
        followed = store.contents.followed
        if followed is not None and followed.window != window.length:
            raise InvalidInputError(
                f"these samples are followed with a window of [{followed.window}] ms, not [{window.length}];"
                " follow into another folder (--into)"
            )
        self._store = store
        self._window = window
        self._state = followed or Followed(window=window.length)

    def step(self, tables: Tables, events: EventTable, wall: int) -> Counts:
        """Write the samples of what has closed since.

        Args:
            tables: Compacted just now, before `events` was opened: no event of a later request is missed.
            events: The log.
            wall: UTC milliseconds by the wall clock, of before the log is read.
        """
        state = self._state
        fresh = [file for file in tables.manifest.requests if file.until > state.closed]
        clocks, position = read_clocks(state.clocks, tables, events, state.events, self._window, wall)
        for file in fresh:
            if file.path not in state.partial:
                clocks = moved(clocks, told_by(_rows(tables, file)), wall)
        self._state = msgspec.structs.replace(state, events=position, clocks=clocks)
        ends = {name: self._window.closed_until(now_by(seen, wall)) for name, seen in clocks.items()}
        closed, counts = _Closed(), Counts()
        for file in fresh:
            before = self._state.partial.get(file.path, {})
            if file.first <= max(ends.values(), default=_EARLIEST):
                for samples, found in self._of_file(tables, events, file, before, ends):
                    closed.frames.append(samples)
                    counts += found
            closed.partial[file.path] = {**before, **ends}
            if closed.rows >= SAMPLES_A_FILE:
                self._commit(closed, tables)
                closed = _Closed()
        self._commit(closed, tables)
        return counts

    def _of_file(
        self,
        tables: Tables,
        events: EventTable,
        file: TableFile,
        before: dict[str, int],
        ends: dict[str, int],
    ) -> Iterator[tuple[pl.DataFrame, Counts]]:
        """Samples of the file's requests that have closed."""
        requests = _rows(tables, file)
        limits = pl.LazyFrame(
            {
                "generation": list(ends),
                "after": [before.get(name, _EARLIEST) for name in ends],
                "until": list(ends.values()),
            },
            schema={"generation": pl.String, "after": pl.Int64, "until": pl.Int64},
        )
        due = (
            requests.join(limits, on="generation", how="inner")
            .filter((pl.col("now") > pl.col("after")) & (pl.col("now") <= pl.col("until")))
            .drop("after", "until")
            .collect()
        )
        for table in self._not_built(due).partition_by("generation"):
            # One generation at a time: clocks may be months apart, and a join looks at a span of time.
            yield join(table, tables, events, self._window)

    def _not_built(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Without those of days that `build` has made whole."""
        whole = [
            day_number(name)
            for name, day in self._store.contents.days.items()
            if day.by == "build" and day.whole and day.window == self._window.length
        ]
        return requests.filter(~DAY.is_in(whole))

    def _commit(self, closed: _Closed, tables: Tables) -> None:
        """Write what is closed and make it, and how far it goes, valid at once."""
        state = _advanced(self._state, closed.partial, tables)
        if not closed.rows and state == self._store.contents.followed:
            return
        contents = self._store.contents
        files = contents.files
        days = dict(contents.days)
        new: list[TableFile] = []
        if closed.rows:
            samples = pl.concat(closed.frames, how="diagonal")
            names = {name_of_day(day) for day in samples.select(DAY.alias("day"))["day"].unique()}
            # A day that was built before it was over is followed from its start: the built files go.
            files = without_days(files, [name for name in names if name in days and days[name].by == "build"])
            days |= {name: Day("follow", self._window.length) for name in names}
            new = self._store.write(samples)
        self._store.commit(msgspec.structs.replace(contents, files=(*files, *new), days=days, followed=state))
        self._state = state


def follow_once(root: Path, tables: Tables, events: EventTable, window: Window, wall: int) -> Counts:
    """One step of following into a folder, by whoever has no process to keep."""
    with SampleStore.writing(root) as store:
        return Follower(store, window).step(tables, events, wall)


def _rows(tables: Tables, file: TableFile) -> pl.LazyFrame:
    return pl.scan_parquet(tables.root / file.path, hive_partitioning=False)


def _advanced(state: Followed, partial: dict[str, dict[str, int]], tables: Tables) -> Followed:
    """With these files so far; what is done from the beginning on is forgotten by name."""
    partial = {**state.partial, **partial}
    closed = state.closed
    files = [file for file in tables.manifest.requests if file.until > closed]
    by_end: dict[int, list[TableFile]] = {}
    for file in files:
        by_end.setdefault(file.until, []).append(file)
    for until, group in sorted(by_end.items()):
        if not all(_is_done(tables, file, partial.get(file.path, {})) for file in group):
            break
        closed = until
        for file in group:
            partial.pop(file.path, None)
    return msgspec.structs.replace(state, closed=closed, partial=partial)


def _is_done(tables: Tables, file: TableFile, ends: dict[str, int]) -> bool:
    if max(ends.values(), default=_EARLIEST) < file.last:
        return False
    return all(ends.get(name, _EARLIEST) >= last for name, last in told_by(_rows(tables, file)).items())
