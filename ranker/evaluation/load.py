"""Searches under load: clients, each a thread with one connection, that ask again once answered."""

import http.client
import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

import msgspec
import numpy as np

_encode = msgspec.json.Encoder().encode
_CLIENT_SECONDS: Final = 30.0  # longer than any search may take, so that a hang shows as itself


class _Mark(msgspec.Struct):
    rank: str


class _Fields(msgspec.Struct):
    encore: list[_Mark] = []


class _Hit(msgspec.Struct):
    fields: _Fields = msgspec.field(default_factory=_Fields)


class _Hits(msgspec.Struct):
    hits: list[_Hit] = []


class _Answer(msgspec.Struct):
    hits: _Hits = msgspec.field(default_factory=_Hits)


_decode = msgspec.json.Decoder(_Answer).decode


@dataclass(frozen=True)
class Search:
    """One search as its client saw it.

    Attributes:
        sent: When it was sent, monotonic seconds.
        milliseconds: Until the whole answer had come.
        status: HTTP status; 0 where the connection failed.
        degraded: The answer's X-Encore-Degraded; empty where it has none.
        fine: Hits marked as finely ranked.
        hits: Hits in all.
    """

    sent: float
    milliseconds: float
    status: int
    degraded: str
    fine: int
    hits: int

    @property
    def is_fine(self) -> bool:
        """Answered, not degraded, every hit finely ranked."""
        return self.status == 200 and not self.degraded and self.fine == self.hits


def search_once(connection: http.client.HTTPConnection, path: str, body: bytes) -> Search:
    """Send one search and read its whole answer; a failed connection is an answer with status 0."""
    sent = time.monotonic()
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        data = response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return Search(sent, (time.monotonic() - sent) * 1000, 0, "", 0, 0)
    milliseconds = (time.monotonic() - sent) * 1000
    hits = _decode(data).hits.hits if response.status == 200 else []
    fine = sum(any(mark.rank == "fine" for mark in hit.fields.encore) for hit in hits)
    degraded = response.getheader("X-Encore-Degraded") or ""
    return Search(sent, milliseconds, response.status, degraded, fine, len(hits))


def connect(url: str) -> http.client.HTTPConnection:
    """A keep-alive connection to the engine."""
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_CLIENT_SECONDS)


class Clients:
    """`count` clients that search until they are stopped; used as a context.

    Args:
        url: The engine.
        index: Index or alias.
        bodies: Search bodies, asked in turn.
        count: Clients at once.
        pause_seconds: How long each rests after an answer; 0: not at all.
    """

    def __init__(
        self,
        url: str,
        index: str,
        bodies: Sequence[dict[str, object]],
        count: int,
        pause_seconds: float = 0.0,
    ) -> None:
        self._url = url
        self._path = f"/{index}/_search"
        self._bodies = [_encode(body) for body in bodies]
        self._pause_seconds = pause_seconds
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._searches: list[Search] = []
        self._threads = [
            threading.Thread(target=self._run, args=(i,), name=f"client-{i}", daemon=True)
            for i in range(count)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(_CLIENT_SECONDS)

    def _run(self, number: int) -> None:
        connection = connect(self._url)
        stride = max(1, len(self._bodies) // max(1, len(self._threads)))
        for i in itertools.count(number * stride):
            if self._stop.is_set():
                break
            search = search_once(connection, self._path, self._bodies[i % len(self._bodies)])
            with self._lock:
                self._searches.append(search)
            if self._pause_seconds:
                self._stop.wait(self._pause_seconds)
        connection.close()

    def sent_between(self, start: float, end: float = float("inf")) -> list[Search]:
        """Answered searches that were sent in [start, end), monotonic seconds."""
        with self._lock:
            return [search for search in self._searches if start <= search.sent < end]


def percentile(searches: Sequence[Search], q: float) -> float:
    """The q-th percentile of their milliseconds; NaN without any."""
    return float(np.percentile([search.milliseconds for search in searches], q)) if searches else float("nan")
