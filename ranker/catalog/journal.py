"""An append log that survives a kill: what was acknowledged is on disk, a torn tail is cut off.

A file is the header `ENCJ` + version (u16), then records: length (u32), CRC-32 of the payload (u32),
payload; all little-endian. `Journal.append` returns only after `fsync`, so an acknowledgement that
follows it is durable. One process writes a journal; any number may read it while it grows.
"""

import fcntl
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import Self

from ranker.catalog.whole_file import sync_folder
from ranker.errors import EncoreError, InvalidInputError

_HEADER = struct.Struct("<4sH")
HEADER_BYTES = _HEADER.size
"""Offset of the first record, bytes."""
_RECORD = struct.Struct("<II")
_MAGIC = b"ENCJ"
_VERSION = 1
_LARGEST_RECORD = 1 << 26  # bytes; a longer length can only be damage
_BLOCK = 1 << 18  # bytes


def read(path: Path, offset: int = 0, until: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield (offset behind the record, payload) from `offset` on, up to the first torn record.

    Args:
        path: The journal; a missing file holds no records.
        offset: 0, or an offset that an earlier read yielded; bytes.
        until: Where to stop, an offset behind a record; None: at the end.
    """
    if not path.exists():
        return
    with path.open("rb", buffering=0) as file:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return
        _check_header(path, header)
        yield from _records(file, max(offset, _HEADER.size), until)


def _records(file: FileIO, at: int, until: int | None) -> Iterator[tuple[int, bytes]]:
    """Records from an offset on. The file is read by blocks: a call a record would cost most of the time."""
    file.seek(at)
    block, place = b"", 0
    while until is None or at < until:
        head = block[place : place + _RECORD.size]
        needed = _RECORD.size
        if len(head) == _RECORD.size:
            length, checksum = _RECORD.unpack(head)
            if length > _LARGEST_RECORD:
                return
            needed += length
        if place + needed > len(block):
            more = file.read(max(_BLOCK, needed))
            if not more:
                return
            block, place = block[place:] + more, 0
            continue
        start = place + _RECORD.size
        place += needed
        payload = block[start:place]
        if zlib.crc32(payload) != checksum:
            return
        at += needed
        yield at, payload


class Journal:
    """The one writer of a journal file. Not thread-safe: one thread appends."""

    def __init__(self, path: Path, file: FileIO) -> None:
        self.path = path
        self._file = file

    @classmethod
    def open(cls, path: Path, durable: int = 0) -> Self:
        """Open for appending, making the file if needed and cutting off a torn tail.

        Args:
            path: The journal.
            durable: Offset up to which records are known to have been durable; bytes. Where they don't
                reach it, the file was damaged later, and cutting would make the loss final.

        Raises:
            EncoreError: Another process writes this journal, the file is none, or it is damaged.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        file = FileIO(path, "r+" if path.exists() else "x+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise EncoreError(
                f"the journal [{path}] is being written by another process; stop it first"
            ) from None
        if os.fstat(file.fileno()).st_size < _HEADER.size:
            file.seek(0)
            file.write(_HEADER.pack(_MAGIC, _VERSION))
        end = max((end for end, _ in read(path)), default=_HEADER.size)
        if end < durable:
            file.close()
            raise EncoreError(
                f"[{path}] is damaged behind byte [{end}]; it was whole up to [{durable}]: restore the file"
            )
        file.truncate(end)
        file.seek(end)
        os.fsync(file.fileno())
        sync_folder(path.parent)
        return cls(path, file)

    def append(self, payloads: Iterable[bytes]) -> int:
        """Write the payloads with one `fsync`; returns the offset behind the last, bytes.

        A failed write (a full disk) is cut off again, so that a later append never stands behind
        damage that a reader would stop at.
        """
        start = self._file.tell()
        try:
            unwritten = memoryview(b"".join(_record(payload) for payload in payloads))
            while unwritten:
                unwritten = unwritten[self._file.write(unwritten) :]
            os.fsync(self._file.fileno())
        except BaseException:
            try:
                self._file.truncate(start)
                self._file.seek(start)
            except OSError:
                # Records behind the damage would be acknowledged and never read: take no more.
                self._file.close()
            raise
        return self._file.tell()

    @property
    def size(self) -> int:
        """Bytes written, the header included."""
        return self._file.tell()

    def close(self) -> None:
        """Release the file and its lock."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _record(payload: bytes) -> bytes:
    if len(payload) > _LARGEST_RECORD:
        raise InvalidInputError(
            f"a record of [{len(payload)}] bytes exceeds the limit of [{_LARGEST_RECORD}]; split it"
        )
    return _RECORD.pack(len(payload), zlib.crc32(payload)) + payload


def _check_header(path: Path, header: bytes) -> None:
    magic, version = _HEADER.unpack(header)
    if magic != _MAGIC or version != _VERSION:
        raise EncoreError(f"[{path}] is not a journal of version [{_VERSION}]; move it away first")
