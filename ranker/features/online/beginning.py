"""Where an empty store begins to follow the log."""

from pathlib import Path

from ranker.features.events import position as at
from ranker.features.events.manifest import read_manifest
from ranker.features.events.segments import segments


def beginning(folder: Path, horizon_seconds: float, now: float) -> int:
    """The end of the last segment that was last written more than `horizon_seconds` before `now`.

    What lies before it was received earlier than that, and counts in no window any more.

    Args:
        folder: The log's.
        horizon_seconds: How far back the store has to know.
        now: Unix time, by the same clock that the files were written by.
    """
    found = read_manifest(folder).pruned  # deleted segments were older than any horizon
    for segment in segments(folder)[:-1]:
        about = segment.path.stat()
        if about.st_mtime < now - horizon_seconds:
            found = max(found, at.make(segment.number, about.st_size))
    return found
