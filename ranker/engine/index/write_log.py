"""The log of accepted writes, so that no build and no rollback loses one.

A folder an index: `lock` and segments `000001.journal`, … A writer holds the lock while it changes
index, columns and, last, this log: what the log holds is everywhere, and a write that fails before is
not accepted. A build opens a new segment before it reads its source; whatever the log holds from that
segment on is newer than the source, and is replayed before the swap, the last part of it under the lock.
"""

import fcntl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from ranker.catalog.journal import Journal, read
from ranker.errors import EncoreError
from ranker.features.overlay import Change

LOCK_SECONDS = 60.0  # a swap holds the lock for the replay of the last writes and one activation
_POLL_SECONDS = 0.01

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Change).decode


class Position(NamedTuple):
    """A place in the log: a segment and an offset in it; bytes."""

    segment: int
    offset: int


class WriteLog:
    """The accepted writes of one index. Methods that change it are for the holder of the lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def locked(self, seconds: float = LOCK_SECONDS) -> Iterator[None]:
        """Wait for the lock and hold it.

        Raises:
            EncoreError: Others held it all the while.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + seconds
        with (self._folder / "lock").open("w") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise EncoreError(
                            f"[{self._folder.name}] was being written for [{seconds:g}] seconds; try again"
                        ) from None
                    time.sleep(_POLL_SECONDS)
            yield

    def begin_segment(self) -> int:
        """Send later writes to a new segment; its number."""
        number = max(self._segments(), default=0) + 1
        Journal.open(self._path(number)).close()
        return number

    def append(self, changes: Sequence[Change]) -> None:
        """Accept the changes: durable on return."""
        segments = self._segments()
        with Journal.open(self._path(max(segments, default=1))) as journal:
            journal.append([_encode(change) for change in changes])

    def read(self, since: Position) -> Iterator[tuple[Position, Change]]:
        """Every change from a position on, in the order of acceptance, with the position behind it."""
        for number in self._segments():
            if number >= since.segment:
                start = since.offset if number == since.segment else 0
                for offset, payload in read(self._path(number), start):
                    yield Position(number, offset), _decode(payload)

    def forget_before(self, segment: int) -> None:
        """Delete segments that no held generation needs."""
        for number in self._segments():
            if number < segment:
                self._path(number).unlink(missing_ok=True)

    def _segments(self) -> list[int]:
        return sorted(int(path.stem) for path in self._folder.glob("[0-9]*.journal"))

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06d}.journal"
