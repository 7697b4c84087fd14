"""How many events a second the ranker's real door takes, each batch acknowledged after its `fsync`."""

import http.client
import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import numpy as np

from ranker.errors import EncoreError
from ranker.evaluation.own_ranker import OwnRanker
from ranker.settings import Settings

BATCHES: Final = (1, 100, 1000)
CLIENTS: Final = 8
_WARM_UP_SECONDS: Final = 1.0
_VIDEOS: Final = 20_000
_KINDS: Final[tuple[dict[str, Any], ...]] = (
    *({"kind": "impression", "position": place} for place in range(1, 9)),
    {"kind": "click"},
    {"kind": "play", "seconds": 42.5},
)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Speed:
    """One batch size: events a second, batches acknowledged, and their milliseconds at percentiles."""

    batch: int
    clients: int
    events: int
    seconds: float
    p50: float
    p99: float

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "batch": self.batch,
            "clients": self.clients,
            "events": self.events,
            "events_a_second": round(self.events / self.seconds),
            "batches_a_second": round(self.events / self.batch / self.seconds, 1),
            "milliseconds": {"p50": round(self.p50, 2), "p99": round(self.p99, 2)},
        }


def some_event(number: int, prefix: str) -> dict[str, Any]:
    """The `number`-th of a plausible stream: eight impressions of a request, a click, a play, and again."""
    return {
        "event_id": f"{prefix}{number}",
        "request_id": f"r{number // len(_KINDS):09d}",
        "video_id": f"BV{number * 7919 % _VIDEOS:010d}",
        "event_time": 1_750_000_000_000 + number,
        "user_id": f"u{number // 50 % 5_000}",
        "device": "phone",
        **_KINDS[number % len(_KINDS)],
    }


def measure(
    settings: Settings,
    environment: Mapping[str, str],
    seconds: float,
    progress: Progress,
    batches: Sequence[int] = BATCHES,
    clients: int = CLIENTS,
) -> list[Speed]:
    """Each batch size in turn, against a ranker of its own whose log is in `settings.events`.

    Bodies are made before the clock starts; clients and ranker share this machine's cores.

    Raises:
        EncoreError: A batch was not taken.
    """
    found = []
    ranker = OwnRanker.start(settings, environment)
    try:
        for number, batch in enumerate(batches):
            found.append(_one(ranker.url, batch, clients, seconds, f"{number}-"))
            progress("batch sizes", number + 1, len(batches))
    finally:
        ranker.stop()
    return found


def _one(url: str, batch: int, clients: int, seconds: float, prefix: str) -> Speed:
    workers = [_Client(url, batch, f"{prefix}{client}-") for client in range(clients)]
    begins = time.monotonic() + _WARM_UP_SECONDS
    threads = [threading.Thread(target=worker.run, args=(begins, begins + seconds)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = [worker.failure for worker in workers if worker.failure]
    if failed:
        raise EncoreError(f"a batch of [{batch}] events was not taken: [{failed[0]}]")
    times = np.array([value for worker in workers for value in worker.milliseconds])
    p50, p99 = (float(value) for value in np.percentile(times, (50, 99)))
    return Speed(batch, clients, batch * len(times), seconds, p50, p99)


class _Client:
    """Sends batch after batch over one connection. A body is used once: ids that are known cost less."""

    def __init__(self, url: str, batch: int, prefix: str) -> None:
        self.milliseconds: list[float] = []
        self.failure = ""
        self._batch = batch
        self._prefix = prefix
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._template = msgspec.json.encode(
            {"events": [some_event(number, "\0").copy() for number in range(batch)]}
        ).replace(b"\\u0000", b"\0")

    def run(self, begins: float, ends: float) -> None:
        """Until `ends`; what is sent from `begins` on and acknowledged by `ends` counts."""
        for turn in itertools.count():
            body = self._template.replace(b"\0", f"{self._prefix}{turn}-".encode())
            sent = time.monotonic()
            if sent >= ends:
                return
            try:
                self._connection.request("POST", "/v1/events", body)
                response = self._connection.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException) as error:
                self.failure = repr(error)
                return
            done = time.monotonic()
            if response.status != 200 or msgspec.json.decode(answer)["accepted"] != self._batch:
                self.failure = answer.decode()[:200]
                return
            if sent >= begins and done <= ends:
                self.milliseconds.append((done - sent) * 1000)


def log_bytes(folder: Path) -> int:
    """Bytes of the log's segments."""
    return sum(path.stat().st_size for path in folder.glob("events-*.journal"))
