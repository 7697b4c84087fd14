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
from typing import Final
from zlib import crc32

from valkey.exceptions import TimeoutError as ValkeyTimeoutError
from valkey.exceptions import ValkeyError

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
        watched = [event for at, event in batch if at > positions[partition(event.video_id)]]
        played = [
            event
            for at, event in batch
            if plays.is_play(event) and at > positions[partition(event.user_id or "")]
        ]
        videos = dict.fromkeys(event.video_id for event in watched)
        users = dict.fromkeys(event.user_id or "" for event in played)
        keys = [*map(self._video_key, videos), *map(self._user_key, users)]
        # Values may be newer than the positions above; then the swap is refused.
        found = await writer.read(keys) if keys else []
        of_videos, of_users = _there(videos, found), _there(users, found[len(videos) :])
        values: list[list[Value]] = [[] for _ in range(PARTITIONS)]
        for name, blob in add_counts(of_videos, watched).items():
            values[partition(name)].append((self._video_key(name), _VIDEO_SECONDS, blob))
        for name, blob in add_plays(of_users, played).items():
            values[partition(name)].append((self._user_key(name), _USER_SECONDS, blob))
        end = batch[-1][0]
        return [
            Swap(key, position, end, written)
            for key, position, written in zip(self._position_keys, positions, values, strict=True)
            if position < end
        ]

    def _video_key(self, name: str) -> str:
        return self._videos[crc32(name.encode()) % PARTITIONS] + name

    def _user_key(self, name: str) -> str:
        return self._users[crc32(name.encode()) % PARTITIONS] + name

    async def counters(self, video_ids: Sequence[str], now: int) -> Counters:
        """See `store.OnlineStore`.

        On a cluster partitions are read one by one, and `position` is the earliest of theirs.
        """
        keys = [*self._position_keys, *map(self._video_key, video_ids)]
        async with self._deadline(self._read_seconds):
            found = await (await self._reader()).read(keys)
        position = min(map(_position, found[:PARTITIONS]))
        return Counters(cells.sums(found[PARTITIONS:], now), position)

    async def history(self, user_id: str, now: int) -> History:
        """See `store.OnlineStore`."""
        async with self._deadline(self._read_seconds):
            found = await (await self._reader()).read([self._user_key(user_id)])
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


def _there(names: Iterable[str], found: Iterable[bytes | None]) -> dict[str, bytes]:
    return {name: blob for name, blob in zip(names, found, strict=False) if blob is not None}
