"""A file of anybody's rows, opened: gzipped or not, its byte order mark left out, its progress told."""

import gzip
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

from ranker.errors import InvalidInputError

Encoding = Literal["utf-8", "gb18030"]
Progress = Callable[[int, int], None]
"""Called with (bytes read, bytes in all) of the file as it lies on disk."""

DELIMITERS: Final = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
PARQUET: Final = ".parquet"
JSON_LINES: Final = ".jsonl"
_GZIP_MAGIC: Final = b"\x1f\x8b"
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def format_of(path: Path, what: str) -> str:
    """The suffix that says what is in the file, `.gz` left out.

    Args:
        path: The file.
        what: What it should hold, for the message.

    Raises:
        InvalidInputError: No such file, or a suffix that nobody reads.
    """
    if not path.is_file():
        raise InvalidInputError(f"there is no {what} file [{path}]")
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix not in (PARQUET, JSON_LINES, *DELIMITERS):
        raise InvalidInputError(
            f"the format of [{path.name}] is unknown; name it .csv, .tsv, .jsonl or .parquet, perhaps .gz"
        )
    return suffix


@contextmanager
def opened(path: Path, progress: Progress | None) -> Iterator[tuple[BinaryIO, bool, Callable[[], None]]]:
    """Yield its (unzipped) bytes, whether they were zipped, and what tells `progress` when it is called."""
    size = path.stat().st_size
    with path.open("rb") as raw:
        zipped = raw.read(2) == _GZIP_MAGIC
        raw.seek(0)
        file = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if zipped else cast(BinaryIO, raw)

        def report() -> None:
            if progress:
                progress(min(raw.tell(), size), size)

        yield file, zipped, report
        report()


def seekable(file: BinaryIO, zipped: bool) -> BinaryIO:
    """Parquet is read from its end: a gzipped one is unzipped into a file of its own first."""
    if not zipped:
        return file
    unzipped = tempfile.TemporaryFile()  # noqa: SIM115 (it goes when the reader drops it)
    shutil.copyfileobj(file, unzipped)
    unzipped.seek(0)
    return cast(BinaryIO, unzipped)


def without_mark(path: Path, file: BinaryIO) -> BinaryIO:
    """The file, its UTF-8 byte order mark (if any) left out; only `readline` is offered.

    Raises:
        InvalidInputError: At the first line: it is UTF-16.
    """
    return cast(BinaryIO, _WithoutMark(path, file))


class _WithoutMark:
    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._file = file
        self._path = path
        self._first = True

    def readline(self, limit: int = -1) -> bytes:
        line = self._file.readline(limit)
        if not self._first:
            return line
        self._first = False
        if line.startswith(_UTF16_MARKS):
            raise InvalidInputError(f"[{self._path}] is UTF-16; make it UTF-8: iconv -f UTF-16 -t UTF-8")
        return line.removeprefix(_UTF8_MARK)
