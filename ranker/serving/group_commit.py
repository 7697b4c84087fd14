"""Many writers, one `fsync`: payloads that arrive together are made durable together."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol


class AppendLog(Protocol):
    """A log whose appends are durable on return; they come from one thread."""

    def append(self, payloads: Iterable[bytes]) -> int:
        """Write them with one `fsync`; returns where the log ends then."""
        ...

    def close(self) -> None:
        """Release it."""
        ...


class QueueFullError(Exception):
    """More is waiting to be written than the bound allows; the caller says so and may come again."""


@dataclass(frozen=True)
class _Waiting:
    payloads: list[bytes]
    done: asyncio.Future[int]


class GroupCommit:
    """Appends to a log from an event loop; an `append` returns after the `fsync` that covers it.

    Args:
        journal: The log; this object is its only writer.
        most_waiting: Bound on payloads that are not durable yet.
    """

    def __init__(self, journal: AppendLog, most_waiting: int = 50_000) -> None:
        self._journal = journal
        self._most_waiting = most_waiting
        self._waiting: list[_Waiting] = []
        self._waiting_payloads = 0
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def append(self, payloads: list[bytes]) -> int:
        """Make the payloads durable; returns where the log ends behind the commit.

        Raises:
            QueueFullError: Too much is waiting; nothing was taken.
            OSError: The disk refused; nothing of this commit was kept.
        """
        if self._waiting_payloads + len(payloads) > self._most_waiting:
            raise QueueFullError(f"[{self._waiting_payloads}] payloads wait to be written; come again later")
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(payloads, done))
        self._waiting_payloads += len(payloads)
        self._wake.set()
        return await asyncio.shield(done)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            group, self._waiting = self._waiting, []
            if not group:
                continue
            payloads = [payload for waiting in group for payload in waiting.payloads]
            try:
                end = await loop.run_in_executor(self._thread, self._journal.append, payloads)
            except Exception as error:
                self._settle(group, error)
            else:
                self._settle(group, end)

    def _settle(self, group: list[_Waiting], outcome: int | Exception) -> None:
        for waiting in group:
            self._waiting_payloads -= len(waiting.payloads)
            if isinstance(outcome, Exception):
                waiting.done.set_exception(outcome)
                waiting.done.exception()  # a writer that went away leaves nobody to retrieve it
            else:
                waiting.done.set_result(outcome)

    async def close(self) -> None:
        """Write what is waiting, then release the journal."""
        while self._waiting_payloads:
            await asyncio.sleep(0.001)
        self._task.cancel()
        self._thread.shutdown()
        self._journal.close()
