"""The files that the event log consists of."""

import re
from pathlib import Path
from typing import Final, NamedTuple

from ranker.features.events import position as at

_FIRST: Final = "events.journal"  # of the time before segments
_NAME: Final = re.compile(r"events-(\d{8})\.journal")


class Segment(NamedTuple):
    """One file of the log."""

    number: int
    path: Path


def path_of(folder: Path, number: int) -> Path:
    """Where a segment lies."""
    return folder / (f"events-{number:08d}.journal" if number else _FIRST)


def segments(folder: Path) -> list[Segment]:
    """Those that are there, in order; the last one is being written, or was last."""
    found = [Segment(0, folder / _FIRST)] if (folder / _FIRST).exists() else []
    names = (_NAME.fullmatch(path.name) for path in folder.glob("events-*.journal"))
    return sorted([*found, *(Segment(int(name[1]), folder / name[0]) for name in names if name)])


def bytes_between(folder: Path, after: int, until: int) -> int:
    """How much of the log lies between two positions, in the segments that are there."""
    count = 0
    for number, path in segments(folder):
        if at.segment_of(after) <= number <= at.segment_of(until):
            start = at.offset_of(after) if number == at.segment_of(after) else 0
            stop = at.offset_of(until) if number == at.segment_of(until) else path.stat().st_size
            count += stop - start
    return count
