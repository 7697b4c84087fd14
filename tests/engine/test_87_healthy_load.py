"""Many searches at once: a ranker that answers degrades none, one that stands still holds up no plain one.

A shard's call holds a search thread. The node has four threads more than calls that it may have in flight,
so the shards of a few searches together ask for more places than there are.
"""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.engine.fake_ranker import slow, wait_until
from tests.engine.fine_rank_songs import BY_HEAT, FINE, FINE_ORDER, body, ids, marks, ranker, songs, stats

SHARDS = 3
CLIENTS = 8
PLACES = 8  # what the launcher gives
SPARE = 4  # search threads beyond them


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "healthy-load", shards=SHARDS) as name:
        yield name


def searches(node, index, count, request=None):
    """The answers of so many searches at once, each by a client of its own, as futures."""
    pool = ThreadPoolExecutor(count)
    started = [pool.submit(_search, node.url, index, request or body()) for _ in range(count)]
    pool.shutdown(wait=False)
    return started


def _search(url, index, request):
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        return client.post(f"/{index}/_search", json=request)


def assert_fine(answer):
    assert answer.status_code == 200, answer.text
    assert "X-Encore-Degraded" not in answer.headers
    assert ids(answer) == FINE_ORDER[:10]
    assert marks(answer) == [FINE] * 10


def test_calls_beyond_the_bound_wait_for_a_place(node, index):
    with ranker(node, timeout="30s") as fake:
        before = stats(node)
        fake.behave = slow(60)
        answers = searches(node, index, CLIENTS)
        wait_until(lambda: (stats(node)["in_flight"], stats(node)["waiting"]) == (PLACES, SPARE))
        wait_until(lambda: len(fake.requests) == PLACES)
        fake.good()
        for answer in answers:
            assert_fine(answer.result())
        after = stats(node)
        assert len(fake.requests) == CLIENTS * SHARDS
        assert after["ranked"] == before["ranked"] + CLIENTS * SHARDS
        assert after["degraded"] == before["degraded"]
        assert (after["in_flight"], after["waiting"]) == (0, 0)


def test_a_ranker_that_answers_degrades_no_search(node, index):
    with ranker(node, timeout="30s") as fake:
        for _ in range(10):
            for answer in searches(node, index, CLIENTS):
                assert_fine(answer.result())
        assert len(fake.requests) == 10 * CLIENTS * SHARDS


def test_a_ranker_that_stands_still_holds_up_no_plain_search(node, index):
    with ranker(node, timeout="10s") as fake:
        before = stats(node)
        fake.behave = slow(60)
        answers = searches(node, index, 2 * CLIENTS)
        wait_until(lambda: stats(node)["in_flight"] == PLACES)
        (plain,) = searches(node, index, 1, {"query": BY_HEAT})
        assert plain.result().json()["_shards"] == {"total": 3, "successful": 3, "skipped": 0, "failed": 0}
        during = stats(node)
        assert during["in_flight"] == PLACES, "the calls still wait: nobody's end made room"
        assert during["causes"]["timeout"] == before["causes"]["timeout"]
        fake.good()
        for answer in answers:
            assert answer.result().status_code == 200
            assert {mark.get("cause", "overloaded") for mark in marks(answer.result())} == {"overloaded"}
        (after,) = searches(node, index, 1)
        assert_fine(after.result())
