"""How commands read a catalogue file, and how they tell of its bad rows."""

import shutil
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO, get_args

from rich.console import Console

from ranker.catalog.column_map import ColumnMap
from ranker.catalog.delimited import BadRow
from ranker.catalog.merge import BadRows
from ranker.catalog.reader import read_catalog
from ranker.catalog.source_file import Encoding
from ranker.catalog.video import Video
from ranker.engine.index.source import CatalogOptions
from ranker.errors import InvalidInputError

_MOST_SHOWN = 20


def catalog_options(columns: str | None, encoding: str, bad_rows: str) -> CatalogOptions:
    """The typed options of what was typed.

    Raises:
        InvalidInputError: A value that an option does not take.
    """
    check_option("--encoding", encoding, Encoding)
    check_option("--bad-rows", bad_rows, BadRows)
    parsed = ColumnMap.parse(columns) if columns is not None else None
    return CatalogOptions(parsed, encoding, bad_rows)  # type: ignore[arg-type]


def check_option(option: str, value: str, literal: Any) -> None:
    """Refuse a value that the `Literal` does not list.

    Raises:
        InvalidInputError: It does not.
    """
    allowed = get_args(literal)
    if value not in allowed:
        raise InvalidInputError(f"{option} [{value}] is not one of [{', '.join(allowed)}]")


class Refused:
    """Shows the first bad rows on standard error and writes all of them to a file (line, reason).

    The file of an earlier run is deleted first; none is made where no row is bad.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._count = 0

    def add(self, row: BadRow) -> None:
        """Tell of one."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            self._file.write("line\treason\n")
        reason = row.reason.replace("\t", " ").replace("\n", " ")
        self._file.write(f"{row.line}\t{reason}\n")
        self._count += 1
        if self._count <= _MOST_SHOWN:
            self._console.print(str(row), markup=False)

    def __enter__(self) -> Self:
        self._path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            more = f"and {self._count - _MOST_SHOWN} more; " if self._count > _MOST_SHOWN else ""
            self._console.print(f"{more}all bad rows: {self._path}", markup=False)


def read_videos(file: str, chosen: CatalogOptions, refused: Refused) -> tuple[list[Video], int]:
    """Videos of a file (`-`: JSON lines from standard input), each id once, and how many rows were bad."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(file)
        if file == "-":
            path = Path(scratch) / "standard-input.jsonl"
            with path.open("wb") as copy:
                shutil.copyfileobj(sys.stdin.buffer, copy)
        videos: dict[str, Video] = {}
        bad = 0
        for row in read_catalog(path, chosen.columns, encoding=chosen.encoding):
            if isinstance(row, BadRow):
                refused.add(row)
                bad += 1
            else:
                videos[row.video_id] = row  # as if they were written one by one
        return list(videos.values()), bad
