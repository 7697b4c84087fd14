"""Small logs written down in a test, as the Parquet files that the statistics are made of."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ranker.features.daily.inputs import EVENTS, REQUESTS, VIDEOS, Source
from ranker.features.daily.windows import KEYS, VALUES, day_start

DAY = date(2026, 5, 31)
START = day_start(DAY)
HOUR = 3_600_000


def event(request, video, kind, ago, user=None, seconds=None):
    """An event received `ago` milliseconds before the day begins."""
    return (request, video, kind, START - ago, user, seconds)


def source(folder: Path, events=(), requests=(), videos=()) -> Source:
    files = []
    for name, schema, rows in (
        ("events", EVENTS, events),
        ("requests", REQUESTS, requests),
        ("videos", VIDEOS, videos),
    ):
        columns = list(zip(*rows, strict=True)) or [[] for _ in schema]
        file = folder / f"{name}.parquet"
        pq.write_table(
            pa.table([pa.array(c, t) for c, t in zip(columns, schema.types, strict=True)], schema=schema),
            file,
        )
        files.append((file,) if rows else ())
    return Source(*files)


def read(folder: Path, entity: str) -> dict[tuple[str, ...], dict[str, int]]:
    """Counts that aren't 0, by key."""
    table = pq.read_table(folder / f"{entity}.parquet")
    assert table.schema.names == [*KEYS[entity], *VALUES]
    assert {str(table.schema.field(name).type) for name in VALUES} == {"int64"}
    rows = table.to_pylist()
    keys = [tuple(row[key] for key in KEYS[entity]) for row in rows]
    assert keys == sorted(keys, key=lambda key: [part.encode() for part in key])
    return {key: {n: row[n] for n in VALUES if row[n]} for key, row in zip(keys, rows, strict=True)}
