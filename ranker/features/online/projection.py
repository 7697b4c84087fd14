"""Follows the event log and applies it to a store, each event once, soon after its `fsync`."""

import asyncio
import itertools
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ranker.catalog.event import Event
from ranker.catalog.whole_file import write_whole
from ranker.errors import EncoreError
from ranker.features.online.store import START, Batch, GapError, OnlineStore

_log = logging.getLogger(__name__)
Read = Callable[[int], Iterator[tuple[int, Event]]]
"""The log's events behind a position, in order, up to its end or a torn tail."""
_MOST_EVENTS: Final = 1_000  # a batch in memory stops the event loop for some milliseconds
_FIRST_WAIT_SECONDS: Final = 0.05
_LONGEST_WAIT_SECONDS: Final = 1.0
_MOST_COMMITS: Final = 10_000
_IDENTITY: Final = "log.id"


class Projector:
    """Belongs to one event loop; `run` is its task.

    What it applies is durable: it reads the log no further than it was told that an `fsync` has come. A store
    that is away is tried again; one that came back empty is filled again from where it stands.

    Args:
        store: Where to.
        read: The log.
        durable: The position up to which the log is durable now.
        beginning: Where an empty store begins.
        observe: Told, for each commit, the seconds from it to its being applied.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        store: OnlineStore,
        read: Read,
        durable: int,
        beginning: Callable[[], int] = lambda: START,
        observe: Callable[[float], None] = lambda seconds: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._read = read
        self._beginning = beginning
        self._durable = durable
        self._observe = observe
        self._clock = clock
        self._commits: deque[tuple[int, float]] = deque()
        self._wake = asyncio.Event()
        self.committed(durable)
        self.applied = 0
        """The position that the store was last seen at."""

    def committed(self, position: int) -> None:
        """The log is durable up to here; called on the event loop."""
        self._durable = max(self._durable, position)
        if len(self._commits) < _MOST_COMMITS:
            self._commits.append((position, self._clock()))
        else:  # the store has been away for long: how long is what counts
            self._commits[-1] = position, self._commits[-1][1]
        self._wake.set()

    @property
    def lag_seconds(self) -> float:
        """How long the oldest commit that isn't applied has been waiting; 0 where none is."""
        return self._clock() - self._commits[0][1] if self._commits else 0.0

    async def run(self) -> None:
        """Apply the log as it grows, until cancelled."""
        wait = _FIRST_WAIT_SECONDS
        at: int | None = None
        while True:
            try:
                if at is None:
                    at = await self._begin()
                at = await self._follow(at)
                wait = _FIRST_WAIT_SECONDS
            except GapError as error:
                _log.warning("the online store lost what it held and is filled again: %s", error)
                at = None
                self._commits.appendleft((self._durable, self._clock()))
            except (EncoreError, OSError) as error:  # the store is away, or the log can't be read
                _log.warning("the online store cannot be brought up to date: %s", error)
                at = None
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)

    async def _begin(self) -> int:
        at = await self._store.position()
        if at == START and (beginning := await asyncio.to_thread(self._beginning)) != START:
            await self._store.begin(beginning)
            at = await self._store.position()
        self._greet(at)
        return at

    def _greet(self, at: int) -> None:
        if at > self._durable:
            _log.error(
                "the online store stands at [%d], the log ends at [%d]: the log is an older one; remove its"
                " [%s] and start again, and the store is filled anew",
                at,
                self._durable,
                _IDENTITY,
            )
        else:
            _log.info("the online store stands at [%d] of [%d]", at, self._durable)

    async def _follow(self, at: int) -> int:
        """Apply the next batch behind `at`, or wait for one; the position then."""
        self._wake.clear()
        batch = await asyncio.to_thread(self._next, at, self._durable) if at < self._durable else []
        if not batch:
            self._seen(at)
            await self._wake.wait()
            return at
        await self._store.apply(batch, at)
        at = batch[-1][0]
        self._seen(at)
        return at

    def _next(self, at: int, durable: int) -> Batch:
        events = itertools.takewhile(lambda one: one[0] <= durable, self._read(at))
        return [*itertools.islice(events, _MOST_EVENTS)]

    def _seen(self, at: int) -> None:
        self.applied = at
        now = self._clock()
        while self._commits and self._commits[0][0] <= at:
            self._observe(now - self._commits.popleft()[1])


def log_identity(folder: Path) -> str:
    """Eight characters that name the folder's log; another log, in a folder made anew, gets others."""
    path = folder / _IDENTITY
    if not path.exists():
        write_whole(path, secrets.token_hex(4).encode())
    return path.read_text(encoding="ascii")
