"""The ids of the last events: by them what is sent again is known again."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import pyarrow.parquet as pq

from ranker.catalog import journal
from ranker.features.events import position as at
from ranker.features.events.manifest import PARQUET, Manifest, read_manifest
from ranker.features.events.segments import segments

MOST_IDS: Final = 1_000_000
"""How many events back an id is known. About 150 MB in the ranker's memory."""


class _Named(msgspec.Struct):
    event_id: str


_decode = msgspec.json.Decoder(_Named).decode


def last_ids(folder: Path, most: int = MOST_IDS, until: int | None = None) -> list[str]:
    """Ids of the log's last `most` events (all, if it has fewer), the oldest first.

    Only as many files are read as hold them: segments, and Parquet for those that were deleted.

    Args:
        folder: The log's.
        most: How many are wanted.
        until: The position at which "last" ends; None: the log's end.
    """
    manifest = read_manifest(folder)
    found: list[list[str]] = []
    count = 0
    for ids in _stretches(folder, manifest, until):
        found.append(ids)
        count += len(ids)
        if count >= most:
            break
    return [event_id for ids in reversed(found) for event_id in ids][-most:]


def _stretches(folder: Path, manifest: Manifest, until: int | None) -> Iterator[list[str]]:
    """Ids file by file, the newest file first."""
    for segment in reversed(segments(folder)):
        if manifest.pruned and segment.number <= at.segment_of(manifest.pruned):
            break
        if until is not None and segment.number > at.segment_of(until):
            continue
        stop = at.offset_of(until) if until is not None and segment.number == at.segment_of(until) else None
        yield [_decode(payload).event_id for _, payload in journal.read(segment.path, 0, stop)]
    by_end: dict[int, list[str]] = {}
    for file in manifest.files:
        if file.after >= manifest.pruned:  # its segments are there, and were read
            continue
        by_end.setdefault(file.until, []).append(file.path)
    for position in sorted(by_end, reverse=True):
        yield _in_order([folder / PARQUET / path for path in by_end[position]], manifest.pruned, until)


def _in_order(paths: Sequence[Path], pruned: int, until: int | None) -> list[str]:
    rows: list[tuple[int, str]] = []
    last = pruned if until is None else min(pruned, until)
    for path in paths:
        table = pq.read_table(path, columns=["log_position", "event_id"], partitioning=None)
        places, names = (table.column(name).to_pylist() for name in ("log_position", "event_id"))
        rows += [row for row in zip(places, names, strict=True) if row[0] <= last]
    rows.sort()
    return [name for _, name in rows]
