"""What the counters of 500 videos cost: from memory, from Valkey in one round trip, and row by row.

The server is the embedded one, started for the bench. Ways take turns, so that a busy machine slows all of
them, and what is compared is their ratio within one run.
"""

import asyncio
import random
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from valkey.asyncio import Valkey
from valkey.exceptions import ConnectionError as ValkeyConnectionError

from ranker.catalog.event import Event, Kind
from ranker.engine.ports import LOOPBACK, any_free
from ranker.errors import EncoreError
from ranker.features.online.cells import CELL_BYTES
from ranker.features.online.memory import MemoryStore
from ranker.features.online.store import Batch, OnlineStore
from ranker.features.online.valkey_store import FORMAT, ValkeyStore, partition
from ranker.features.online.windows import COUNTERS, WINDOWS
from ranker.serving.valkey_process import server_arguments

CANDIDATES: Final = 500
_VIDEOS: Final = 20_000
_DAY_MS: Final = 86_400_000
_NOW: Final = 1_790_000_000_000
_BATCH: Final = 1_000
_KINDS: Final[tuple[tuple[Kind, int], ...]] = (("impression", 20), ("click", 5), ("play", 5), ("like", 1))
_START_SECONDS: Final = 20.0
_PATIENCE_SECONDS: Final = 10.0  # a busy machine is measured, not refused
Progress = Callable[[str, int, int], None]
Way = Callable[[list[str]], Awaitable[Any]]


@dataclass(frozen=True)
class OnlineSpeed:
    """Medians in milliseconds a request of 500, and events counted a second while filling."""

    milliseconds: dict[str, float]
    events_a_second: dict[str, float]
    events: int
    bytes_a_video: float

    def as_json(self) -> dict[str, Any]:
        """With the ratios that are the result."""
        took = self.milliseconds
        return {
            "candidates": CANDIDATES,
            "events": self.events,
            "bytes_a_video": self.bytes_a_video,
            "milliseconds": took,
            "events_a_second": self.events_a_second,
            "times_faster": {
                "memory": took["memory_row_by_row"] / took["memory"],
                "valkey": took["valkey_row_by_row"] / took["valkey"],
            },
            "valkey_over_round_trip_milliseconds": took["valkey"] - took["round_trip"],
        }


def measure(events: int, rounds: int, progress: Progress) -> OnlineSpeed:
    """Fill both stores with a day of events, then ask each way in turn.

    Args:
        events: How many; most are of few videos.
        rounds: Requests a way.
        progress: Told (what, done, in all).
    """
    return asyncio.run(_measure(events, rounds, progress))


async def _measure(count: int, rounds: int, progress: Progress) -> OnlineSpeed:
    chance = random.Random(1)
    log = _day(count, chance)
    names = [event.video_id for _, event in log]
    requests = [_distinct(names, chance) for _ in range(rounds)]
    async with _server() as url:
        identity = secrets.token_hex(4)
        memory = MemoryStore()
        valkey = ValkeyStore(url, identity, _PATIENCE_SECONDS, _PATIENCE_SECONDS)
        client = Valkey.from_url(url)
        try:
            filled = {
                "memory": await _fill(memory, log, progress, "memory"),
                "valkey": await _fill(valkey, log, progress, "valkey"),
            }
            ways: dict[str, Way] = {
                "memory": lambda ids: memory.counters(ids, _NOW),
                "memory_row_by_row": lambda ids: _row_by_row(memory, ids),
                "valkey": lambda ids: valkey.counters(ids, _NOW),
                "round_trip": lambda ids: client.mget([_key(identity, name) for name in ids]),
                "valkey_row_by_row": lambda ids: _get_by_get(client, identity, ids),
            }
            took = await _ask(ways, requests, progress)
            blobs = await client.mget([_key(identity, name) for ids in requests[:10] for name in ids])
            size = statistics.fmean(len(blob or b"") for blob in blobs)
        finally:
            await valkey.close()
            await client.aclose()
    return OnlineSpeed(took, filled, count, size)


async def _ask(ways: dict[str, Way], requests: list[list[str]], progress: Progress) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number, ids in enumerate(requests):
        progress("requests", number, len(requests))
        for name, way in ways.items():
            began = time.perf_counter()
            await way(ids)
            seconds[name].append(time.perf_counter() - began)
    return {name: 1000 * statistics.median(values) for name, values in seconds.items()}


async def _fill(store: OnlineStore, log: Batch, progress: Progress, name: str) -> float:
    began, after = time.perf_counter(), 0
    for start in range(0, len(log), _BATCH):
        progress(f"filling {name}", start, len(log))
        batch = log[start : start + _BATCH]
        await store.apply(batch, after)
        after = batch[-1][0]
    return len(log) / (time.perf_counter() - began)


def _day(count: int, chance: random.Random) -> Batch:
    """A day's events, in order; the busiest video gets about one in twenty."""
    kinds = [kind for kind, weight in _KINDS for _ in range(weight)]
    times = sorted(_NOW - chance.randrange(_DAY_MS) for _ in range(count))
    return [
        (number, _event(number, f"BV{int(_VIDEOS * chance.random() ** 3):08d}", chance.choice(kinds), at))
        for number, at in enumerate(times, 1)
    ]


def _event(number: int, video: str, kind: Kind, at: int) -> Event:
    return Event(
        event_id=f"e{number}",
        request_id="r",
        video_id=video,
        kind=kind,
        event_time=at,
        received_time=at,
        user_id=f"u{number % 1000}",
        position=1 if kind == "impression" else None,
        seconds=float(number % 60) if kind == "play" else None,
    )


def _distinct(names: Sequence[str], chance: random.Random) -> list[str]:
    """500 videos, the busier the likelier; fewer where there are no more."""
    wanted = min(CANDIDATES, len(set(names)))
    found: dict[str, None] = {}
    while len(found) < wanted:
        found[chance.choice(names)] = None
    return list(found)


def _key(log: str, name: str) -> str:
    return f"{FORMAT}:{log}:{{p{partition(name)}}}:v:{name}"


async def _row_by_row(memory: MemoryStore, ids: Sequence[str]) -> None:
    for name in ids:
        await memory.counters([name], _NOW)


async def _get_by_get(client: Any, log: str, ids: Sequence[str]) -> list[list[list[int]]]:
    """As one would write it for one video: a GET, then its cells one after the other."""
    return [plain_sums(await client.get(_key(log, name)) or b"", _NOW) for name in ids]


def plain_sums(blob: bytes, now: int) -> list[list[int]]:
    """Counters of one video, (3 windows, 7 counters), by the same bytes and definition."""
    sums = [[0] * len(COUNTERS) for _ in WINDOWS]
    for at in range(0, len(blob), CELL_BYTES):
        tag, count = (int.from_bytes(blob[at + i : at + i + 4], "little") for i in (0, 4))
        window = WINDOWS[tag >> 30]
        age = now // window.size_ms - (tag >> 3 & (1 << 27) - 1)
        if 0 <= age < window.buckets:
            sums[tag >> 30][tag & 7] += count
    return sums


@asynccontextmanager
async def _server() -> AsyncIterator[str]:
    """An embedded server of the bench's own."""
    port = any_free()
    url = f"valkey://{LOOPBACK}:{port}"
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            server_arguments(port), cwd=Path(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            await _wait_until_up(url)
            yield url
        finally:
            process.kill()
            process.wait()


async def _wait_until_up(url: str) -> None:
    client = Valkey.from_url(url)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with suppress(ValkeyConnectionError):
            await client.ping()
            await client.aclose()
            return
        await asyncio.sleep(0.02)
    raise EncoreError(f"the embedded Valkey did not answer within [{_START_SECONDS:g}] seconds")
