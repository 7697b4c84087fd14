"""Segments that are in Parquet are deleted, once they are old enough."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from ranker.catalog.whole_file import sync_folder
from ranker.features.events import position as at
from ranker.features.events.compaction import compacting
from ranker.features.events.manifest import read_manifest, write_manifest
from ranker.features.events.segments import Segment, segments

KEEP_SECONDS: Final = 2 * 86_400.0
"""Who follows the log by its last day (counters at a start) reads segments, faster than Parquet."""


def prune(folder: Path, now: float, keep_seconds: float = KEEP_SECONDS) -> list[Path]:
    """Delete compacted segments that were last written more than `keep_seconds` before `now` (Unix time).

    The segment that is written stays. Returns what was deleted; a reader finds it in Parquet.

    Raises:
        EncoreError: A compaction runs.
    """
    return [path for path in pruning(folder, now, keep_seconds) if path is not None]


def pruning(folder: Path, now: float, keep_seconds: float = KEEP_SECONDS) -> Iterator[Path | None]:
    """`prune`, a durable step at a time: None when the manifest says so, then each deleted segment."""
    with compacting(folder):
        manifest = read_manifest(folder)
        end = manifest.pruned
        for segment in _deletable(folder, manifest.until, now - keep_seconds):
            end = at.make(segment.number, segment.path.stat().st_size)
        if end > manifest.pruned:
            manifest = msgspec.structs.replace(manifest, pruned=end)
            write_manifest(folder, manifest)
            yield None
        for segment in segments(folder):
            if at.START < at.make(segment.number, segment.path.stat().st_size) <= manifest.pruned:
                segment.path.unlink()
                sync_folder(folder)
                yield segment.path


def _deletable(folder: Path, until: int, before: float) -> Iterator[Segment]:
    """The oldest ones, without a gap."""
    for segment in segments(folder)[:-1]:
        found = segment.path.stat()
        if at.make(segment.number, found.st_size) > until or found.st_mtime > before:
            return
        yield segment
