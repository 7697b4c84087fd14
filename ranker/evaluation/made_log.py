"""A log of any size, for benches and tests of memory; DuckDB writes it, so it is soon made."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import duckdb

from ranker.features.daily.inputs import Source
from ranker.features.daily.windows import LONGEST, day_start
from ranker.features.events.manifest import CompactedFile, Manifest, write_manifest
from ranker.features.log import DAY_MS
from ranker.features.snapshots.files import TableFile
from ranker.features.snapshots.tables import Manifest as Asked
from ranker.features.snapshots.tables import Tables

_EVENTS_A_REQUEST: Final = 8
_A_FILE: Final = 1_000_000  # events of a day in one file; more makes more files
_MEMORY: Final = "256MB"

# Popularity falls as a power of the rank: pow(u, 3) sends half of all events to an eighth of the videos.
_EVENTS: Final = """
SELECT printf('r%08x-0000-4000-8000', i // {a_request}) AS request_id,
       printf('BV%08x', ({videos} * pow(hash(i * 3 + 1) / 18446744073709551616.0, 3))::BIGINT) AS video_id,
       ['impression', 'impression', 'impression', 'impression', 'click', 'play', 'play', 'like']
           [1 + i % 8] AS kind,
       {start} + (hash(i * 5 + 2) % {day_ms})::BIGINT AS received_time,
       CASE WHEN i % 16 = 0 THEN NULL
            ELSE printf('u%06x', (hash(i // {a_request}) % {users})::BIGINT) END AS user_id,
       CASE WHEN i % 8 IN (5, 6) THEN (hash(i * 7 + 3) % 120) / 2.0 END AS seconds
FROM range({first}, {end}) AS t(i)
"""
_REQUESTS: Final = """
SELECT printf('r%08x-0000-4000-8000', i) AS request_id,
       concat('歌 ', ({queries} * pow(hash(i * 11 + 4) / 18446744073709551616.0, 3))::BIGINT) AS query,
       printf('u%06x', (hash(i) % {users})::BIGINT) AS user_id
FROM range({first}, {end}) AS t(i)
"""
_VIDEOS: Final = """
SELECT printf('BV%08x', i) AS video_id, printf('up%05x', i // 20) AS uploader_id,
       CASE WHEN i % 5 > 0 THEN printf('artist%04x', i // 50) END AS artist_id,
       (20 + i % 400)::DOUBLE AS duration_seconds
FROM range({videos}) AS t(i)
"""


def make_log(root: Path, day: date, events: int) -> Source:
    """Write `root/events`, `root/requests` and `root/videos.parquet`: `events` over the 30 days before `day`.

    Half of the events are impressions; videos and queries are a twentieth of the requests each, listeners a
    tenth. The same size gives the same log.
    """
    root.mkdir(parents=True, exist_ok=True)
    requests = max(events // _EVENTS_A_REQUEST, 1)
    sizes = {
        "a_request": _EVENTS_A_REQUEST,
        "videos": max(requests // 20, 50),
        "queries": max(requests // 20, 50),
        "users": max(requests // 10, 10),
        "day_ms": DAY_MS,
    }
    connection = duckdb.connect(config={"memory_limit": _MEMORY, "threads": 1})
    shown: list[CompactedFile] = []
    asked: list[TableFile] = []
    for number in range(LONGEST):
        of = day - timedelta(days=LONGEST - number)
        first, end = requests * number // LONGEST, requests * (number + 1) // LONGEST
        step = _A_FILE // _EVENTS_A_REQUEST
        for low in range(first, end, step):
            high = min(low + step, end)
            name = f"day={of}/{low}-{high}.parquet"
            bounds = {"first": low * _EVENTS_A_REQUEST, "end": high * _EVENTS_A_REQUEST}
            query = _EVENTS.format(**sizes, **bounds, start=day_start(of))
            _write(connection, query, root / "events" / "parquet" / name)
            _write(connection, _REQUESTS.format(**sizes, first=low, end=high), root / "requests" / name)
            rows = bounds["end"] - bounds["first"]
            shown.append(CompactedFile(name, bounds["first"], bounds["end"], rows))
            asked.append(TableFile(f"requests/{name}", high - low, day_start(of), day_start(of)))
    _write(connection, _VIDEOS.format(**sizes), root / "videos.parquet")
    connection.close()
    write_manifest(root / "events", Manifest(until=requests * _EVENTS_A_REQUEST, files=tuple(shown)))
    (root / "snapshots").mkdir(exist_ok=True)
    Tables.open(root).commit(Asked(requests=tuple(asked)))
    return Source.of(root, (root / "videos.parquet",), day)


def _write(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    target = str(file).replace("'", "''")
    connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
