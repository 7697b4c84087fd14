"""Which files hold the days that count, and what the catalogue says of the videos."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ranker.errors import InvalidInputError
from ranker.features.columns import VideoColumns
from ranker.features.daily.windows import LONGEST
from ranker.features.resolve import resolve
from ranker.understanding.names import NONE

LATE_DAYS: Final = 7
"""An event that comes later after its request than this finds no request, and counts for its video alone."""

COMPACTION: Final = "compaction.json"
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
        events = _named(root / "events" / COMPACTION, "files", root / "events" / "parquet")
        requests = _named(root / "snapshots" / COMPACTION, "requests", root)
        return cls(
            tuple(_of_days(events, first, day)),
            tuple(_of_days(requests, first - timedelta(days=LATE_DAYS), day)),
            tuple(videos),
        )


def _named(manifest: Path, key: str, folder: Path) -> list[Path]:
    """The files that a compaction's manifest names; none before the first."""
    if not manifest.is_file():
        return []
    return [folder / file["path"] for file in json.loads(manifest.read_text()).get(key, [])]


def _of_days(files: Iterable[Path], first: date, end: date) -> list[Path]:
    """Those of a folder `day=D` with first ≤ D < end."""
    return [file for file in files if first <= _day_of(file) < end]


def _day_of(file: Path) -> date:
    try:
        return date.fromisoformat(file.parent.name.removeprefix("day="))
    except ValueError:
        raise InvalidInputError(
            f"[{file}] lies in no folder of a day, such as day=2026-11-25; move it"
        ) from None


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
