"""The files that the event log consists of."""

import re
from pathlib import Path
from typing import Final, NamedTuple

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
