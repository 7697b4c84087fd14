"""Receipt of events: each counts once, and a 2xx follows the fsync of what was accepted."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ranker.catalog.event import Event, encode_event, read_batch, read_event
from ranker.errors import InvalidInputError
from ranker.features.events.log import SEGMENT_BYTES, EventLog
from ranker.features.events.reading import read
from ranker.features.events.window import MOST_IDS, last_ids
from ranker.serving.group_commit import GroupCommit


def read_events(folder: Path) -> list[Event]:
    """Every accepted event of the folder's log, in the order of receipt."""
    return [event for _, event in read(folder)]


def wall_clock_milliseconds() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000


class EventReceiver:
    """The one writer of the event log.

    Idempotent by event id over the last `most_ids` events, restarts included: a batch that is sent
    again after a lost answer counts once.

    Args:
        folder: Where the log lives.
        clock: UTC milliseconds at receipt, by the clock of the request whose id is given.
        most_ids: How many event ids are remembered.
        segment_bytes: A file of the log that has grown to this is closed and a new one begun.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[str], int],
        most_ids: int = MOST_IDS,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self._clock = clock
        self._most_ids = most_ids
        log = EventLog.open(folder, segment_bytes)
        self._seen: OrderedDict[str, None] = OrderedDict.fromkeys(last_ids(folder, most_ids))
        self._position = log.position
        self._moved = asyncio.Event()
        self._pending: dict[str, asyncio.Future[int]] = {}
        self._commit = GroupCommit(log)

    @property
    def position(self) -> int:
        """Behind the last durable event: what `features.events.reading` can read."""
        return self._position

    async def wait_beyond(self, position: int) -> int:
        """Wait until the log holds durable events behind `position`; returns where it ends then."""
        while self._position <= position:
            await self._moved.wait()
        return self._position

    async def receive(self, body: bytes) -> dict[str, Any]:
        """Take a batch: {"accepted", "duplicates", "refused": [{"index", "reason"}]}.

        Raises:
            InvalidInputError: The body is no batch at all.
            QueueFullError: Too much waits to be written; nothing was taken.
            OSError: The disk refused; nothing was taken.
        """
        fresh: dict[str, Event] = {}
        refused: list[dict[str, Any]] = []
        duplicates = 0
        under_way: set[asyncio.Future[int]] = set()
        for index, raw in enumerate(read_batch(body)):
            try:
                event = read_event(raw, self._clock)
            except InvalidInputError as error:
                refused.append({"index": index, "reason": str(error)})
                continue
            if event.event_id in self._seen or event.event_id in fresh:
                duplicates += 1
            elif (commit := self._pending.get(event.event_id)) is not None:
                duplicates += 1
                under_way.add(commit)
            else:
                fresh[event.event_id] = event
        await self._keep(fresh)
        # A duplicate of what another batch is still writing is acknowledged with that write, not before.
        for commit in under_way:
            await asyncio.shield(commit)
        return {"accepted": len(fresh), "duplicates": duplicates, "refused": refused}

    async def _keep(self, fresh: dict[str, Event]) -> None:
        if not fresh:
            return
        commit = asyncio.ensure_future(self._commit.append([encode_event(event) for event in fresh.values()]))
        self._pending.update(dict.fromkeys(fresh, commit))
        commit.add_done_callback(lambda done: self._committed(done, fresh))
        await asyncio.shield(commit)

    def _committed(self, commit: asyncio.Future[int], fresh: dict[str, Event]) -> None:
        kept = not commit.cancelled() and commit.exception() is None
        if kept and commit.result() > self._position:
            self._position = commit.result()
            self._moved.set()  # wakes all that wait
            self._moved.clear()
        for event_id in fresh:
            del self._pending[event_id]
            if kept:
                self._remember(event_id)

    def _remember(self, event_id: str) -> None:
        self._seen[event_id] = None
        if len(self._seen) > self._most_ids:
            self._seen.popitem(last=False)

    async def close(self) -> None:
        """Write what is waiting and release the log."""
        await self._commit.close()
