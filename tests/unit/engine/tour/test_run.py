"""Requests of a file are sent as they stand, and an answer is judged by what the file says of it."""

import pytest

from ranker.engine.rest import EngineError
from ranker.engine.tour.run import run
from ranker.engine.tour.syntax import read_console
from tests.unit.engine.tour.scripted import ScriptedEngine

DEGRADED = {"X-Encore-Degraded": "timeout"}


@pytest.fixture
def outcomes(tmp_path):
    def ran(text, *script):
        path = tmp_path / "a.console"
        path.write_text(text, "utf-8")
        engine = ScriptedEngine(*script)
        return engine, list(run(read_console(path), engine))

    return ran


def test_each_request_is_sent_as_it_stands(outcomes):
    engine, found = outcomes(
        'GET a?b=c\nPOST a/_msearch\n{}\n{"size": 1}\n', ({"took": 1}, {}), ("plain", {})
    )
    assert engine.sent == [
        ("GET", "/a?b=c", None, "application/json"),
        ("POST", "/a/_msearch", b'{}\n{"size": 1}\n', "application/x-ndjson"),
    ]
    assert [outcome.answer for outcome in found] == [{"took": 1}, "plain"]
    assert [outcome.problems for outcome in found] == [[], []]


def test_what_is_not_so_is_a_problem(outcomes):
    _, (found,) = outcomes("# see took = 2\n# see took\nGET a\n", ({"took": 1}, {}))
    assert found.problems == ["not so: took = 2"]
    assert [(seen.found, seen.holds) for seen in found.seen] == [([1], False), ([1], True)]


def test_a_refusal_is_a_problem_and_the_next_is_sent(outcomes):
    refused = EngineError("the engine refused [GET /a] with [404]: no", 404, "x")
    _, found = outcomes("# see took\nGET a\nGET b\n", (refused, {}), ({}, {}))
    assert [outcome.problems for outcome in found] == [["the engine refused [GET /a] with [404]: no"], []]


def test_a_degraded_answer_is_a_problem_unless_its_cause_is_looked_at(outcomes):
    text = "GET a\n# see hits.0.cause\nGET a\n"
    _, found = outcomes(text, ({}, DEGRADED), ({"hits": [{"cause": "timeout"}]}, DEGRADED))
    assert [outcome.problems for outcome in found] == [["degraded: timeout"], []]
