import json

import httpx
import pytest

from ranker.evaluation import fuzz
from ranker.evaluation.fuzz import Case, judge

CASE = Case("fine_rank", "text: wrong value", "POST", "/videos/_search", b"{}", expected="query")


def answer(status, reason=""):
    return httpx.Response(
        status, json={"error": {"root_cause": [{"reason": reason}], "reason": "all failed"}}
    )


def test_the_same_seed_makes_the_same_cases():
    first = list(fuzz.cases(200, 7, "videos", "elasticsearch"))
    assert first == list(fuzz.cases(200, 7, "videos", "elasticsearch"))
    assert first != list(fuzz.cases(200, 8, "videos", "elasticsearch"))
    assert {"fine_rank", "proximity", "encore", "retriever encore"} < {case.target for case in first}
    assert {"too deep", "cut off", "changed bytes", "unknown field"} <= {case.mistake for case in first}


def test_whole_values_are_json_and_cut_ones_are_not():
    for case in fuzz.cases(300, 7, "videos", "opensearch"):
        if case.mistake == "cut off":
            with pytest.raises(ValueError, match=r""):
                json.loads(case.body)
        elif case.mistake not in {"changed bytes", "too deep", "unwritable number"}:
            json.loads(case.body)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (answer(400, "[fine_rank] [query] must be a string, got [5]"), None),
        (answer(400, "[fine_rank] [user] is empty"), "the reason lacks query"),
        (answer(400, "query is wrong"), "the reason has nothing in [brackets]"),
        (answer(200), "taken"),
        (answer(503, "[query]"), "a fault of the server"),
        (httpx.Response(400, text="query [x]"), None),
        (httpx.Response(405, json={"error": "no query [GET]"}), None),
    ],
)
def test_an_answer_is_judged_by_status_and_reason(given, wrong):
    assert judge(CASE, given) == wrong


def test_what_may_pass_may():
    case = Case("fine_rank", "changed bytes", "POST", "/", b"{}", may_pass=True)
    assert judge(case, answer(200)) is None
    assert judge(case, answer(500)) == "a fault of the server"


def test_a_report_counts_and_notices_a_node_that_was_born_again():
    births = iter([1, 2])

    def send(method, path, body):
        if path == "/_nodes/jvm":
            return httpx.Response(
                200,
                json={"nodes": {"a": {"jvm": {"start_time_in_millis": next(births)}}}},
                request=httpx.Request("GET", "http://x"),
            )
        if body == b"die":
            raise httpx.ConnectError("refused")
        return answer(400, "[query]")

    dying = Case("fine_rank", "cut off", "POST", "/", b"die")
    *_, report = fuzz.run(send, iter([CASE, dying]))
    found = report.as_json()
    assert (found["requests"], found["offences"], found["alive"]) == (2, 1, False)
    assert found["statuses"] == {"fine_rank": {"0": 1, "400": 1}}
    assert found["first"][0]["wrong"] == "no answer: ConnectError"
