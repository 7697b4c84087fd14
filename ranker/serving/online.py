"""Counters of the last minutes in the ranker: the store that the settings name, kept up, and read in time."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from ranker.errors import InvalidInputError
from ranker.features.events import reading
from ranker.features.online.beginning import beginning
from ranker.features.online.memory import MemoryStore
from ranker.features.online.projection import Projector, log_identity
from ranker.features.online.store import START, Counters, OnlineStore, StoreUnavailableError
from ranker.features.online.valkey_store import ValkeyStore
from ranker.features.online.windows import COUNTERS, WINDOWS
from ranker.serving.breaker import Breaker
from ranker.serving.events import EventReceiver
from ranker.serving.metrics import Metrics
from ranker.settings import Settings

# The day's window and a late page's ten minutes; the embedded and the memory's are filled at each start.
_HORIZON_SECONDS: Final = 2 * 86_400.0
_FAILURES_TO_OPEN: Final = 3
_RETRY_SECONDS: Final = 1.0


def make_store(settings: Settings) -> OnlineStore:
    """The store of the settings; nothing is connected yet.

    The folder of events must be there.

    Raises:
        InvalidInputError: It is Valkey, and nobody says where.
    """
    if settings.online_store == "memory":
        return MemoryStore()
    if settings.valkey_url is None:
        raise InvalidInputError(
            f"ENCORE_ONLINE_STORE is [{settings.online_store}] and no server is named: set ENCORE_VALKEY_URL,"
            " or let 'encore up' start one"
        )
    return ValkeyStore(
        settings.valkey_url, log_identity(settings.events), settings.online_timeout_milliseconds / 1000
    )


class OnlineCounters:
    """Follows the event log into a store, and reads it without ever failing. Lives on one event loop.

    Args:
        store: Closed with this.
        events: The log's writer.
        settings: Where the log lies.
        metrics: Lag, position, and reads by how they went.
        clock: Unix time, as files have it.
    """

    def __init__(
        self,
        store: OnlineStore,
        events: EventReceiver,
        settings: Settings,
        metrics: Metrics,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._events = events
        self._reads = metrics.online_reads
        self._breaker = Breaker(_FAILURES_TO_OPEN, _RETRY_SECONDS)
        self.projector = Projector(
            store,
            lambda after: reading.read(settings.events, after),
            events.position,
            lambda: beginning(settings.events, _HORIZON_SECONDS, clock()),
            metrics.online_seconds.observe,
        )
        metrics.online_lag.set_function(lambda: self.projector.lag_seconds)
        metrics.online_position.set_function(lambda: self.projector.applied)
        self._tasks = [asyncio.create_task(self.projector.run()), asyncio.create_task(self._listen())]

    async def _listen(self) -> None:
        position = self._events.position
        while True:
            position = await self._events.wait_beyond(position)
            self.projector.committed(position)

    async def counters(self, video_ids: Sequence[str], now: int) -> Counters | None:
        """The counters as of `now` (UTC milliseconds); None where the store gives none in time, counted.

        A store that fails is left alone for a second, so that it costs few searches its deadline.
        """
        if not self._breaker.allows():
            self._reads.labels("spared").inc()
            return None
        try:
            found = await self._store.counters(video_ids, now)
        except StoreUnavailableError as error:
            self._breaker.failed()
            self._reads.labels(error.cause).inc()
            return None
        self._breaker.succeeded()
        self._reads.labels("read").inc()
        return found

    async def close(self) -> None:
        """Stop following and let go of the store."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._store.close()


def no_counters(count: int) -> Counters:
    """What is ranked with where the store gave none: zeros, which stand for no position."""
    return Counters(np.zeros((count, len(WINDOWS), len(COUNTERS)), np.int32), START)
