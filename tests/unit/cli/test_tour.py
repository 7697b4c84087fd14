"""`encore tour` as a person and a program see it, with an engine that answers what the test says."""

import json

import pytest
from typer.testing import CliRunner

from ranker.cli.main import app
from ranker.engine import reach
from tests.unit.engine.tour.scripted import ScriptedEngine


@pytest.fixture
def tour(monkeypatch, tmp_path):
    def ran(script, *arguments, engine="elasticsearch"):
        scripted = ScriptedEngine(*script, engine=engine)
        door = type("Door", (), {"engine": lambda self: scripted})()
        monkeypatch.setattr(reach.Reach, "of", lambda settings: door)
        return CliRunner().invoke(app, ["tour", str(tmp_path), *arguments])

    (tmp_path / "1.console").write_text("# 1 · One\n\n# Look at took.\n# see took = 1\nGET a\n", "utf-8")
    (tmp_path / "2.console").write_text("# 2 · Two\n# Engine: opensearch\n\n# see b\nGET b\n", "utf-8")
    return ran


def test_it_says_what_is_to_be_seen(tour):
    result = tour([({"took": 1}, {})])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "",
        "1 · One",
        "",
        "# Look at took.",
        "GET /a",
        "  ok   took: 1",
        "",
        "2.console: of opensearch alone",
        "",
        "requests: 1, not as the files say: 0",
    ]


def test_what_is_not_so_shows_and_so_does_its_exit_code(tour):
    result = tour([({"took": 1}, {}), ({"c": []}, {})], engine="opensearch")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-5:] == [
        "GET /b",
        "  no   b: nothing",
        "  not so: b",
        "",
        "requests: 2, not as the files say: 1",
    ]


def test_whole_answers(tour):
    assert '{"took": 1, "more": "晴天"}' in tour([({"took": 1, "more": "晴天"}, {})], "--whole").stdout


def test_for_programs(tour):
    found = json.loads(tour([({"took": 1}, {})], "--json").stdout)
    assert found == {
        "engine": "elasticsearch",
        "wrong": 0,
        "requests": [
            {
                "file": "1.console",
                "line": 5,
                "request": "GET /a",
                "problems": [],
                "seen": {"took = 1": [1]},
                "answer": {"took": 1},
            }
        ],
    }
