"""How building samples grows with the log: rows a second, and the peak memory of its process."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from ranker.catalog.event import SCHEMA
from ranker.errors import EncoreError
from ranker.evaluation import child_peak
from ranker.features.events.day_files import DayFiles
from ranker.features.events.manifest import Manifest as EventsManifest
from ranker.features.events.manifest import write_manifest
from ranker.features.events.table import ARROW, COLUMNS, day_name
from ranker.features.families import dense_features, match_features
from ranker.features.ids import ID_FEATURES
from ranker.features.log import DAY_MS, day_of
from ranker.features.snapshots.files import TableFile, day_bounds, write_file
from ranker.features.snapshots.frames import REQUESTS
from ranker.features.snapshots.tables import REQUESTS_FOLDER, SNAPSHOTS_FOLDER, Manifest, Tables
from ranker.settings import Settings

SIZES: Final = (100_000, 1_000_000, 10_000_000)
SCORED: Final = 10  # candidates of a request, of which eight are shown; a click and a play follow
_KINDS: Final = (*(("impression", place) for place in range(1, 9)), ("click", 1), ("play", 1))
_DAYS: Final = 7
_START: Final = day_bounds(int(day_of(1_750_000_000_000)))[0]
_VIDEOS: Final = 20_000
_REQUESTS_AT_ONCE: Final = 5_000
_VALUES: Final = 64  # distinct values of a feature: what there is to compress, as in a real log
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Growth:
    """One log: its events, rows of snapshots and bytes; what building its samples took."""

    events: int
    candidates: int
    samples: int
    snapshot_bytes: int
    sample_bytes: int
    seconds: float
    peak_megabytes: float

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "events": self.events,
            "candidates": self.candidates,
            "samples": self.samples,
            "snapshot_bytes": self.snapshot_bytes,
            "sample_bytes": self.sample_bytes,
            "seconds": round(self.seconds, 2),
            "samples_a_second": round(self.samples / self.seconds),
            "peak_megabytes": round(self.peak_megabytes),
        }


def measure(
    settings: Settings, environment: Mapping[str, str], sizes: Sequence[int], progress: Progress
) -> list[Growth]:
    """Tables of each size, over a week, whose samples `encore samples build` makes in its own process.

    Args:
        settings: Whose data folder is the bench's own; it is deleted again.
        environment: For the command.
        sizes: Events of each log.
        progress: Told (what, done, in all).

    Raises:
        EncoreError: The command failed, or brought another number of samples than were shown.
    """
    found = []
    for size in sizes:
        shutil.rmtree(settings.data, ignore_errors=True)
        requests = size // len(_KINDS)
        _write_snapshots(settings.data, requests, progress)
        _write_events(settings.events, requests, progress)
        days = ("--from", day_name(_START), "--to", day_name(_START + (_DAYS - 1) * DAY_MS))
        progress(f"building {size:,}", 0, 1)
        ran = child_peak.run(("samples", "build", *days), {**environment, **settings.environment()})
        progress(f"building {size:,}", 1, 1)
        samples = sum(counts["samples"] for counts in ran.said.values())
        if samples != requests * 8:
            raise EncoreError(f"[{requests * 8}] candidates were shown, and [{samples}] samples built")
        found.append(
            Growth(
                events=requests * len(_KINDS),
                candidates=requests * SCORED,
                samples=samples,
                snapshot_bytes=_bytes(settings.data / "snapshots"),
                sample_bytes=_bytes(settings.data / "samples"),
                seconds=ran.seconds,
                peak_megabytes=ran.peak_megabytes,
            )
        )
        shutil.rmtree(settings.data)
    return found


def _write_snapshots(root: Path, requests: int, progress: Progress) -> None:
    """Requests evenly over the week, in files as compaction makes them."""
    features = _features(_REQUESTS_AT_ONCE * SCORED)
    tables = Tables.open(root)
    of_requests: list[TableFile] = []
    of_snapshots: list[TableFile] = []
    with tables.writing():
        for start in range(0, requests, _REQUESTS_AT_ONCE):
            numbers = np.arange(start, min(requests, start + _REQUESTS_AT_ONCE))
            until = int(numbers[-1]) + 1
            for of_day in _by_day(_requests(numbers, requests)):
                name = f"{start:020d}-{until:020d}"
                of_requests.append(write_file(root, REQUESTS_FOLDER, name, of_day, until))
                rows = _snapshots(of_day, features)
                of_snapshots.append(write_file(root, SNAPSHOTS_FOLDER, name, rows, until))
            progress(f"snapshots {requests * len(_KINDS):,}", until, requests)
        tables.commit(Manifest(until=requests, requests=tuple(of_requests), snapshots=tuple(of_snapshots)))


def _requests(numbers: np.ndarray[Any, np.dtype[np.int64]], requests: int) -> pl.DataFrame:
    table = pl.DataFrame({"number": numbers, "now": _START + numbers * (_DAYS * DAY_MS) // requests})
    return table.with_columns(
        _request_id(),
        pl.format("query {}", pl.col("number") % 5_000).alias("query"),
        pl.format("u{}", pl.col("number") % 5_000).alias("user_id"),
        pl.lit("phone").alias("device"),
        pl.lit(None, pl.Int32).alias("page"),
        pl.lit("videos").alias("index"),
        pl.lit("videos-1").alias("generation"),
        pl.lit("{}").alias("context"),
    )


def _snapshots(requests: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    rows = requests.select("number", "request_id", "now").lazy()
    rows = rows.join(pl.LazyFrame({"place": range(SCORED)}), how="cross")
    found = rows.select(
        "request_id",
        _video_id(),
        "now",
        pl.lit("shard").alias("stage"),
        pl.col("number").alias("log_position"),
    ).collect()
    return found.hstack(features.head(len(found)))


def _features(rows: int) -> pl.DataFrame:
    """As many columns as the ranker logs: features, ids, scores."""
    random = np.random.default_rng(7)
    names = dict.fromkeys(feature.name for feature in (*dense_features(), *match_features()))
    columns: dict[str, Any] = {"coarse_score": random.random(rows, np.float32), "u": random.random(rows)}
    for name in names:
        columns[name] = random.random(_VALUES, np.float32)[random.integers(0, _VALUES, rows)]
    for name in ID_FEATURES:
        columns[name] = random.integers(0, _VALUES, rows)
    return pl.DataFrame(columns)


def _write_events(folder: Path, requests: int, progress: Progress) -> None:
    """A wholly compacted log, a second between two events of a request."""
    folder.mkdir(parents=True, exist_ok=True)
    files, named = DayFiles(folder, 0), []
    kinds = pl.LazyFrame(
        {
            "kind": [kind for kind, _ in _KINDS],
            "place": [place for _, place in _KINDS],
            "after": range(len(_KINDS)),
        }
    )
    for start in range(0, requests, _REQUESTS_AT_ONCE):
        numbers = np.arange(start, min(requests, start + _REQUESTS_AT_ONCE))
        asked = _requests(numbers, requests).lazy().select("number", "request_id", "user_id", "now", "device")
        time = pl.col("now") + pl.col("after") * 1_000
        rows = asked.join(kinds, how="cross").select(
            pl.format("e{}-{}", "number", "after").alias("event_id"),
            "request_id",
            _video_id(),
            "kind",
            time.alias("event_time"),
            time.alias("received_time"),
            "user_id",
            pl.when(pl.col("kind") == "impression").then("place").cast(pl.Int32).alias("position"),
            pl.when(pl.col("kind") == "play").then(42.5).alias("seconds"),
            "device",
            pl.lit(SCHEMA, pl.Int8).alias("schema"),
            (pl.col("number") * len(_KINDS) + pl.col("after") + 1).alias("log_position"),
        )
        ready = rows.sort("received_time", "log_position").select(*COLUMNS).collect()
        files.add(ready.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(ARROW))
        progress(f"events {requests * len(_KINDS):,}", int(numbers[-1]) + 1, requests)
    until = requests * len(_KINDS)
    named = list(files.finish(until))
    write_manifest(folder, EventsManifest(until=until, pruned=until, files=tuple(named)))


def _by_day(requests: pl.DataFrame) -> list[pl.DataFrame]:
    days = pl.Series("day", day_of(requests["now"].to_numpy()))
    columns = ["number", *REQUESTS.names()]
    return requests.select(columns).with_columns(days).partition_by("day", include_key=False)


def _request_id() -> pl.Expr:
    return pl.format("r{}", pl.col("number").cast(pl.String).str.zfill(9)).alias("request_id")


def _video_id() -> pl.Expr:
    row = (pl.col("number") * 7_919 + pl.col("place")) % _VIDEOS
    return pl.format("BV{}", row.cast(pl.String).str.zfill(10)).alias("video_id")


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("day=*/*.parquet"))
