"""Where peers fail: a rescorer forgets timeout and cancellation (Elasticsearch 114955, PR 121784)."""

import threading
import time

import httpx
import pytest

from tests.engine.fake_ranker import FakeRanker, slow, unavailable, wait_until
from tests.engine.fine_rank_songs import (
    BY_HEAT,
    COARSE_ORDER,
    FINE_ORDER,
    body,
    hits,
    ids,
    marks,
    patience,
    ranker,
    search,
    songs,
    stats,
    using,
)

SHARDS = 3


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "protection", shards=SHARDS) as name:
        yield name


def test_the_searches_own_timeout_ends_every_shards_wait(node, index):
    with ranker(node, timeout="30s") as fake:
        fake.behave = slow(60)
        answer = search(node, index, body(size=40, timeout="300ms"))
        assert ids(answer) == COARSE_ORDER
        assert marks(answer) == [{"rank": "coarse", "cause": "search_timeout"}] * 40
        assert answer.headers["X-Encore-Degraded"] == "search_timeout"
        sent = [int(headers["X-Encore-Deadline-Ms"]) for headers in fake.headers]
        assert all(0 < left <= 300 for left in sent), "the ranker learns how long is left"


def test_a_client_that_goes_ends_the_calls_of_all_shards(node, index):
    with ranker(node, timeout="30s") as fake:
        fake.behave = slow(60)
        before = stats(node)["cancelled"]
        with pytest.raises(httpx.TimeoutException), httpx.Client(trust_env=False, timeout=0.7) as impatient:
            impatient.post(f"{node.url}/{index}/_search", json=body())
        wait_until(lambda: stats(node)["cancelled"] == before + SHARDS)
        assert stats(node)["in_flight"] == 0
        assert stats(node)["rankers"][0]["circuit"] == "closed", "cancelling says nothing about the ranker"
        fake.good()
        assert ids(search(node, index, body(size=40))) == FINE_ORDER


@pytest.mark.parametrize(
    "cause", ["model_server_unavailable", "overloaded", "deadline", "generation_unknown"]
)
def test_a_failing_ranker_degrades_the_order_and_never_the_search(node, index, cause):
    with ranker(node) as fake:
        fake.behave = unavailable(cause)
        answer = search(
            node, index, body(size=40, aggs={"groups": {"terms": {"field": "group", "size": 10}}})
        )
        assert ids(answer) == COARSE_ORDER
        assert answer.json()["_shards"] == {"total": SHARDS, "successful": SHARDS, "skipped": 0, "failed": 0}
        assert len(answer.json()["aggregations"]["groups"]["buckets"]) == 10
        assert {mark["cause"] for mark in marks(answer)} == {cause}


def test_only_one_call_probes_a_ranker_that_failed(node, index):
    """Many searches wait for nothing while the one probe is under way."""
    with (
        FakeRanker() as fake,
        using(node, fake.address, breaker__failures=1, breaker__probe_interval="200ms"),
    ):
        fake.behave = slow(60)
        patience(node, "300ms")
        search(node, index)
        wait_until(lambda: stats(node)["rankers"][0]["circuit"] == "open")
        patience(node, "20s")
        fake.forget()
        answers = []
        prober = threading.Thread(target=lambda: answers.append(search(node, index, timeout="30s")))
        wait_until(lambda: probed(node, index, fake, prober))
        for _ in range(10):
            answer = search(node, index)
            assert {mark["cause"] for mark in marks(answer)} == {"circuit_open"}
        assert len(fake.requests) == 1, "one probe at a time, whatever the number of shards and searches"
        fake.good()
        prober.join(20)
        wait_until(lambda: stats(node)["rankers"][0]["circuit"] == "closed")
        assert ids(search(node, index, body(size=40))) == FINE_ORDER


def probed(node, index, fake, prober) -> bool:
    """Whether the prober's search has a shard that asks the ranker."""
    if prober.ident is None:
        time.sleep(0.3)  # the probe interval, after which the next call is the probe
        prober.start()
    return len(fake.requests) == 1 and stats(node)["rankers"][0]["circuit"] == "half_open"


def test_an_answer_larger_than_the_bound_is_not_read(node, index):
    with ranker(node, max_response_size="64kb") as fake:
        fake.behave = lambda handler, good: handler.answer(good + bytes(100_000))
        answer = search(node, index)
        assert {mark["cause"] for mark in marks(answer)} == {"bad_response"}
        assert "exceeds the limit of [65536]" in stats(node)["last_failure"]["bad_response"]["reason"]


def test_statistics_count_each_shards_call(node, index):
    with ranker(node) as fake:
        before = stats(node)
        search(node, index)
        fake.behave = unavailable("overloaded")
        search(node, index)
        after = stats(node)
        assert after["calls"] == before["calls"] + 2 * SHARDS
        assert after["ranked"] == before["ranked"] + SHARDS
        assert after["causes"]["overloaded"] == before["causes"]["overloaded"] + SHARDS
        latency = after["latency_ms"]
        assert latency["count"] == before["latency_ms"]["count"] + SHARDS
        assert 0 < latency["p50"] <= latency["p95"] <= latency["p99"] <= latency["max"]


def test_plain_searches_are_left_alone(node, index):
    with ranker(node, timeout="30s") as fake:
        fake.behave = slow(60)
        assert len(hits(search(node, index, {"query": BY_HEAT, "size": 5}))) == 5
        assert not fake.requests
