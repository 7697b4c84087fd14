"""A day's folder: replaced whole at once, so that a reader sees one run's numbers and no mixture.

`statistics/day=D` is a link to `statistics/.made/D.<token>/`. A run writes a new folder there, syncs it and
moves a new link over the old one, which is atomic; then the old folder goes. What a killed run left behind is
no link's target, and the next run removes it.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import polars as pl
import psutil

from ranker.errors import EncoreError, InvalidInputError
from ranker.features.daily.windows import KEYS

SCHEMA: Final = 1
MANIFEST: Final = "manifest.json"
_MADE: Final = ".made"
_SCRATCH: Final = ".scratch."
_LOCK: Final = ".lock"


@dataclass(frozen=True)
class Manifest:
    """What a run was: rows by entity, files read, seconds of the work, without the backend's start."""

    day: str
    backend: str
    rows: dict[str, int]
    files: dict[str, int]
    seconds: float
    schema: int = SCHEMA

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Of a day's folder.

        Raises:
            InvalidInputError: There are no statistics of that day, or of another schema.
        """
        try:
            data: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        except FileNotFoundError:
            day = folder.name.removeprefix("day=")
            raise InvalidInputError(
                f"there are no statistics in [{folder}]; make them with: encore statistics run --day {day}"
            ) from None
        if data["schema"] != SCHEMA:
            raise InvalidInputError(
                f"the statistics in [{folder}] have schema [{data['schema']}], this program reads"
                f" [{SCHEMA}]; run the day again"
            )
        return cls(**data)

    def save(self, folder: Path) -> None:
        """Write it into the folder."""
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1) + "\n")


def folder_of(statistics: Path, day: date) -> Path:
    """Where a day's tables are."""
    return statistics / f"day={day}"


def days(statistics: Path) -> list[str]:
    """Days that there are statistics of, in order."""
    return sorted(path.name.removeprefix("day=") for path in statistics.glob("day=*") if path.is_dir())


def largest(folder: Path, entity: str, by: str, most: int) -> list[dict[str, Any]]:
    """The rows of a day's table with the largest numbers in column `by`, ties by key."""
    table = pl.scan_parquet(folder.resolve() / f"{entity}.parquet")
    ordered = table.sort(by, *KEYS[entity], descending=[True, *(False for _ in KEYS[entity])])
    return ordered.head(most).collect().to_dicts()


@contextmanager
def replaced(statistics: Path, day: date) -> Iterator[Path]:
    """Yield a new, empty folder, which is the day's once the block has ended well, and is removed otherwise.

    Raises:
        EncoreError: Another run writes statistics here.
    """
    made = statistics / _MADE
    made.mkdir(parents=True, exist_ok=True)
    with _locked(statistics):
        _sweep(statistics)
        fresh = made / f"{day}.{secrets.token_hex(4)}"
        fresh.mkdir()
        try:
            yield fresh
            _sync(fresh)
            _point(folder_of(statistics, day), fresh)
        finally:
            _sweep(statistics)


@contextmanager
def scratch(statistics: Path) -> Iterator[Path]:
    """Yield a folder for what a run needs meanwhile, a spill of gigabytes too; it goes at the end.

    What killed runs left behind goes first: a folder is named after the process that it is of.
    """
    statistics.mkdir(parents=True, exist_ok=True)
    for path in statistics.glob(f"{_SCRATCH}*"):
        pid = path.name.removeprefix(_SCRATCH).split(".")[0]
        if not (pid.isdecimal() and psutil.pid_exists(int(pid))):
            shutil.rmtree(path, ignore_errors=True)
    with TemporaryDirectory(prefix=f"{_SCRATCH}{os.getpid()}.", dir=statistics) as folder:
        yield Path(folder)


def _point(place: Path, folder: Path) -> None:
    link = folder.with_name(f"{folder.name}.link")
    link.symlink_to(os.path.relpath(folder, place.parent))
    link.replace(place)
    _sync_file(place.parent)


def _sync(folder: Path) -> None:
    for path in (*folder.iterdir(), folder, folder.parent):
        _sync_file(path)


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(statistics: Path) -> None:
    """Remove what no day's link points to."""
    kept = {path.resolve() for path in statistics.glob("day=*")}
    for path in (statistics / _MADE).iterdir():
        if path.is_symlink():
            path.unlink()
        elif path.resolve() not in kept:
            shutil.rmtree(path)


@contextmanager
def _locked(statistics: Path) -> Iterator[None]:
    handle = os.open(statistics / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EncoreError(
                f"another run writes statistics in [{statistics}]; wait for it, then run again"
            ) from None
        yield
    finally:
        os.close(handle)
