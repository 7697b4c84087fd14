"""The samples of a folder: which files are valid, who made which day, and how far `follow` has come."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, Self

import msgspec
import polars as pl

from ranker.catalog.whole_file import write_whole
from ranker.errors import InvalidInputError
from ranker.features.snapshots.files import (
    DAY,
    TableFile,
    locked,
    scan,
    sweep,
    write_file,
)

SCHEMA: Final = 1
FOLDER: Final = "samples"
_FILE: Final = "samples.json"


class Day(msgspec.Struct, frozen=True):
    """Who made a day's samples, with which window (ms), and whether its last window had passed by then."""

    by: Literal["build", "follow"]
    window: int
    whole: bool = False


class Seen(msgspec.Struct, frozen=True):
    """A generation's clock: the latest time that its requests and events tell, and when that was read."""

    clock: int
    heard: int


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """How far `follow` has come.

    `events` is a position in the log of events, read for `clocks` by generation. Files of requests up to the
    position `closed` are done; of later ones `partial` says up to which `now` each generation's requests are.
    """

    window: int
    events: int = 0
    closed: int = 0
    clocks: dict[str, Seen] = {}
    partial: dict[str, dict[str, int]] = {}


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What is valid; `writes` numbers the commits, so that no file's name comes again."""

    schema: int = SCHEMA
    writes: int = 0
    files: tuple[TableFile, ...] = ()
    days: dict[str, Day] = {}
    followed: Followed | None = None


_decode = msgspec.json.Decoder(Contents).decode


class SampleStore:
    """Samples in `folder/samples/day=…`.

    Args:
        root: The tables' root, or any other folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.contents = self._read()

    @classmethod
    @contextmanager
    def writing(cls, root: Path) -> Iterator[Self]:
        """Be the one writer.

        Raises:
            InvalidInputError: Another process is.
        """
        with locked(root / FOLDER / "samples.lock", wait=False, what="samples"):
            store = cls(root)
            sweep(root, FOLDER, store.contents.files)
            yield store

    def _read(self) -> Contents:
        path = self.root / FOLDER / _FILE
        if not path.exists():
            return Contents()
        try:
            contents = _decode(path.read_bytes())
        except msgspec.MsgspecError as error:
            raise InvalidInputError(f"[{path}] is no list of samples: [{error}]") from None
        if contents.schema != SCHEMA:
            raise InvalidInputError(
                f"the samples in [{path}] have schema [{contents.schema}], this program reads [{SCHEMA}]"
            )
        return contents

    def write(self, samples: pl.DataFrame, number: int = 0) -> list[TableFile]:
        """Write rows as files, one a day, not valid before `commit`; `number` tells one commit's apart."""
        if not len(samples):
            return []
        by_day = samples.with_columns(DAY.alias("day")).partition_by("day", include_key=False)
        name = f"{self.contents.writes:08d}-{number:05d}"
        return [write_file(self.root, FOLDER, name, table) for table in by_day]

    def commit(self, contents: Contents) -> None:
        """Make these contents the valid ones, at once and durably; files no longer named go."""
        contents = msgspec.structs.replace(contents, writes=self.contents.writes + 1)
        write_whole(self.root / FOLDER / _FILE, msgspec.json.encode(contents))
        dropped = {file.path for file in self.contents.files} - {file.path for file in contents.files}
        self.contents = contents
        for path in dropped:
            (self.root / path).unlink(missing_ok=True)

    def scan(self, first: int = 0, last: int = 1 << 60) -> pl.LazyFrame:
        """Samples of requests with `first` ≤ `now` ≤ `last`."""
        return scan(self.root, self.contents.files, first, last)


def without_days(files: Iterable[TableFile], days: Iterable[str]) -> tuple[TableFile, ...]:
    """The files of other days."""
    left_out = set(days)
    return tuple(file for file in files if file.day not in left_out)
