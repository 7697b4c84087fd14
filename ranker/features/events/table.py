"""Compacted events as a table: its columns, and which files hold it."""

import datetime
import heapq
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ranker.catalog.event import Event
from ranker.features.events.manifest import PARQUET, CompactedFile, Manifest, read_manifest
from ranker.features.log import day_of

COLUMNS: Final = {
    "event_id": pl.String(),
    "request_id": pl.String(),
    "video_id": pl.String(),
    "kind": pl.String(),
    "event_time": pl.Int64(),
    "received_time": pl.Int64(),
    "user_id": pl.String(),
    "position": pl.Int32(),
    "seconds": pl.Float64(),
    "device": pl.String(),
    "schema": pl.Int8(),
    "log_position": pl.Int64(),
}
"""Times are UTC milliseconds; position, user_id, device and seconds may be null; `log_position` is the
event's place in the log (`position`), by which what was received first comes first."""

ARROW: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("event_id", "request_id", "video_id", "kind")),
        ("event_time", pa.int64()),
        ("received_time", pa.int64()),
        ("user_id", pa.string()),
        ("position", pa.int32()),
        ("seconds", pa.float64()),
        ("device", pa.string()),
        ("schema", pa.int8()),
        ("log_position", pa.int64()),
    ]
)
_MOST_POSITION: Final = (1 << 31) - 1  # the first schema took any
_FIELDS: Final = tuple(name for name in COLUMNS if name != "log_position")
_EPOCH: Final = datetime.date(1970, 1, 1)
_BATCH_ROWS: Final = 8_192


def day_name(received_time: int) -> str:
    """YYYY-MM-DD in the configured zone, of UTC milliseconds."""
    return name_of_day(int(day_of(received_time)))


def name_of_day(day: int) -> str:
    """YYYY-MM-DD of a day's number since 1970."""
    return (_EPOCH + datetime.timedelta(days=day)).isoformat()


def to_arrow(events: Sequence[Event], positions: Sequence[int]) -> pa.Table:
    """Events (n,) with the positions behind them, as the table's rows."""
    columns: dict[str, list[Any]] = {name: list(map(attrgetter(name), events)) for name in _FIELDS}
    columns["position"] = [
        value if value is None else min(value, _MOST_POSITION) for value in columns["position"]
    ]
    columns["log_position"] = list(positions)
    return pa.table(columns, schema=ARROW)


def to_events(table: pa.Table) -> Iterator[tuple[int, Event]]:
    """Rows as (log position, event)."""
    for row in table.to_pylist():
        position = row.pop("log_position")
        yield position, Event(**row)


def files(folder: Path, days: Iterable[str] | None = None) -> list[Path]:
    """The Parquet files that count, in order, of these days (YYYY-MM-DD) or of all.

    They stay where they are: later compactions add others.
    """
    wanted = None if days is None else set(days)
    return [
        folder / PARQUET / file.path
        for file in read_manifest(folder).files
        if wanted is None or file.day in wanted
    ]


def scan(folder: Path, days: Iterable[str] | None = None) -> pl.LazyFrame:
    """The compacted events of these days or of all, lazily: `COLUMNS` and `day` (string)."""
    found = files(folder, days)
    if not found:
        return pl.LazyFrame(schema=COLUMNS | {"day": pl.String()})
    return pl.scan_parquet(found, hive_partitioning=True, hive_schema={"day": pl.String()})


def compacted_events(folder: Path, manifest: Manifest, after: int) -> Iterator[tuple[int, Event]]:
    """(log position, event) of what the manifest names behind a position, in the log's order."""
    parts: dict[int, list[CompactedFile]] = {}
    for file in manifest.files:
        if file.until > after:
            parts.setdefault(file.until, []).append(file)
    for until in sorted(parts):
        yield from _merged([folder / PARQUET / file.path for file in parts[until]], after)


def _merged(paths: Sequence[Path], after: int) -> Iterator[tuple[int, Event]]:
    """Files of several days of the same stretch of the log: each is in order, together they are merged."""
    rows = (_rows(path, after) for path in paths)
    yield from heapq.merge(*rows, key=lambda row: row[0]) if len(paths) > 1 else next(rows)


def _rows(path: Path, after: int) -> Iterator[tuple[int, Event]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH_ROWS):
            for position, event in to_events(pa.Table.from_batches([batch])):
                if position > after:
                    yield position, event
