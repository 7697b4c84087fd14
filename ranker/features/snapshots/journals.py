"""The journals of snapshots: numbered files, the last of which is being written, and positions in them.

A position is one int64, monotone over the log's life: number of the file << 40 | byte offset behind the
record. Position 0 stands before everything.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ranker.catalog.journal import Journal, read
from ranker.features.snapshots.record import Snapshot, decode

_OFFSET_BITS: Final = 40
_NUMBERED: Final = re.compile(r"snapshots-(\d{8})\.journal")
# Names of before: closed ones by their time in nanoseconds, and the one that was being written.
_OLDER: Final = "snapshots-" + "[0-9]" * 19 + ".journal"
_OLDER_OPEN: Final = "snapshots.journal"


def journal_path(folder: Path, number: int) -> Path:
    """The file of a number, 1 or more."""
    return folder / f"snapshots-{number:08d}.journal"


def numbers(folder: Path) -> list[int]:
    """Numbers of the files that are there, oldest first."""
    found = (_NUMBERED.fullmatch(path.name) for path in folder.glob("snapshots-*.journal"))
    return sorted(int(match.group(1)) for match in found if match)


def open_last(folder: Path) -> tuple[int, Journal]:
    """The file to write on in, with its number; there is one writer.

    Raises:
        EncoreError: Another process writes it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number_older(folder)
    number = max(numbers(folder), default=1)
    return number, Journal.open(journal_path(folder, number))


def number_older(folder: Path) -> None:
    """Give files named as before numbers, in their order.

    Raises:
        EncoreError: A process of before still writes one of them.
    """
    last = folder / _OLDER_OPEN
    if not last.exists() and not any(folder.glob(_OLDER)):
        return
    if last.exists():
        Journal.open(last).close()  # refuses where it is being written
    for path in [*sorted(folder.glob(_OLDER)), *([last] if last.exists() else [])]:
        path.rename(journal_path(folder, max(numbers(folder), default=0) + 1))


def read_from(folder: Path, after: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield (position behind the record, its payload) of everything behind `after`, oldest first."""
    first, offset = after >> _OFFSET_BITS, after & ((1 << _OFFSET_BITS) - 1)
    for number in numbers(folder):
        if number < first:
            continue
        for end, payload in read(journal_path(folder, number), offset if number == first else 0):
            yield number << _OFFSET_BITS | end, payload


def lost_behind(folder: Path, after: int) -> tuple[int, int]:
    """(files that were deleted before a reader that has come to `after` finished them, where it goes on).

    One that it had begun counts too: whether the rest was read can't be told.
    """
    first = min(numbers(folder), default=0)
    lost = max(first - max(after >> _OFFSET_BITS, 1), 0)
    return lost, first << _OFFSET_BITS if lost else after


def read_snapshots(folder: Path) -> Iterator[Snapshot]:
    """Every snapshot that is kept in the folder, oldest first."""
    for _, payload in read_from(folder):
        yield decode(payload)
