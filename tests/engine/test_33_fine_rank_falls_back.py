"""Whatever the ranker does, a search answers 200: in coarse order, marked with the cause, counted by it."""

import threading

import httpx
import pytest

from tests.engine import fake_ranker
from tests.engine.fake_ranker import FakeRanker, answering, slow, unavailable, wait_until
from tests.engine.fine_rank_songs import (
    BY_HEAT,
    COARSE_ORDER,
    FINE_ORDER,
    body,
    ids,
    marks,
    patience,
    ranker,
    search,
    songs,
    stats,
    using,
)
from tests.engine.spellings import CANCELLED_STATUS


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "falls-back") as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node, breaker__failures=1000) as started:
        yield started


def assert_degraded(node, index, cause, request=None):
    before = stats(node)
    answer = search(node, index, request or body(size=40))
    after = stats(node)
    assert ids(answer) == COARSE_ORDER
    assert marks(answer) == [{"rank": "coarse", "cause": cause}] * 40
    assert answer.headers["X-Encore-Degraded"] == cause
    assert answer.headers["X-Encore-Request-Id"]
    assert answer.json()["timed_out"] is False
    assert answer.json()["_shards"]["failed"] == 0
    assert after["causes"][cause] == before["causes"][cause] + 1
    assert after["degraded"] == before["degraded"] + 1
    return answer


def assert_fine(node, index):
    answer = search(node, index, body(size=40))
    assert ids(answer) == FINE_ORDER
    assert "X-Encore-Degraded" not in answer.headers


def put_byte(place: int, value: int):
    def change(good: bytes) -> bytes:
        changed = bytearray(good)
        changed[place] = value
        return bytes(changed)

    return answering(change)


FAULTS = {
    "slow": (slow(30), "timeout"),
    "stalled mid-body": (fake_ranker.stalled_mid_body, "timeout"),
    "broken mid-body": (fake_ranker.broken_mid_body, "ranker_unavailable"),
    "hanging up": (fake_ranker.hanging_up, "ranker_unavailable"),
    "garbage": (answering(lambda good: b"what?" * 20), "bad_response"),
    "nothing": (answering(lambda good: b""), "bad_response"),
    "shortened": (answering(lambda good: good[:-1]), "bad_response"),
    "lengthened": (answering(lambda good: good + b"\0"), "bad_response"),
    "another version": (put_byte(4, 2), "bad_response"),
    "one candidate less": (put_byte(8, 39), "bad_response"),
    "one candidate more": (put_byte(8, 41), "bad_response"),
    "u is NaN": (answering(lambda good: good[:-8] + b"\0\0\0\0\0\0\xf8\x7f"), "bad_response"),
    "u is 1": (answering(lambda good: good[:-8] + b"\0\0\0\0\0\0\xf0\x3f"), "bad_response"),
    "u is negative": (answering(lambda good: good[:-1] + b"\xbf"), "bad_response"),
    "tier is 4": (put_byte(-9 * 40, 4), "bad_response"),
    "another search's answer": (
        answering(lambda good: good.replace(b'"request_id":"', b'"request_id":"x')),
        "bad_response",
    ),
    "huge": (answering(lambda good: good + bytes(5 << 20)), "bad_response"),
    "503 models": (unavailable("model_server_unavailable"), "model_server_unavailable"),
    "503 overloaded": (unavailable("overloaded"), "overloaded"),
    "503 deadline": (unavailable("deadline"), "deadline"),
    "503 generation": (unavailable("generation_unknown"), "generation_unknown"),
    "503 unknown": (unavailable("sun_spots"), "ranker_error"),
    "500": (lambda handler, good: handler.answer(b"", 500), "ranker_error"),
    "400": (lambda handler, good: handler.answer(b"", 400), "bad_request"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_leaves_the_coarse_order_and_the_next_search_is_fine(node, index, fake, fault):
    assert_fine(node, index)
    behave, cause = FAULTS[fault]
    fake.behave = behave
    patience(node, "200ms" if cause == "timeout" else "5s")
    assert_degraded(node, index, cause)
    assert_degraded(node, index, cause)
    patience(node, "5s")
    fake.good()
    assert_fine(node, index)


def test_a_ranker_that_refuses_and_comes_back(node, index, fake):
    assert_fine(node, index)
    fake.refuse()
    assert_degraded(node, index, "ranker_unavailable")
    fake.good()
    assert_fine(node, index)


def test_no_ranker_at_all(node, index):
    with using(node):
        assert_degraded(node, index, "ranker_unavailable")
        last = stats(node)["last_failure"]["ranker_unavailable"]
        assert last["reason"] == "no ranker address is configured"


def test_the_second_of_two_rankers_takes_over(node, index):
    with FakeRanker() as first, FakeRanker() as second, using(node, first.address, second.address):
        for _ in range(20):
            assert_fine(node, index)
        assert len(first.requests) > 0
        assert len(second.requests) > 0
        first.refuse()
        second.forget()
        for _ in range(20):
            assert_fine(node, index)
        assert len(second.requests) == 20


def test_a_request_id_stays_with_its_ranker(node, index):
    with FakeRanker() as first, FakeRanker() as second, using(node, first.address, second.address):
        for n in range(10):
            first.forget()
            second.forget()
            for _ in range(3):
                search(node, index, body(fine={"request_id": f"stays-{n}", "now": 1}))
            assert sorted([len(first.requests), len(second.requests)]) == [0, 3]


def test_a_failure_is_described(node, index, fake):
    fake.behave = unavailable("deadline")
    assert_degraded(node, index, "deadline")
    last = stats(node)["last_failure"]["deadline"]
    assert last["reason"] == f"ranker [{fake.address}/v1/score] answered [503], cause [deadline]"


def test_no_byte_of_a_failed_answer_is_shown(node, index, fake):
    for status, cause in ((500, "ranker_error"), (404, "bad_request")):
        fake.behave = lambda handler, good, status=status: handler.answer(b"a secret", status)
        assert_degraded(node, index, cause)
    fake.behave = answering(lambda good: b"a secret")
    assert_degraded(node, index, "bad_response")
    assert "secret" not in node.http.get("/_encore/stats").text


def test_the_searches_own_timeout_comes_first(node, index):
    with ranker(node, timeout="20s") as fake:
        fake.behave = slow(30)
        answer = assert_degraded(node, index, "search_timeout", body(size=40, timeout="400ms"))
        # The engine's clock for timeouts moves in steps of 200 ms.
        assert 150 <= answer.json()["took"] < 10_000, "not the setting's 20 s"


def test_a_search_that_takes_no_partial_results_is_not_failed_by_it(node, index):
    with ranker(node, timeout="20s") as fake:
        fake.behave = slow(30)
        request = body(size=40, timeout="400ms")
        answer = search(node, index, request, allow_partial_search_results="false")
        assert marks(answer) == [{"rank": "coarse", "cause": "search_timeout"}] * 40


def test_a_stopped_ranker_costs_few_deadlines_and_fine_order_returns_by_itself(node, index):
    with ranker(node, breaker__failures=3, breaker__probe_interval="300ms") as fake:
        assert_fine(node, index)
        fake.behave = slow(30)
        patience(node, "200ms")
        causes = [marks(search(node, index))[0]["cause"] for _ in range(60)]
        assert causes[:3] == ["timeout"] * 3
        assert set(causes[3:]) <= {"circuit_open", "timeout"}
        assert causes.count("circuit_open") > 40
        assert stats(node)["rankers"][0] == {"address": fake.address, "circuit": "open", "opened": 1}
        patience(node, "5s")
        fake.good()
        wait_until(lambda: "X-Encore-Degraded" not in search(node, index).headers, seconds=5)
        assert stats(node)["rankers"][0]["circuit"] == "closed"
        assert_fine(node, index)


def test_calls_beyond_those_that_may_wait_take_the_coarse_order_at_once(node, index):
    with ranker(node, calls_in_flight=2, timeout="30s") as fake:
        fake.behave = slow(60)
        threads = [threading.Thread(target=search, args=(node, index)) for _ in range(6)]
        for thread in threads:
            thread.start()
        wait_until(lambda: (stats(node)["in_flight"], stats(node)["waiting"]) == (2, 4))
        try:
            answer = assert_degraded(node, index, "overloaded")
            assert answer.json()["took"] < 10_000
            plain = search(node, index, {"query": BY_HEAT})
            assert plain.json()["took"] < 10_000, "waiting shards don't starve plain searches"
        finally:
            fake.good()
            for thread in threads:
                thread.join()
        assert_fine(node, index)


def test_a_cancelled_search_stops_waiting(node, index):
    with ranker(node, timeout="30s") as fake:
        fake.behave = slow(60)
        before = stats(node)["cancelled"]
        with pytest.raises(httpx.TimeoutException), httpx.Client(trust_env=False, timeout=0.5) as impatient:
            impatient.post(f"{node.url}/{index}/_search", json=body())
        wait_until(lambda: stats(node)["cancelled"] == before + 1)
        assert stats(node)["in_flight"] == 0
        assert stats(node)["rankers"][0]["circuit"] == "closed"
        fake.good()
        assert_fine(node, index)


def test_a_task_can_be_cancelled(node, index):
    with ranker(node, timeout="30s") as fake:
        fake.behave = slow(60)
        answers = []
        request = httpx.Request(
            "POST", f"{node.url}/{index}/_search", json=body(), headers={"X-Opaque-Id": "stop-me"}
        )

        def send():
            with httpx.Client(trust_env=False, timeout=60) as client:
                answers.append(client.send(request))

        waiting = threading.Thread(target=send)
        waiting.start()
        wait_until(lambda: stats(node)["in_flight"] == 1)
        listed = node.client.call("GET", "/_tasks", actions="indices:data/read/search", detailed=True)
        found = [
            name
            for holder in listed["nodes"].values()
            for name, task in holder["tasks"].items()
            if task["headers"].get("X-Opaque-Id") == "stop-me"
        ]
        assert len(found) == 1
        node.client.call("POST", f"/_tasks/{found[0]}/_cancel")
        waiting.join(10)
        assert answers[0].status_code == CANCELLED_STATUS[node.product]
        assert "task_cancelled_exception" in answers[0].text


def test_a_connection_that_turns_out_dead_is_tried_once_more(node, index, fake):
    assert_fine(node, index)
    before = stats(node)["retries"]

    def once(handler, good):
        fake.behave = None
        fake_ranker.hanging_up(handler, good)

    fake.behave = once
    assert_fine(node, index)
    assert stats(node)["retries"] == before + 1
    assert len(fake.requests) == 3


def test_idle_connections_that_died_are_replaced(node, index, fake):
    assert_fine(node, index)
    fake.refuse()
    fake.good()
    assert_fine(node, index)


def test_counts_add_up(node, index, fake):
    before = stats(node)
    for _ in range(5):
        search(node, index, body(size=40))
    after = stats(node)
    assert after["ranked"] == before["ranked"] + 5
    assert after["candidates"] == before["candidates"] + 200
    assert after["latency_ms"]["count"] == before["latency_ms"]["count"] + 5
    assert 0 < after["latency_ms"]["p50"] <= after["latency_ms"]["p99"] <= after["latency_ms"]["max"]
    assert after["calls"] == after["ranked"] + after["degraded"] + after["cancelled"]
