"""The online store in Valkey or Redis: one packed value a video or listener, on one server or a cluster.

Ids are dealt to 16 partitions, whose keys share a hash tag and so a node. A partition has a position of its
own, and a write brings values and position together, only where the position is still the one that was read
(`valkey_connection.Swap`). So whatever dies between two writes, and whoever else applies the same log, each
event counts once. The server must not evict (`maxmemory-policy noeviction`, its default); what it loses as a
whole, partition or node, comes again from the log.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from zlib import crc32

from valkey.exceptions import TimeoutError as ValkeyTimeoutError
from valkey.exceptions import ValkeyError

from ranker.catalog.event import Event
from ranker.features.online import cells, plays
from ranker.features.online.memory import add_counts, add_plays
from ranker.features.online.plays import History
from ranker.features.online.store import START, Batch, Counters, GapError, StoreUnavailableError
from ranker.features.online.valkey_connection import Connection, Swap, Value, connect
from ranker.features.online.windows import LONGEST_MS

PARTITIONS: Final = 16
FORMAT: Final = "e1"
"""Of keys and packed bytes: another format begins under other keys, and is filled from the log."""
_VIDEO_SECONDS: Final = 2 * LONGEST_MS // 1000
_USER_SECONDS: Final = 30 * 86_400
_MOST_TRIES: Final = 20  # each time somebody else was faster, which brings the log on


class ValkeyStore:
    """See `store.OnlineStore`.

    Args:
        url: See `valkey_connection.connect`.
        log: Identity of the event log: stores of other logs share the server and no key.
        read_seconds: Deadline of `counters` and `history`, connecting included.
        write_seconds: Deadline of `position` and `apply`.
    """

    def __init__(self, url: str, log: str, read_seconds: float = 0.02, write_seconds: float = 5.0) -> None:
        self._url = url
        self._read_seconds = read_seconds
        self._write_seconds = write_seconds
        heads = [f"{FORMAT}:{log}:{{p{number}}}" for number in range(PARTITIONS)]
        self._position_keys = [f"{head}:at" for head in heads]
        self._videos = [f"{head}:v:" for head in heads]
        self._users = [f"{head}:u:" for head in heads]
        self._reading: Connection | None = None
        self._writing: Connection | None = None
        self._connecting = asyncio.Lock()

    async def position(self) -> int:
        """See `store.OnlineStore`."""
        async with self._deadline(self._write_seconds):
            return min(map(_position, await (await self._writer()).read(self._position_keys)))

    async def begin(self, position: int) -> None:
        """See `store.OnlineStore`; a partition that is empty begins, whatever others hold."""
        async with self._deadline(self._write_seconds):
            await (await self._writer()).swap([Swap(key, START, position, ()) for key in self._position_keys])

    async def apply(self, batch: Batch, after: int) -> None:
        """See `store.OnlineStore`."""
        if not batch:
            return
        async with self._deadline(self._write_seconds):
            writer = await self._writer()
            for _ in range(_MOST_TRIES):
                swaps = await self._swaps(writer, batch, after)
                if await writer.swap(swaps):
                    return
        raise StoreUnavailableError("unavailable", f"another writer was faster [{_MOST_TRIES}] times")

    async def _swaps(self, writer: Connection, batch: Batch, after: int) -> list[Swap]:
        positions = [*map(_position, await writer.read(self._position_keys))]
        if min(positions) < after:
            raise GapError(min(positions), after)
        end = batch[-1][0]
        shares = [_Share() for _ in range(PARTITIONS)]
        for position, event in batch:
            video = partition(event.video_id)
            if position > positions[video]:
                shares[video].of_videos.append(event)
            if plays.is_play(event) and position > positions[user := partition(event.user_id or "")]:
                shares[user].of_users.append(event)
        keys = [
            key
            for number, share in enumerate(shares)
            for key in (
                *(f"{self._videos[number]}{event.video_id}" for event in share.of_videos),
                *(f"{self._users[number]}{event.user_id}" for event in share.of_users),
            )
        ]
        # Values may be newer than the positions above; then the swap is refused.
        found = dict(zip(keys, await writer.read(keys), strict=True)) if keys else {}
        return [
            Swap(self._position_keys[number], positions[number], end, self._values(number, share, found))
            for number, share in enumerate(shares)
            if positions[number] < end
        ]

    def _values(self, number: int, share: "_Share", found: dict[str, bytes | None]) -> list[Value]:
        def known(head: str, names: Iterable[str]) -> dict[str, bytes]:
            return {name: blob for name in names if (blob := found[head + name]) is not None}

        videos, users = self._videos[number], self._users[number]
        counted = add_counts(known(videos, (one.video_id for one in share.of_videos)), share.of_videos)
        played = add_plays(known(users, (one.user_id or "" for one in share.of_users)), share.of_users)
        return [
            *((videos + name, _VIDEO_SECONDS, blob) for name, blob in counted.items()),
            *((users + name, _USER_SECONDS, blob) for name, blob in played.items()),
        ]

    async def counters(self, video_ids: Sequence[str], now: int) -> Counters:
        """See `store.OnlineStore`.

        On a cluster partitions are read one by one, and `position` is the earliest of theirs.
        """
        heads = self._videos
        keys = [heads[crc32(name.encode()) % PARTITIONS] + name for name in video_ids]
        async with self._deadline(self._read_seconds):
            found = await (await self._reader()).read([*self._position_keys, *keys])
        position = min(map(_position, found[:PARTITIONS]))
        return Counters(cells.sums(found[PARTITIONS:], now), position)

    async def history(self, user_id: str, now: int) -> History:
        """See `store.OnlineStore`."""
        async with self._deadline(self._read_seconds):
            found = await (await self._reader()).read([self._users[partition(user_id)] + user_id])
        return plays.read(found[0], now)

    async def close(self) -> None:
        """See `store.OnlineStore`."""
        for connection in (self._reading, self._writing):
            if connection is not None:
                await connection.close()
        self._reading = self._writing = None

    async def _reader(self) -> Connection:
        async with self._connecting:
            if self._reading is None:
                self._reading = await connect(self._url, self._read_seconds)
            return self._reading

    async def _writer(self) -> Connection:
        async with self._connecting:
            if self._writing is None:
                self._writing = await connect(self._url, self._write_seconds)
            return self._writing

    @asynccontextmanager
    async def _deadline(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise StoreUnavailableError("timeout", f"no answer within [{seconds:g}] seconds") from error
        except (ValkeyError, OSError) as error:
            cause = "timeout" if isinstance(error, ValkeyTimeoutError) else "unavailable"
            raise StoreUnavailableError(cause, f"[{type(error).__name__}]: {error}") from error


def partition(name: str) -> int:
    """Where an id lies, below `PARTITIONS`."""
    return crc32(name.encode()) % PARTITIONS


def _position(value: bytes | None) -> int:
    return START if value is None else int(value)


@dataclass
class _Share:
    """A partition's part of a batch."""

    of_videos: list[Event] = field(default_factory=list)
    of_users: list[Event] = field(default_factory=list)
