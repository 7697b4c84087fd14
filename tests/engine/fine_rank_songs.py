"""Forty videos whose coarse score is their number, and a fake ranker that orders them otherwise.

Coarse: v039, v038, … v000, with scores 39, 38, … 0. Fine: tier = number mod 4, u = number / 1000, so
v039, v035, … v003 (tier 3), then v038, v034, …
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tests.engine.fake_ranker import FakeRanker, number

COUNT = 40
FINE = {"rank": "fine", "mark": "scored"}  # the mark of a hit that the ranker scored now
COARSE_ORDER = [f"v{n:03d}" for n in reversed(range(COUNT))]
FINE_ORDER = sorted(COARSE_ORDER, key=lambda item: (number(item) % 4, number(item)), reverse=True)

PROPERTIES = {
    "video_id": {"type": "keyword"},
    "title": {"type": "text"},
    "heat": {"type": "float"},
    "group": {"type": "keyword"},
    "parts": {"type": "nested", "properties": {"name": {"type": "keyword"}}},
}


@contextmanager
def songs(node, name: str, *, shards: int = 1, replicas: int = 0, **meta: Any) -> Iterator[str]:
    """The index with the forty videos in it, dropped afterwards."""
    node.client.create(
        name,
        {"dynamic": "strict", "_meta": meta, "properties": PROPERTIES},
        {"number_of_shards": shards, "number_of_replicas": replicas},
    )
    try:
        node.client.fill(name, ((f"v{n:03d}", song(n)) for n in range(COUNT)))
        yield name
    finally:
        node.client.drop(name)


def song(n: int) -> dict[str, Any]:
    return {
        "video_id": f"v{n:03d}",
        "title": f"song {n}",
        "heat": n,
        "group": f"g{n % 10}",
        "parts": [{"name": "intro"}, {"name": "chorus"}],
    }


@contextmanager
def using(node, *addresses: str, **settings: Any) -> Iterator[None]:
    """The node calls these rankers, with these settings below `encore.ranker`; undone afterwards."""
    named = {f"encore.ranker.{name.replace('__', '.')}": value for name, value in settings.items()}
    changed = {"encore.ranker.addresses": list(addresses), "encore.ranker.timeout": "5s"} | named
    node.client.configure(changed)
    try:
        yield
    finally:
        node.client.configure(dict.fromkeys(changed))


def patience(node, timeout: str) -> None:
    """How long the node waits for the ranker from now on; within `using`, which takes it back."""
    node.client.configure({"encore.ranker.timeout": timeout})


@contextmanager
def ranker(node, **settings: Any) -> Iterator[FakeRanker]:
    """A fake ranker that the node calls, with a circuit of its own."""
    with FakeRanker() as fake, using(node, fake.address, **settings):
        yield fake


BY_HEAT = {
    "function_score": {
        "query": {"match": {"title": "song"}},
        "field_value_factor": {"field": "heat"},
        "boost_mode": "replace",
    }
}


def body(
    window: int = 40, size: int = 10, *, fine: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A search with fine_rank."""
    return {
        "query": BY_HEAT,
        "size": size,
        "_source": False,
        "rescore": {"window_size": window, "fine_rank": {"query": "song", **(fine or {})}},
        **more,
    }


def search(node, index: str, request: dict[str, Any] | None = None, **parameters: str):
    """The HTTP answer, which must be 200."""
    answer = node.http.post(
        f"/{index}/_search", json=body() if request is None else request, params=parameters
    )
    assert answer.status_code == 200, answer.text
    return answer


def hits(answer) -> list[dict[str, Any]]:
    return answer.json()["hits"]["hits"]


def ids(answer) -> list[str]:
    return [hit["_id"] for hit in hits(answer)]


def marks(answer) -> list[dict[str, Any]]:
    return [hit["fields"]["encore"][0] for hit in hits(answer)]


def fine_score(n: int) -> np.float32:
    """1 + tier + u, rounded down."""
    return down(1 + n % 4 + n / 1000)


def coarse_score(n: int) -> np.float32:
    """s / (1 + s), rounded down."""
    return down(n / (1 + n))


def down(exact: float) -> np.float32:
    """The largest float32 that is not above it."""
    nearest = np.float32(exact)
    return nearest if float(nearest) <= exact else np.nextafter(nearest, np.float32(0))


def stats(node) -> dict[str, Any]:
    """The one node's."""
    (only,) = node.http.get("/_encore/stats").json()["nodes"].values()
    return only["fine_rank"]
