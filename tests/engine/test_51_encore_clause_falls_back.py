"""Whatever the ranker does, a clause finds by words: marked with the cause, counted by it, and never late."""

import json
import threading

import httpx
import pytest

from ranker.recall.coarse import coarse_query
from tests.engine import fake_ranker
from tests.engine.fake_ranker import FakeRanker, answering, no_plan, slow, unavailable, wait_until, whole_plan
from tests.engine.fine_rank_songs import patience, ranker, using
from tests.engine.recall_videos import (
    clause,
    entity,
    ids,
    marks,
    plan_stats,
    planning,
    scores,
    search,
    videos,
)
from tests.engine.spellings import CANCELLED_STATUS


@pytest.fixture(scope="module")
def index(node):
    with videos(node, "clause-falls-back") as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node, breaker__failures=1000) as started:
        started.plan = planning(entity("artist", ["田馥甄"]))
        yield started


def assert_degraded(node, index, cause, query=None, **body):
    before = plan_stats(node)
    answer = search(node, index, query or clause("周杰伦 晴天"), **body)
    after = plan_stats(node)
    assert scores(answer) == scores(search(node, index, coarse_query("周杰伦 晴天")))
    assert marks(answer) == [{"plan": "text", "plan_cause": cause}] * len(ids(answer))
    assert answer.headers["X-Encore-Degraded"] == cause
    assert answer.headers["X-Encore-Request-Id"]
    assert after["causes"][cause] == before["causes"][cause] + 1
    assert after["degraded"] == before["degraded"] + 1
    return answer


def assert_planned(node, index):
    answer = search(node, index, clause("周杰伦 晴天"))
    assert "v03" in ids(answer)
    assert "X-Encore-Degraded" not in answer.headers
    assert marks(answer) == [None] * len(ids(answer))


def changed(**parts):
    """A plan with these parts in place of its own."""
    return lambda request: json.dumps(whole_plan(request, {}) | parts).encode()


FAULTS = {
    "slow": (slow(30), None, "timeout"),
    "stalled mid-body": (fake_ranker.stalled_mid_body, None, "timeout"),
    "broken mid-body": (fake_ranker.broken_mid_body, None, "ranker_unavailable"),
    "hanging up": (fake_ranker.hanging_up, None, "ranker_unavailable"),
    "huge": (answering(lambda good: good + b" " * (5 << 20)), None, "bad_response"),
    "503 models": (unavailable("model_server_unavailable"), None, "model_server_unavailable"),
    "503 overloaded": (unavailable("overloaded"), None, "overloaded"),
    "503 deadline": (unavailable("deadline"), None, "deadline"),
    "503 generation": (unavailable("generation_unknown"), None, "generation_unknown"),
    "503 unknown": (unavailable("sun_spots"), None, "ranker_error"),
    "500": (lambda handler, good: handler.answer(b"", 500), None, "ranker_error"),
    "404": (lambda handler, good: handler.answer(b"", 404), None, "bad_request"),
    "no JSON": (answering(lambda good: b"what?" * 20), None, "bad_plan"),
    "nothing": (answering(lambda good: b""), None, "bad_plan"),
    "another schema": (None, changed(schema=2), "bad_plan"),
    "another generation": (None, changed(generation="videos-g0"), "bad_plan"),
    "a field more": (None, changed(hints=[]), "bad_plan"),
    "too many entities": (None, changed(entities=[entity("song", ["晴天"])] * 17), "bad_plan"),
    "a trust of NaN": (None, changed(entities=[entity("song", ["晴天"], trust=float("nan"))]), "bad_plan"),
    "a trust above 1": (None, changed(entities=[entity("song", ["晴天"], trust=1.5)]), "bad_plan"),
    "no base64": (None, changed(vector="~"), "bad_plan"),
    "query DSL": (None, changed(filters=[{"match_all": {}}]), "bad_plan"),
    "a field of another catalogue": (
        None,
        changed(filters=[{"field": "salary", "values": ["1"]}]),
        "bad_plan",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_leaves_the_words_and_the_next_search_has_its_plan(node, index, fake, fault):
    assert_planned(node, index)
    fake.behave_plan, wrong_plan, cause = FAULTS[fault]
    good_plan, fake.plan = fake.plan, wrong_plan or fake.plan
    patience(node, "200ms" if cause == "timeout" else "5s")
    assert_degraded(node, index, cause)
    assert_degraded(node, index, cause)
    patience(node, "5s")
    fake.good()
    fake.plan = good_plan
    assert_planned(node, index)


def test_a_ranker_that_refuses_and_comes_back(node, index, fake):
    assert_planned(node, index)
    good_plan = fake.plan
    fake.refuse()
    assert_degraded(node, index, "ranker_unavailable")
    fake.good()
    fake.plan = good_plan
    assert_planned(node, index)


def test_no_ranker_at_all(node, index):
    with using(node):
        assert_degraded(node, index, "ranker_unavailable")
        last = plan_stats(node)["last_failure"]["ranker_unavailable"]
        assert last["reason"] == "no ranker address is configured"


def test_filters_hold_without_a_plan(node, index, fake):
    fake.behave_plan = unavailable("overloaded")
    live = {"term": {"tags.keyword": "现场"}}
    answer = search(node, index, clause("晴天 光年之外", filter=live))
    assert set(ids(answer)) == {"v01", "v08"}
    assert answer.headers["X-Encore-Degraded"] == "overloaded"


def test_a_route_that_needs_no_plan_is_never_degraded(node, index):
    with using(node):
        answer = search(node, index, clause("晴天", routes=["text"]))
        assert "X-Encore-Degraded" not in answer.headers
        assert marks(answer) == [None] * len(ids(answer))


@pytest.mark.parametrize("routes", [["entity"], ["vector"], ["entity", "vector"]], ids=str)
def test_routes_that_need_a_plan_fall_back_to_words(node, index, fake, routes):
    fake.behave_plan = unavailable("overloaded")
    assert_degraded(node, index, "overloaded", clause("周杰伦 晴天", routes=routes))


RESCORE = {"window_size": 20, "fine_rank": {"query": "周杰伦 晴天"}}


def test_plan_and_rank_are_marked_apart(node, index, fake):
    fake.behave_plan = unavailable("overloaded")
    answer = search(node, index, clause("周杰伦 晴天"), rescore=RESCORE)
    assert marks(answer)[0] == {
        "rank": "fine",
        "mark": "scored",
        "plan": "text",
        "plan_cause": "overloaded",
    }
    assert answer.headers["X-Encore-Degraded"] == "overloaded"
    fake.behave = unavailable("deadline")
    answer = search(node, index, clause("周杰伦 晴天"), rescore=RESCORE)
    assert marks(answer)[0] == {
        "rank": "coarse",
        "cause": "deadline",
        "plan": "text",
        "plan_cause": "overloaded",
    }
    assert answer.headers["X-Encore-Degraded"] == "deadline,overloaded"
    fake.behave_plan = None
    answer = search(node, index, clause("周杰伦 晴天"), rescore=RESCORE)
    assert marks(answer)[0] == {"rank": "coarse", "cause": "deadline"}
    assert answer.headers["X-Encore-Degraded"] == "deadline"


def test_marks_come_from_several_shards(node, fake):
    fake.behave_plan = unavailable("overloaded")
    with videos(node, "clause-falls-back-3", shards=3) as name:
        assert_degraded(node, name, "overloaded")


def test_the_searches_own_timeout_comes_first(node, index):
    with ranker(node, timeout="20s") as fake:
        fake.behave_plan = slow(30)
        answer = assert_degraded(node, index, "search_timeout", timeout="300ms")
        assert answer.json()["took"] < 10_000, "not the setting's 20 s"
        deadline = int(fake.asked_headers[0]["X-Encore-Deadline-Ms"])
        assert 100 <= deadline <= 300


def test_a_stopped_ranker_costs_few_deadlines_and_plans_return_by_themselves(node, index):
    with ranker(node, breaker__failures=3, breaker__probe_interval="300ms") as fake:
        fake.plan = planning(entity("artist", ["田馥甄"]))
        assert_planned(node, index)
        fake.behave_plan = slow(30)
        patience(node, "200ms")
        causes = [marks(search(node, index, clause()))[0]["plan_cause"] for _ in range(60)]
        assert causes[:3] == ["timeout"] * 3
        assert set(causes[3:]) <= {"circuit_open", "timeout"}
        assert causes.count("circuit_open") > 40
        patience(node, "5s")
        good_plan = fake.plan
        fake.good()
        fake.plan = good_plan
        wait_until(lambda: "X-Encore-Degraded" not in search(node, index, clause()).headers, seconds=5)
        assert_planned(node, index)


def test_waiting_searches_hold_no_thread(node, index):
    """Far more searches wait for their plans than the node has threads; a plain search is served at once."""
    with ranker(node, timeout="30s") as fake:
        fake.behave_plan = slow(60)
        answers = []
        threads = [
            threading.Thread(target=lambda: answers.append(search(node, index, clause()))) for _ in range(40)
        ]
        for thread in threads:
            thread.start()
        try:
            wait_until(lambda: len(fake.asked) == 40, seconds=30)
            assert plan_stats(node)["in_flight"] == 40
            plain = search(node, index, coarse_query("晴天"))
            assert plain.json()["took"] < 10_000
        finally:
            fake.good()
            for thread in threads:
                thread.join()
        assert plan_stats(node)["in_flight"] == 0
        assert len(answers) == 40
        assert {answer.headers.get("X-Encore-Degraded") for answer in answers} == {None}


def test_the_second_of_two_rankers_takes_over(node, index):
    with FakeRanker() as first, FakeRanker() as second, using(node, first.address, second.address):
        first.plan = second.plan = planning(entity("artist", ["田馥甄"]))
        for _ in range(20):
            assert_planned(node, index)
        assert len(first.asked) > 0
        assert len(second.asked) > 0
        first.refuse()
        second.forget()
        for _ in range(20):
            assert_planned(node, index)
        assert len(second.asked) == 20


def test_a_connection_that_turns_out_dead_is_tried_once_more(node, index, fake):
    assert_planned(node, index)
    before = plan_stats(node)["retries"]

    def once(handler, good):
        fake.behave_plan = None
        fake_ranker.hanging_up(handler, good)

    fake.behave_plan = once
    assert_planned(node, index)
    assert plan_stats(node)["retries"] == before + 1


def test_no_byte_of_a_failed_answer_is_shown(node, index, fake):
    for behave, cause in (
        (lambda handler, good: handler.answer(b"a secret", 500), "ranker_error"),
        (answering(lambda good: b"a secret"), "bad_plan"),
        (answering(lambda good: b'{"schema": "a secret"}'), "bad_plan"),
    ):
        fake.behave_plan = behave
        assert_degraded(node, index, cause)
    assert "secret" not in node.http.get("/_encore/stats").text


def test_a_cancelled_search_stops_waiting(node, index):
    with ranker(node, timeout="30s") as fake:
        fake.behave_plan = slow(60)
        before = plan_stats(node)["cancelled"]
        with pytest.raises(httpx.TimeoutException), httpx.Client(trust_env=False, timeout=0.5) as impatient:
            impatient.post(f"{node.url}/{index}/_search", json={"query": clause()})
        wait_until(lambda: plan_stats(node)["cancelled"] == before + 1)
        assert plan_stats(node)["in_flight"] == 0


def test_a_cancelled_task_fails_as_cancelled(node, index):
    with ranker(node, timeout="30s") as fake:
        fake.behave_plan = slow(60)
        answers = []

        def send():
            with httpx.Client(trust_env=False, timeout=60) as client:
                answers.append(
                    client.post(
                        f"{node.url}/{index}/_search",
                        json={"query": clause()},
                        headers={"X-Opaque-Id": "stop-me"},
                    )
                )

        waiting = threading.Thread(target=send)
        waiting.start()
        wait_until(lambda: plan_stats(node)["in_flight"] == 1)
        holders = node.http.get("/_tasks?actions=indices:data/read/search&detailed").json()["nodes"].values()
        (found,) = [
            name
            for holder in holders
            for name, task in holder["tasks"].items()
            if task["headers"].get("X-Opaque-Id") == "stop-me"
        ]
        node.http.post(f"/_tasks/{found}/_cancel").raise_for_status()
        waiting.join(10)
        assert answers[0].status_code == CANCELLED_STATUS[node.product]
        assert "task_cancelled_exception" in answers[0].text


def test_counts_add_up(node, index, fake):
    before = plan_stats(node)
    for _ in range(5):
        search(node, index, clause())
    fake.behave_plan = unavailable("deadline")
    search(node, index, clause())
    after = plan_stats(node)
    assert after["planned"] == before["planned"] + 5
    assert after["calls"] == after["planned"] + after["degraded"] + after["cancelled"]
    assert after["latency_ms"]["count"] == before["latency_ms"]["count"] + 5
    last = after["last_failure"]["deadline"]
    assert last["reason"] == f"ranker [{fake.address}/v1/understand] answered [503], cause [deadline]"


def test_an_empty_plan_is_a_plan(node, index, fake):
    fake.plan = no_plan
    answer = search(node, index, clause("周杰伦 晴天"))
    assert "X-Encore-Degraded" not in answer.headers
    assert scores(answer) == scores(search(node, index, coarse_query("周杰伦 晴天")))
