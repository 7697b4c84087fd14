"""The log of snapshots: written beside the answer, never before it, and never slower than it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ranker.catalog.journal import Journal
from ranker.features.snapshot import FILE
from ranker.serving.metrics import Metrics


class SnapshotLog:
    """A bounded queue before a journal; what finds no room is dropped and counted.

    Args:
        folder: Where the journal lives.
        metrics: Counts `written` and `dropped`.
        most_waiting: Bound on snapshots that are not on disk yet.
    """

    def __init__(self, folder: Path, metrics: Metrics, most_waiting: int = 1_000) -> None:
        self._journal = Journal.open(folder / FILE)
        self._metrics = metrics
        self._queue: asyncio.Queue[Callable[[], bytes]] = asyncio.Queue(most_waiting)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="snapshots")
        self._task = asyncio.get_running_loop().create_task(self._run())

    def offer(self, make: Callable[[], bytes]) -> bool:
        """Queue a snapshot; `make` encodes it later, off the event loop. False: dropped."""
        try:
            self._queue.put_nowait(make)
        except asyncio.QueueFull:
            self._metrics.snapshots.labels("dropped").inc()
            return False
        return True

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            outcome = "written"
            try:
                await loop.run_in_executor(self._thread, self._write, batch)
            except OSError:
                outcome = "dropped"
            self._metrics.snapshots.labels(outcome).inc(len(batch))
            for _ in batch:
                self._queue.task_done()

    def _write(self, batch: list[Callable[[], bytes]]) -> None:
        self._journal.append(make() for make in batch)

    async def drain(self) -> None:
        """Wait until everything that was queued is on disk."""
        await self._queue.join()

    async def close(self) -> None:
        """Write what is waiting and release the journal."""
        await self.drain()
        self._task.cancel()
        self._thread.shutdown()
        self._journal.close()
