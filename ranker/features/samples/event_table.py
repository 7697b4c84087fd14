"""Events by time of receipt: the compacted table, and what the log has beyond it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

import msgspec
import polars as pl

from ranker.catalog.event import Event
from ranker.catalog.journal import read
from ranker.features.log import day_of
from ranker.features.samples.rows import event_frame
from ranker.features.snapshots.files import day_name

_LOG: Final = "events.journal"
_PARQUET: Final = "parquet"
_MANIFEST: Final = "compaction.json"
_decode = msgspec.json.Decoder(Event).decode


class EventTable(Protocol):
    """Where events are read from."""

    def scan(self, first: int, last: int) -> pl.LazyFrame:
        """Events with `first` ≤ `received_time` ≤ `last`, columns `outcomes.EVENTS`, in any order."""
        ...

    def read(self, after: int) -> Iterator[tuple[int, Event]]:
        """(position, event) of the log behind a position, in the order of receipt."""
        ...


class LoggedEvents:
    """The events of a folder as of one moment: compacted files, and in memory what came after them.

    Args:
        folder: Of the log, with `compaction.json` and `parquet/day=…`.

    Attributes:
        opened_at: That moment, UTC milliseconds by the wall clock: what was received before is there.
    """

    def __init__(self, folder: Path) -> None:
        self.opened_at = time.time_ns() // 1_000_000
        self._folder = folder
        path = folder / _MANIFEST
        manifest = msgspec.json.decode(path.read_bytes()) if path.exists() else {}
        self._files = [f"{_PARQUET}/{file['path']}" for file in manifest.get("files", [])]
        self._tail = event_frame(event for _, event in self.read(int(manifest.get("until", 0))))

    def scan(self, first: int, last: int) -> pl.LazyFrame:
        """See `EventTable`."""
        days = range(int(day_of(first)), int(day_of(last)) + 1)
        names = {f"day={day_name(day)}" for day in days} if len(days) < 1 << 12 else None
        found = [name for name in self._files if names is None or Path(name).parent.name in names]
        parts = [pl.scan_parquet(self._folder / name, hive_partitioning=False) for name in found]
        return pl.concat([*parts, self._tail.lazy()], how="diagonal_relaxed").filter(
            pl.col("received_time").is_between(first, last)
        )

    def read(self, after: int) -> Iterator[tuple[int, Event]]:
        """See `EventTable`."""
        for position, payload in read(self._folder / _LOG, after):
            yield position, _decode(payload)
