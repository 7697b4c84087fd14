"""The one writer of the event log: appends are durable on return, and segments are closed by size."""

import fcntl
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self, TextIO

from ranker.catalog.journal import Journal
from ranker.errors import EncoreError
from ranker.features.events import position as at
from ranker.features.events.mark import DurableMark, durable_position
from ranker.features.events.segments import path_of, segments

SEGMENT_BYTES: Final = 128 << 20


class EventLog:
    """Appends events' JSON. Not thread-safe: one thread appends; any number of processes may read.

    Positions are never used twice for what a reader may have seen: readers stop at the durable mark.
    """

    def __init__(
        self, folder: Path, lock: TextIO, number: int, journal: Journal, segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        self._folder = folder
        self._lock = lock
        self._number = number
        self._journal = journal
        self._segment_bytes = segment_bytes
        self._mark = DurableMark(folder, self.position)

    @classmethod
    def open(cls, folder: Path, segment_bytes: int = SEGMENT_BYTES) -> Self:
        """Open for appending, making the log if there is none and cutting off a torn tail.

        Raises:
            EncoreError: Another process writes this log, or it lacks bytes that were durable.
        """
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise EncoreError(
                f"the event log [{folder}] is being written by another process; stop it first"
            ) from None
        try:
            number, journal = _last_segment(folder)
        except BaseException:
            lock.close()
            raise
        return cls(folder, lock, number, journal, segment_bytes)

    @property
    def position(self) -> int:
        """Behind the last event."""
        return at.make(self._number, self._journal.size)

    @property
    def size(self) -> int:
        """Bytes of the segment that is being written."""
        return self._journal.size

    def append(self, payloads: Iterable[bytes]) -> int:
        """Write the payloads with one `fsync`; returns the position behind the last.

        Raises:
            OSError: The disk refused; nothing of it was kept.
        """
        if self._journal.size >= self._segment_bytes:
            self._begin_segment()
        self._journal.append(payloads)
        self._mark.move(self.position)
        return self.position

    def _begin_segment(self) -> None:
        begun = Journal.open(path_of(self._folder, self._number + 1))
        self._journal.close()
        self._journal, self._number = begun, self._number + 1

    def close(self) -> None:
        """Release the log."""
        self._journal.close()
        self._mark.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _last_segment(folder: Path) -> tuple[int, Journal]:
    there = segments(folder)
    last = there[-1].number if there else 0
    durable = durable_position(folder) or at.START
    if at.segment_of(durable) > last:
        raise EncoreError(
            f"[{path_of(folder, at.segment_of(durable))}] is missing, and was written before; restore it"
        )
    if last == 0:
        if there:  # its torn tail is cut off; it is not written any more
            Journal.open(there[0].path).close()
        return 1, Journal.open(path_of(folder, 1))
    of_last = at.offset_of(durable) if at.segment_of(durable) == last else 0
    return last, Journal.open(path_of(folder, last), of_last)
