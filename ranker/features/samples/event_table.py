"""Events by time of receipt: the compacted table, and what the log has beyond it."""

import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

import polars as pl

from ranker.catalog.event import Event
from ranker.errors import EncoreError
from ranker.features.events import reading
from ranker.features.events.compaction import Compaction
from ranker.features.events.manifest import PARQUET, read_manifest
from ranker.features.log import day_of
from ranker.features.samples.rows import event_frame
from ranker.features.snapshots.files import day_number

_MOST_IN_MEMORY: Final = 200_000  # events, some 200 bytes each; more are compacted first


class EventTable(Protocol):
    """Where events are read from."""

    def scan(self, first: int, last: int) -> pl.LazyFrame:
        """Events with `first` ≤ `received_time` ≤ `last`, columns `events.table.COLUMNS`, in any order."""
        ...

    def read(self, after: int) -> Iterator[tuple[int, Event]]:
        """(position, event) of the log behind a position, in the order of receipt."""
        ...


class LoggedEvents:
    """The events of a folder as of one moment: compacted files, and in memory what came after them.

    Where too much did, it is compacted first.

    Args:
        folder: Of the log; see `ranker.features.events`.

    Attributes:
        opened_at: That moment, UTC milliseconds by the wall clock: what was received before is there.
    """

    def __init__(self, folder: Path, most_in_memory: int = _MOST_IN_MEMORY) -> None:
        self.opened_at = time.time_ns() // 1_000_000
        self._folder = folder
        tail = self._open(most_in_memory + 1)
        if len(tail) > most_in_memory:
            del tail
            with suppress(EncoreError):  # another process compacts
                Compaction(folder).run()
            tail = self._open(None)
        self._tail = event_frame(tail)

    def _open(self, most: int | None) -> list[Event]:
        """Take the files of now; returns at most so many of the events that come after them."""
        manifest = read_manifest(self._folder)
        self._files = [self._folder / PARQUET / file.path for file in manifest.files]
        return [event for _, event in islice(reading.read(self._folder, manifest.until), most)]

    def scan(self, first: int, last: int) -> pl.LazyFrame:
        """See `EventTable`."""
        days = range(int(day_of(first)), int(day_of(last)) + 1)
        found = [path for path in self._files if day_number(path.parent.name.removeprefix("day=")) in days]
        parts = [pl.scan_parquet(path, hive_partitioning=False) for path in found]
        whole = pl.concat([*parts, self._tail.lazy()], how="vertical")
        return whole.filter(pl.col("received_time").is_between(first, last))

    def read(self, after: int) -> Iterator[tuple[int, Event]]:
        """See `EventTable`."""
        return reading.read(self._folder, after)
