import json
import re
import shlex

import httpx


def test_it_shows_the_commands_that_it_is_made_of(stack):
    commands = [line[2:] for line in stack.demo.stderr.splitlines() if line.startswith("$ ")]
    assert commands[:5] == [
        "encore world make demo --size small --seed 7",
        "encore train --world demo",
        "encore up",
        "encore index build --world demo --if-changed",
        commands[4],
    ]
    assert commands[4].startswith("encore search '周杰伦 晴天' --user ")


def test_every_hit_it_shows_was_ranked_finely(stack):
    assert "fine" in stack.demo.stdout
    assert "degraded" not in stack.demo.stdout


def test_its_curl_line_answers(stack):
    line = next(line for line in stack.demo.stdout.splitlines() if line.startswith("curl "))
    arguments = shlex.split(line)
    url, body = arguments[2], arguments[-1]
    answer = httpx.post(url, content=body.encode(), headers={"Content-Type": "application/json"}, timeout=30)
    assert answer.status_code == 200
    hits = answer.json()["hits"]["hits"]
    assert hits
    assert all(hit["fields"]["encore"][0]["rank"] == "fine" for hit in hits)
    assert "x-encore-degraded" not in answer.headers


def asked_in_console(stack, printed):
    """The answer to a printed "POST PATH" and its JSON."""
    found = re.search(r"^POST (/?videos/_search\S*)\n(\{.*?^\})", printed, re.MULTILINE | re.DOTALL)
    assert found
    body = json.loads(found[2])
    answer = stack.engine.post("/" + found[1].lstrip("/"), json=body)
    assert answer.status_code == 200
    assert "x-encore-degraded" not in answer.headers
    return body, [(hit["_id"], hit["_score"]) for hit in answer.json()["hits"]["hits"]]


def test_its_console_request_is_the_same(stack):
    body, hits = asked_in_console(stack, stack.demo.stdout)
    line = next(line for line in stack.demo.stdout.splitlines() if line.startswith("curl "))
    assert json.loads(shlex.split(line)[-1]) == body
    assert len(hits) == 5


def test_vectors_and_fine_ranking_go_in_one_request(stack):
    line = next(line for line in stack.demo.stdout.splitlines() if line.startswith("encore search "))
    body, hits = asked_in_console(stack, stack.encore(*shlex.split(line)[1:]).stdout)
    assert body["query"]["encore"]["routes"] == ["text", "entity", "vector"]
    assert all(1 <= score < 5 for _, score in hits)


def test_in_a_pipe_there_are_no_colours_and_no_cursor(stack):
    assert "\x1b" not in stack.demo.stdout + stack.demo.stderr


def test_a_second_run_makes_nothing_again(stack):
    again = stack.encore("demo", "--size", "small")
    assert "encore world make" not in again.stderr
    assert "is unchanged" in again.stdout


def test_all_parts_answer(stack):
    parts = {part["name"]: part["phase"] for part in stack.json("status")["parts"]}
    assert parts == {"engine": "ready", "triton": "ready", "ranker": "ready"}
    assert stack.ranker.get("/health").json()["ok"]
