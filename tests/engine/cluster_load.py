"""Clients of a cluster: eight that search and one that writes, who try the other node where one fails."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from tests.engine.fake_ranker import wait_until
from tests.engine.two_nodes import ClusterNode

SEARCHERS = 8
LOST_SECONDS = 60.0  # a search that no try has answered by then is lost
WRITE_SECONDS = 5.0  # a write waits for a master that is gone longer than its own timeout says
PAUSE_SECONDS = 0.02  # between two tries, so that a dead port isn't asked a thousand times a second
THINK_SECONDS = 0.05  # between a client's searches: two cores have to start the killed node beside them
RETRIED = (429, 502, 503, 504)
# What OpenSearch calls 500: the node died between a search's query and its fetch.
GONE = ("node_disconnected_exception", "node_not_connected_exception")


@dataclass
class Counts:
    """What happened so far.

    Attributes:
        answered: Searches that were answered at last.
        retried: Those of them whose first try failed.
        lost: Searches that nobody answered, with what the last try said.
        wrong: What answers said that they should not have.
        acknowledged: Ids of documents whose write was acknowledged.
        unacknowledged: Tries to write that were not.
    """

    answered: int = 0
    retried: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    unacknowledged: int = 0


class Load:
    """Runs from `with` to its end; `counts` may be read at any time.

    Args:
        nodes: Whom to ask; each search and each write begins at another.
        index: Where.
        body: The search.
        flaw: What is wrong with an answer; empty if nothing.
        document: What the writer writes.
    """

    def __init__(
        self,
        nodes: Sequence[ClusterNode],
        index: str,
        *,
        body: Mapping[str, Any],
        flaw: Callable[[httpx.Response], str],
        document: Mapping[str, Any],
    ) -> None:
        self._nodes, self._index = nodes, index
        self._body, self._flaw, self._document = body, flaw, document
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.counts = Counts()
        self._threads = [
            threading.Thread(target=self._search, args=(number,), name=f"searcher-{number}")
            for number in range(SEARCHERS)
        ] + [threading.Thread(target=self._write, name="writer")]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def goes_on(self, searches: int = 60, writes: int = 10, seconds: float = 90) -> None:
        """Waits until that many more searches were answered and writes acknowledged."""
        answered, written = self.counts.answered, len(self.counts.acknowledged)
        wait_until(
            lambda: (
                self.counts.lost
                or self.counts.wrong
                or (
                    self.counts.answered >= answered + searches
                    and len(self.counts.acknowledged) >= written + writes
                )
            ),
            seconds,
        )

    def _search(self, number: int) -> None:
        with _client(LOST_SECONDS) as http:
            while not self._stop.is_set():
                self._search_once(http, number)
                number += 1
                self._stop.wait(THINK_SECONDS)

    def _search_once(self, http: httpx.Client, first: int) -> None:
        path = f"/{self._index}/_search"
        deadline = time.monotonic() + LOST_SECONDS
        tries, said = 0, ""
        while time.monotonic() < deadline:
            node = self._nodes[(first + tries) % len(self._nodes)]
            try:
                answer = http.post(
                    node.url + path, json=self._body, params={"allow_partial_search_results": "false"}
                )
            except httpx.TransportError as error:
                said = repr(error)
            else:
                if not _is_worth_another_try(answer):
                    self._note(answer, retried=tries > 0)
                    return
                said = answer.text
            tries += 1
            time.sleep(PAUSE_SECONDS)
        with self._lock:
            self.counts.lost.append(said)

    def _note(self, answer: httpx.Response, *, retried: bool) -> None:
        flaw = answer.text if answer.status_code != 200 else self._flaw(answer)
        with self._lock:
            self.counts.answered += 1
            self.counts.retried += retried
            if flaw:
                self.counts.wrong.append(flaw)

    def _write(self) -> None:
        """One document after the other, each tried until it is acknowledged or the load ends."""
        number = tries = 0
        with _client(WRITE_SECONDS) as http:
            while not self._stop.is_set():
                node = self._nodes[(number + tries) % len(self._nodes)]
                id = f"w{number:06d}"
                try:
                    answer = http.put(
                        f"{node.url}/{self._index}/_doc/{id}",
                        json={**self._document, "video_id": id},
                        params={"timeout": "1s"},
                    )
                    done = answer.status_code in (200, 201)
                except httpx.TransportError:
                    done = False
                if done:
                    self.counts.acknowledged.append(id)
                    number += 1
                else:
                    self.counts.unacknowledged += 1
                    time.sleep(PAUSE_SECONDS)
                tries = 0 if done else tries + 1


def _is_worth_another_try(answer: httpx.Response) -> bool:
    gone = answer.status_code == 500 and any(why in answer.text for why in GONE)
    return answer.status_code in RETRIED or gone


def _client(seconds: float) -> httpx.Client:
    return httpx.Client(timeout=seconds, trust_env=False)
