"""Parquet files of a table, in folders by day: written durably, valid once a manifest names them."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import polars as pl

from ranker.catalog.whole_file import sync_folder
from ranker.errors import InvalidInputError
from ranker.features.events.table import day_name
from ranker.features.log import DAY_MS, ZONE_OFFSET_MS

_EPOCH: Final = date(1970, 1, 1)
DAY: Final = (pl.col("now") + ZONE_OFFSET_MS) // DAY_MS
"""Day number of a row with `now`, as `ranker.features.log.day_of` has it."""
_ROWS_A_GROUP: Final = 32_768  # with two hundred columns some 25 MB: what a reader holds at once


class TableFile(msgspec.Struct, frozen=True):
    """One file: `path` in the tables' root, rows, the smallest and largest `now`, its end in the log."""

    path: str
    rows: int
    first: int
    last: int
    until: int = 0

    @property
    def day(self) -> str:
        """The day that its folder is named after."""
        return Path(self.path).parent.name.removeprefix("day=")


def day_number(name: str) -> int:
    """Day number of YYYY-MM-DD.

    Raises:
        InvalidInputError: It is no day.
    """
    try:
        return (date.fromisoformat(name) - _EPOCH).days
    except ValueError:
        raise InvalidInputError(f"day [{name}] is no day; write it like 2026-10-01") from None


def day_bounds(day: int) -> tuple[int, int]:
    """First millisecond of a day number and of the day after it, UTC."""
    start = day * DAY_MS - ZONE_OFFSET_MS
    return start, start + DAY_MS


def write_file(root: Path, folder: str, name: str, table: pl.DataFrame, until: int = 0) -> TableFile:
    """Write rows of one day, with `now`, durably as `root/folder/day=…/name.parquet`."""
    first, last = table.select(pl.col("now").min().alias("first"), pl.col("now").max().alias("last")).row(0)
    target = root / folder / f"day={day_name(first)}"
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{name}.parquet"
    table.write_parquet(path, compression="zstd", row_group_size=_ROWS_A_GROUP)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    for holder in (target, target.parent, root):
        sync_folder(holder)
    return TableFile(path.relative_to(root).as_posix(), len(table), first, last, until)


def sweep(root: Path, folder: str, kept: Iterable[TableFile]) -> None:
    """Remove what a kill left behind: files of the table that its manifest doesn't name."""
    names = {root / file.path for file in kept}
    for path in (root / folder).glob("day=*/*.parquet"):
        if path not in names:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


def scan(root: Path, files: Iterable[TableFile], first: int, last: int) -> pl.LazyFrame:
    """Rows of files with `first` ≤ `now` ≤ `last`, in the files' order; a column that one lacks is null."""
    found = [root / file.path for file in files if file.first <= last and file.last >= first]
    if not found:
        return pl.LazyFrame()
    parts = [pl.scan_parquet(path, hive_partitioning=False) for path in found]
    return pl.concat(parts, how="diagonal").filter(pl.col("now").is_between(first, last))


@contextmanager
def locked(path: Path, *, wait: bool, what: str) -> Iterator[None]:
    """Hold a lock file's lock.

    Raises:
        InvalidInputError: Another process holds it, and we don't wait.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise InvalidInputError(f"{what} [{path.parent}] are being written by another process") from None
        yield
