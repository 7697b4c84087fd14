"""What there is of the event log: on disk, compacted, still to be compacted."""

import fcntl
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ranker.features.events.manifest import PARQUET, read_manifest
from ranker.features.events.reading import end, read_payloads
from ranker.features.events.segments import segments


@dataclass(frozen=True)
class LogStatus:
    """Of one log; bytes and events.

    Attributes:
        folder: Where it lies.
        written: Whether a process holds it open for writing.
        end: Position behind the last durable event.
        segments: Files of the log; `segment_bytes` all together.
        compacted_until: Position up to which it is in Parquet.
        compacted_events: Events there, each once; `parquet_bytes` in `parquet_files` of `days`.
        waiting: Events behind `compacted_until`.
        pruned_until: Position up to which segments are deleted.
    """

    folder: str
    written: bool
    end: int
    segments: int
    segment_bytes: int
    compacted_until: int
    compacted_events: int
    parquet_files: int
    parquet_bytes: int
    days: tuple[str, ...]
    waiting: int
    pruned_until: int

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def log_status(folder: Path) -> LogStatus:
    """Look at a log, which may be written meanwhile; the events that wait are counted by reading them."""
    manifest = read_manifest(folder)
    there = segments(folder)
    return LogStatus(
        folder=str(folder),
        written=_is_written(folder),
        end=end(folder),
        segments=len(there),
        segment_bytes=sum(segment.path.stat().st_size for segment in there),
        compacted_until=manifest.until,
        compacted_events=sum(file.rows for file in manifest.files),
        parquet_files=len(manifest.files),
        parquet_bytes=sum((folder / PARQUET / file.path).stat().st_size for file in manifest.files),
        days=tuple(sorted({file.day for file in manifest.files})),
        waiting=sum(1 for _ in read_payloads(folder, manifest.until)),
        pruned_until=manifest.pruned,
    )


def _is_written(folder: Path) -> bool:
    try:
        lock = (folder / "lock").open("r")
    except FileNotFoundError:
        return False
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
