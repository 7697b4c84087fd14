"""One fault of each kind, briefly; `encore bench faults` measures all of them under load."""

import os
import signal
import time

import httpx
import pytest

BODY = {
    "query": {"match": {"title": "晴天"}},
    "size": 3,
    "rescore": {"window_size": 50, "fine_rank": {"query": "晴天"}},
}
BACK_SECONDS = 10


def wait_until_fine(stack):
    deadline = time.monotonic() + 6 * BACK_SECONDS
    while time.monotonic() < deadline:
        answer = stack.engine.post("/videos/_search", json=BODY)
        assert answer.status_code == 200
        if "x-encore-degraded" not in answer.headers:
            return
        time.sleep(0.1)
    pytest.fail("the fine order did not come back")


@pytest.mark.parametrize(
    ("part", "number"),
    [("ranker", signal.SIGKILL), ("model_server", signal.SIGKILL), ("ranker", signal.SIGSTOP)],
)
def test_a_search_is_answered_and_marked_and_the_fine_order_comes_back(stack, part, number):
    wait_until_fine(stack)
    name = "triton" if part == "model_server" else part
    supervise(stack, "hold", name)
    pid = stack.state[part]["pid"]
    os.kill(pid, number)
    try:
        for _ in range(5):
            answer = stack.engine.post("/videos/_search", json=BODY)
            assert answer.status_code == 200
            assert answer.headers["x-encore-degraded"]
            hits = answer.json()["hits"]["hits"]
            assert {hit["fields"]["encore"][0]["rank"] for hit in hits} == {"coarse"}
            assert all(0 <= hit["_score"] < 1 for hit in hits)
    finally:
        if number == signal.SIGSTOP:
            os.kill(pid, signal.SIGCONT)
        supervise(stack, "release", name)
    wait_until_fine(stack)


def supervise(stack, do, part):
    from ranker.engine.supervisor import control

    control.ask(stack.settings, {"do": do, "part": part})


def test_a_killed_engine_loses_no_acknowledged_video(stack):
    wait_until_fine(stack)
    document = {"video_id": "BVkilled0001", "title": "晴天 断电之前"}
    answer = stack.engine.put("/videos/_doc/BVkilled0001", json=document)
    assert answer.status_code == 201
    os.kill(stack.state["engine"]["pid"], signal.SIGKILL)
    deadline = time.monotonic() + 120
    found = None
    while time.monotonic() < deadline and found is None:
        try:
            found = stack.engine.get("/videos/_doc/BVkilled0001").json().get("_source")
        except httpx.HTTPError:  # between its death and its return nothing answers
            time.sleep(0.2)
    assert found == document
    stack.engine.delete("/videos/_doc/BVkilled0001?refresh=true")
    wait_until_fine(stack)
