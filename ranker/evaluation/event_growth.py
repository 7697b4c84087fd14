"""How compaction grows with the log: time, and the peak memory of its process."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ranker.catalog.event import SCHEMA, Event, encode_event
from ranker.errors import EncoreError
from ranker.evaluation import child_peak
from ranker.evaluation.event_speed import log_bytes, some_event
from ranker.features.events.log import EventLog
from ranker.features.events.manifest import read_manifest
from ranker.features.events.reading import read
from ranker.features.events.table import files
from ranker.features.log import DAY_MS
from ranker.settings import Settings

SIZES: Final = (100_000, 1_000_000, 10_000_000)
_AT_ONCE: Final = 10_000
_DAYS: Final = 7
_FIRST_MS: Final = 1_750_000_000_000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Growth:
    """One log: its events and bytes, what compaction took, and what a follower that reads it all takes."""

    events: int
    log_bytes: int
    parquet_bytes: int
    seconds: float
    peak_megabytes: float
    read_seconds: float

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "events": self.events,
            "log_bytes": self.log_bytes,
            "parquet_bytes": self.parquet_bytes,
            "compaction_seconds": round(self.seconds, 2),
            "compacted_a_second": round(self.events / self.seconds),
            "peak_megabytes": round(self.peak_megabytes),
            "read_a_second": round(self.events / self.read_seconds),
        }


def measure(
    settings: Settings, environment: Mapping[str, str], sizes: Sequence[int], progress: Progress
) -> list[Growth]:
    """A log of each size, received over a week, compacted by the command in a process of its own.

    Args:
        settings: Whose data folder is the bench's own; its logs are deleted again.
        environment: For the command.
        sizes: Events of each log.
        progress: Told (what, done, in all).

    Raises:
        EncoreError: The command failed, or lost or doubled events.
    """
    found = []
    for size in sizes:
        shutil.rmtree(settings.events, ignore_errors=True)
        _write(settings.events, size, progress)
        began = time.perf_counter()
        read_back = sum(1 for _ in read(settings.events))
        read_seconds = time.perf_counter() - began
        progress(f"compacting {size:,}", 0, 1)
        ran = child_peak.run(("events", "compact"), {**environment, **settings.environment()})
        seconds, peak = float(ran.said["seconds"]), ran.peak_megabytes
        progress(f"compacting {size:,}", 1, 1)
        rows = sum(file.rows for file in read_manifest(settings.events).files)
        if rows != size or read_back != size:
            raise EncoreError(f"of [{size}] events [{read_back}] were read and [{rows}] compacted")
        parquet = sum(path.stat().st_size for path in files(settings.events))
        found.append(Growth(size, log_bytes(settings.events), parquet, seconds, peak, read_seconds))
        shutil.rmtree(settings.events)
    return found


def _write(folder: Path, size: int, progress: Progress) -> None:
    with EventLog.open(folder) as log:
        for start in range(0, size, _AT_ONCE):
            numbers = range(start, min(size, start + _AT_ONCE))
            log.append(
                encode_event(
                    Event(
                        **some_event(number, "e"),
                        received_time=_FIRST_MS + number * _DAYS * DAY_MS // size,
                        schema=SCHEMA,
                    )
                )
                for number in numbers
            )
            progress(f"writing {size:,}", numbers.stop, size)
