"""Which files hold the days that count, and what the catalogue says of the videos."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ranker.features.columns import VideoColumns
from ranker.features.daily.windows import LONGEST
from ranker.features.events.table import files as event_files
from ranker.features.resolve import resolve
from ranker.features.snapshots.tables import Tables
from ranker.understanding.names import NONE

LATE_DAYS: Final = 7
"""An event that comes later after its request than this finds no request, and counts for its video alone."""

EVENTS: Final = pa.schema(
    {
        "request_id": pa.string(),
        "video_id": pa.string(),
        "kind": pa.string(),
        "received_time": pa.int64(),
        "user_id": pa.string(),
        "seconds": pa.float64(),
    }
)
REQUESTS: Final = pa.schema({"request_id": pa.string(), "query": pa.string(), "user_id": pa.string()})
VIDEOS: Final = pa.schema(
    {
        "video_id": pa.string(),
        "uploader_id": pa.string(),
        "artist_id": pa.string(),
        "duration_seconds": pa.float64(),
    }
)


@dataclass(frozen=True)
class Source:
    """Parquet files of `EVENTS`, `REQUESTS` and `VIDEOS`; they may have more columns."""

    events: tuple[Path, ...]
    requests: tuple[Path, ...]
    videos: tuple[Path, ...]

    @classmethod
    def of(cls, root: Path, videos: Iterable[Path], day: date) -> "Source":
        """The files that matter for a day.

        Args:
            root: Has `events/` and `requests/`, both compacted: manifests name the files that are valid.
            videos: Files of the catalogue.
            day: The day that statistics are made for: the days before it count.
        """
        first = day - timedelta(days=LONGEST)
        asked = [root / file.path for file in Tables.open(root).manifest.requests]
        return cls(
            tuple(_of_days(event_files(root / "events"), first, day)),
            tuple(_of_days(asked, first - timedelta(days=LATE_DAYS), day)),
            tuple(videos),
        )


def _of_days(files: Iterable[Path], first: date, end: date) -> list[Path]:
    """Those of a folder `day=D` with first ≤ D < end."""
    names = {f"day={first + timedelta(days=number)}" for number in range((end - first).days)}
    return [file for file in files if file.parent.name in names]


def or_empty(files: Iterable[Path], schema: pa.Schema, empty: Path) -> list[Path]:
    """The files, or where there are none a file without a row, written at `empty`."""
    found = list(files)
    if not found:
        pq.write_table(schema.empty_table(), empty)
        found = [empty]
    return found


def write_videos(columns: VideoColumns, file: Path) -> Path:
    """What a generation's catalogue says, as a file of `VIDEOS`.

    A video's artist is what its text says: clicks say more, but those of later days too, and statistics of a
    past day must not know them.
    """
    rows = columns.built
    ids = [item.decode() for item in columns.ids(np.arange(rows)).tolist()]
    uploaders = [item.decode() for item in columns.uploaders.ids.tolist()]
    artists = columns.names.artists["artist_id"].to_list()
    artist = resolve(columns.pack("codes"), columns.names)["artist"]
    pl.DataFrame(
        {
            "video_id": ids,
            "uploader_id": _at(uploaders, columns.column("uploader").tolist()),
            "artist_id": _at(artists, artist.tolist()),
            "duration_seconds": columns.column("duration_seconds").astype("float64"),
        },
        schema={
            "video_id": pl.String,
            "uploader_id": pl.String,
            "artist_id": pl.String,
            "duration_seconds": pl.Float64,
        },
    ).write_parquet(file, compression="zstd")
    return file


def _at(names: list[str], rows: list[int]) -> list[str | None]:
    return [names[row] if row != NONE and row >= 0 else None for row in rows]
