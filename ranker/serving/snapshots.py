"""The log of snapshots: written beside the answer, never before it, and never slower than it."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ranker.catalog.journal import Journal
from ranker.features.snapshots.journals import journal_path, numbers, open_last
from ranker.serving.metrics import Metrics

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SnapshotLimits:
    """What the log may take. A row (one candidate of one request) is about 700 bytes.

    Attributes:
        most_waiting_rows: Bound on rows that are not on disk yet.
        segment_bytes: A file that has grown past this is closed and a new one begun.
        most_bytes: Beyond this the oldest closed file is deleted.
        gather_seconds: How long what comes is gathered before one write and one `fsync`.
        least_free_bytes: With less free on the disk nothing is written: events and engine come first.
    """

    most_waiting_rows: int = 200_000
    segment_bytes: int = 256 << 20
    most_bytes: int = 4 << 30
    gather_seconds: float = 0.2
    least_free_bytes: int = 1 << 30


class _Waiting(NamedTuple):
    make: Callable[[], bytes]
    rows: int


class SnapshotLog:
    """A bounded queue before journals; what finds no room is dropped and counted.

    Args:
        folder: Where the journals live.
        metrics: Counts `written` and `dropped`.
        limits: What it may take.
    """

    def __init__(self, folder: Path, metrics: Metrics, limits: SnapshotLimits | None = None) -> None:
        self._folder = folder
        self._number, self._journal = open_last(folder)
        self._metrics = metrics
        self._limits = limits or SnapshotLimits()
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._waiting_rows = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="snapshots")
        self._task = asyncio.get_running_loop().create_task(self._run())

    def offer(self, make: Callable[[], bytes], rows: int) -> bool:
        """Queue a snapshot; `make` encodes its rows later, off the event loop. False: dropped."""
        if self._waiting_rows + rows > self._limits.most_waiting_rows:
            self._metrics.snapshots.labels("dropped").inc()
            return False
        self._waiting_rows += rows
        self._queue.put_nowait(_Waiting(make, rows))
        return True

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._queue.get()]
            await asyncio.sleep(self._limits.gather_seconds)
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            outcome = "dropped"
            try:
                if await loop.run_in_executor(self._thread, self._write, batch):
                    outcome = "written"
            except Exception:  # a log that dies would drop everything after, in silence
                _log.exception("[%d] snapshots could not be written", len(batch))
            self._metrics.snapshots.labels(outcome).inc(len(batch))
            for waiting in batch:
                self._waiting_rows -= waiting.rows
                self._queue.task_done()

    def _write(self, batch: list[_Waiting]) -> bool:
        if shutil.disk_usage(self._folder).free < self._limits.least_free_bytes:
            return False
        self._journal.append(waiting.make() for waiting in batch)
        if self._journal.size > self._limits.segment_bytes:
            self._begin_segment()
        return True

    def _begin_segment(self) -> None:
        self._journal.close()
        self._number += 1
        self._journal = Journal.open(journal_path(self._folder, self._number))
        kept = [journal_path(self._folder, number) for number in numbers(self._folder)][:-1]
        size = sum(path.stat().st_size for path in kept)
        while kept and size > self._limits.most_bytes:
            oldest = kept.pop(0)
            size -= oldest.stat().st_size
            oldest.unlink()

    async def drain(self) -> None:
        """Wait until everything that was queued is on disk or dropped."""
        await self._queue.join()

    async def close(self) -> None:
        """Write what is waiting and release the journal."""
        await self.drain()
        self._task.cancel()
        self._thread.shutdown()
        self._journal.close()
