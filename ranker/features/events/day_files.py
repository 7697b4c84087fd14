"""Parquet files of a stretch of the log, one a day, that count only once a manifest names them."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ranker.catalog.whole_file import sync_folder
from ranker.features.events.manifest import PARQUET, CompactedFile
from ranker.features.events.table import ARROW, name_of_day
from ranker.features.log import day_of

_LEVEL: Final = 3  # of zstd: higher ones cost more time than they save bytes
_PART: Final = ".part"


class DayFiles:
    """Writes rows behind the position `after` to a file for each day of `received_time`.

    Until `finish` the files have names that no reader looks at. Days are few: those during which a
    stretch of the log was received.

    Args:
        folder: The event log's.
        after: The position behind which the stretch begins.
    """

    def __init__(self, folder: Path, after: int) -> None:
        self._folder = folder / PARQUET
        self._after = after
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._rows: dict[str, int] = {}

    @property
    def rows(self) -> int:
        """Written so far."""
        return sum(self._rows.values())

    @property
    def days(self) -> int:
        """Files open."""
        return len(self._writers)

    def add(self, table: pa.Table) -> None:
        """Append rows (of `table.ARROW`, in the log's order), a row group a day."""
        days = day_of(table.column("received_time").to_numpy())
        found = np.unique(days)
        for day in found:
            rows = table if len(found) == 1 else table.filter(pa.array(days == day))
            self._add(name_of_day(int(day)), rows)

    def _add(self, day: str, rows: pa.Table) -> None:
        if day not in self._writers:
            self._part(day).parent.mkdir(parents=True, exist_ok=True)
            self._writers[day] = pq.ParquetWriter(
                self._part(day), ARROW, compression="zstd", compression_level=_LEVEL
            )
        self._writers[day].write_table(rows)
        self._rows[day] = self._rows.get(day, 0) + len(rows)

    def _part(self, day: str) -> Path:
        return self._folder / f"day={day}" / f"{self._after:019d}{_PART}"

    def finish(self, until: int) -> Iterator[CompactedFile]:
        """Make the files durable under their names, one a step; the stretch ends at `until`."""
        for day, writer in sorted(self._writers.items()):
            writer.close()
            part = self._part(day)
            _sync(part)
            path = part.with_name(f"{self._after:019d}-{until:019d}.parquet")
            part.replace(path)
            sync_folder(path.parent)
            yield CompactedFile(f"{path.parent.name}/{path.name}", self._after, until, self._rows[day])
        if self._writers:
            sync_folder(self._folder)
            sync_folder(self._folder.parent)

    def close(self) -> None:
        """Let the files go; those without a name are swept later."""
        for writer in self._writers.values():
            writer.close()


def sweep(folder: Path, named: Sequence[CompactedFile]) -> int:
    """Delete what a killed compaction left: files that no manifest names. Returns how many."""
    known = {file.path for file in named}
    swept = 0
    for path in (folder / PARQUET).glob("day=*/*"):
        if f"{path.parent.name}/{path.name}" not in known and path.suffix in (_PART, ".parquet"):
            path.unlink()
            swept += 1
    return swept


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
