"""Whatever the ranker does, a search answers 200: in coarse order, marked with the cause, counted by it."""

import threading

import httpx
import pytest

from tests.engine import fake_ranker
from tests.engine.fake_ranker import FakeRanker, answering, number, slow, unavailable, wait_until
from tests.engine.fine_rank_songs import (
    BY_HEAT,
    COARSE_ORDER,
    FINE_ORDER,
    coarse_score,
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
from tests.engine.global_rerank import body


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "global-falls-back", shards=3) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node, breaker__failures=1000) as started:
        yield started


def assert_degraded(node, index, cause, **more):
    before = stats(node)
    answer = search(node, index, body(node, size=40, **more))
    after = stats(node)
    assert ids(answer) == COARSE_ORDER
    assert marks(answer) == [{"rank": "coarse", "cause": cause}] * 40
    assert [hit["_score"] for hit in hits(answer)] == [
        pytest.approx(float(coarse_score(number(item)))) for item in COARSE_ORDER
    ]
    assert answer.headers["X-Encore-Degraded"] == cause
    assert answer.headers["X-Encore-Request-Id"]
    assert answer.json()["_shards"]["failed"] == 0
    assert after["causes"][cause] == before["causes"][cause] + 1
    assert after["degraded"] == before["degraded"] + 1, "one call, so one fallback"
    return answer


def assert_fine(node, index):
    answer = search(node, index, body(node, size=40))
    assert ids(answer) == FINE_ORDER
    assert "X-Encore-Degraded" not in answer.headers


FAULTS = {
    "slow": (slow(30), "timeout"),
    "stalled mid-body": (fake_ranker.stalled_mid_body, "timeout"),
    "broken mid-body": (fake_ranker.broken_mid_body, "ranker_unavailable"),
    "hanging up": (fake_ranker.hanging_up, "ranker_unavailable"),
    "garbage": (answering(lambda good: b"what?" * 20), "bad_response"),
    "shortened": (answering(lambda good: good[:-1]), "bad_response"),
    "u is NaN": (answering(lambda good: good[:-8] + b"\0\0\0\0\0\0\xf8\x7f"), "bad_response"),
    "huge": (answering(lambda good: good + bytes(5 << 20)), "bad_response"),
    "503 models": (unavailable("model_server_unavailable"), "model_server_unavailable"),
    "503 generation": (unavailable("generation_unknown"), "generation_unknown"),
    "503 unknown": (unavailable("sun_spots"), "ranker_error"),
    "400": (lambda handler, good: handler.answer(b"", 400), "bad_request"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_leaves_the_coarse_order_and_the_next_search_is_fine(node, index, fake, fault):
    assert_fine(node, index)
    behave, cause = FAULTS[fault]
    fake.behave = behave
    patience(node, "200ms" if cause == "timeout" else "5s")
    assert_degraded(node, index, cause)
    patience(node, "5s")
    fake.good()
    assert_fine(node, index)


def test_pages_of_a_search_that_fell_back(node, index, fake):
    fake.behave = unavailable("deadline")
    assert ids(search(node, index, body(node, size=10, **{"from": 30}))) == COARSE_ORDER[30:]


def test_a_least_score_keeps_all_of_a_search_that_fell_back(node, index, fake):
    fake.behave = unavailable("deadline")
    assert ids(search(node, index, body(node, size=40, ask={"min_score": 3}))) == COARSE_ORDER


def test_no_ranker_at_all(node, index):
    with using(node):
        assert_degraded(node, index, "ranker_unavailable")


def test_the_second_of_two_rankers_takes_over(node, index):
    with FakeRanker() as first, FakeRanker() as second, using(node, first.address, second.address):
        first.refuse()
        for _ in range(10):
            assert_fine(node, index)
        assert len(second.requests) == 10


def test_a_request_id_stays_with_its_ranker(node, index):
    with FakeRanker() as first, FakeRanker() as second, using(node, first.address, second.address):
        for n in range(10):
            first.forget()
            second.forget()
            for _ in range(3):
                search(node, index, body(node, ask={"request_id": f"stays-{n}", "now": 1}))
            assert sorted([len(first.requests), len(second.requests)]) == [0, 3]


def test_the_searches_own_timeout_comes_first(node, index):
    with ranker(node, timeout="20s") as fake:
        fake.behave = slow(30)
        answer = assert_degraded(node, index, "search_timeout", timeout="400ms")
        assert answer.json()["took"] < 10_000, "not the setting's 20 s"


def test_the_ranker_learns_the_time_that_is_left(node, index, fake):
    search(node, index, body(node))
    search(node, index, body(node, timeout="2s"))
    deadlines = [int(headers["X-Encore-Deadline-Ms"]) for headers in fake.headers]
    assert 4_000 <= deadlines[0] <= 5_000, "the setting, 5 s"
    assert 1_000 <= deadlines[1] <= 2_000, "what is left of the search's own timeout"


def test_a_stopped_ranker_costs_few_deadlines_and_fine_order_returns_by_itself(node, index):
    with ranker(node, breaker__failures=3, breaker__probe_interval="300ms") as fake:
        assert_fine(node, index)
        fake.behave = slow(30)
        patience(node, "200ms")
        causes = [marks(search(node, index, body(node)))[0]["cause"] for _ in range(30)]
        assert causes[:3] == ["timeout"] * 3
        assert set(causes[3:]) <= {"circuit_open", "timeout"}
        assert causes.count("circuit_open") > 15
        patience(node, "5s")
        fake.good()
        wait_until(lambda: "X-Encore-Degraded" not in search(node, index, body(node)).headers, seconds=5)
        assert_fine(node, index)


def test_calls_beyond_those_that_may_wait_take_the_coarse_order_at_once_and_no_thread_waits(node, index):
    """Far more searches wait than the node has threads to search with; others go on."""
    with ranker(node, calls_in_flight=12, timeout="30s") as fake:
        fake.behave = slow(60)
        threads = [threading.Thread(target=search, args=(node, index, body(node))) for _ in range(24)]
        for thread in threads:
            thread.start()
        wait_until(lambda: (stats(node)["in_flight"], stats(node)["waiting"]) == (12, 12))
        try:
            answer = assert_degraded(node, index, "overloaded")
            assert answer.json()["took"] < 10_000
            plain = search(node, index, {"query": BY_HEAT})
            assert plain.json()["took"] < 10_000
        finally:
            fake.good()
            for thread in threads:
                thread.join()
        assert_fine(node, index)


def test_a_cancelled_search_stops_waiting(node, index):
    with ranker(node, timeout="30s") as fake:
        fake.behave = slow(60)
        before = stats(node)["cancelled"]
        with pytest.raises(httpx.TimeoutException), httpx.Client(trust_env=False, timeout=0.7) as impatient:
            impatient.post(f"{node.url}/{index}/_search", json=body(node))
        wait_until(lambda: stats(node)["cancelled"] == before + 1)
        assert stats(node)["in_flight"] == 0
        assert stats(node)["rankers"][0]["circuit"] == "closed"
        fake.good()
        assert_fine(node, index)


def test_a_task_can_be_cancelled(node, index):
    with ranker(node, timeout="30s") as fake:
        fake.behave = slow(60)
        answers = []

        def send():
            with httpx.Client(trust_env=False, timeout=60) as client:
                answers.append(
                    client.post(
                        f"{node.url}/{index}/_search", json=body(node), headers={"X-Opaque-Id": "stop-me"}
                    )
                )

        waiting = threading.Thread(target=send)
        waiting.start()
        wait_until(lambda: stats(node)["in_flight"] == 1)
        tasks = node.client.call("GET", "/_tasks", actions="indices:data/read/search", detailed=True)["nodes"]
        found = [
            name
            for holder in tasks.values()
            for name, task in holder["tasks"].items()
            if task["headers"].get("X-Opaque-Id") == "stop-me"
        ]
        assert len(found) == 1
        node.client.call("POST", f"/_tasks/{found[0]}/_cancel")
        waiting.join(10)
        assert 400 <= answers[0].status_code < 600
        assert "task_cancelled_exception" in answers[0].text


def test_counts_add_up(node, index, fake):
    before = stats(node)
    for _ in range(5):
        search(node, index, body(node, size=40))
    after = stats(node)
    assert after["ranked"] == before["ranked"] + 5, "one call a search, whatever the shards"
    assert after["candidates"] == before["candidates"] + 200
    assert after["calls"] == after["ranked"] + after["degraded"] + after["cancelled"]
