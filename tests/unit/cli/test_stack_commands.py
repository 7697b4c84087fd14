"""up, down, status and doctor as a person and a program see them, without starting anything real."""

import json
import os
import time

import pytest
from typer.testing import CliRunner

from ranker.cli.main import app, main
from ranker.cli.status import age
from ranker.engine import doctor as examination
from ranker.engine.check import Check
from ranker.engine.supervisor import control, launch, state
from ranker.errors import EncoreError, InvalidInputError, MissingPartError
from ranker.settings import Settings

READY = {
    "name": "engine", "phase": "ready", "pid": 7, "restarts": 0, "since_ms": 0, "held": False, "detail": "",
    "addresses": {"url": "http://127.0.0.1:9200"},
}  # fmt: skip
DEAD = {**READY, "name": "ranker", "phase": "dead", "pid": None, "held": True, "detail": "ended [1]"}


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("ENCORE_DATA", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(app, arguments)


def answering(monkeypatch, *parts):
    monkeypatch.setattr(control, "ask", lambda settings, request: {"pid": 1, "parts": list(parts)})


def test_status_of_a_healthy_stack(run, monkeypatch):
    answering(monkeypatch, READY)
    result = run("status")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split() == [
        "PART", "STATE", "FOR", "PID", "RESTARTS", "WHERE", "WHAT", "IS", "WRONG"
    ]  # fmt: skip
    assert result.stdout.splitlines()[1].split()[:2] == ["engine", "ready"]


def test_status_says_what_is_wrong_and_so_does_its_exit_code(run, monkeypatch):
    answering(monkeypatch, READY, DEAD)
    result = run("status")
    assert result.exit_code == 4
    assert "dead (held)" in result.stdout
    assert "ended [1]" in result.stdout


def test_status_for_programs(run, monkeypatch):
    answering(monkeypatch, READY, DEAD)
    result = run("status", "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["parts"][1]["phase"] == "dead"


def test_status_where_nothing_runs(run, tmp_path):
    result = run("status")
    assert isinstance(result.exception, EncoreError)
    assert str(result.exception) == f"nothing runs in [{tmp_path}]: start it with 'encore up'"


def test_an_error_is_one_line_and_an_exit_code(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("ENCORE_DATA", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["encore", "status"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("encore: nothing runs in")


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h")]
)
def test_ages_as_people_say_them(seconds, said):
    assert age(time.time_ns() // 1_000_000 - seconds * 1000 - 500) == said


def test_up_starts_waits_and_shows(run, monkeypatch):
    calls = []
    monkeypatch.setattr(launch, "start", lambda settings, environment, say: calls.append(settings) or True)
    monkeypatch.setattr(launch, "wait", lambda settings: {"parts": [READY]})
    result = run("up", "--model-server", "in_process")
    assert result.exit_code == 0
    assert calls[0].model_server == "in_process"
    assert "engine" in result.stdout
    assert "models run inside the ranker (ONNX Runtime): no Triton server is used" in result.stderr


def test_another_engine_than_the_running_one_is_refused(run, monkeypatch, tmp_path):
    monkeypatch.setattr(launch, "running", lambda settings: True)
    settings = Settings(data=tmp_path)
    settings.run.mkdir()
    state.write(settings.run, {"pid": os.getpid(), "product": "opensearch"})
    result = run("up", "--engine", "elasticsearch")
    assert isinstance(result.exception, EncoreError)
    assert str(result.exception) == (
        f"[opensearch] runs in [{tmp_path}] already, and [elasticsearch] is wanted: "
        "stop it first with 'encore down', or set ENCORE_DATA to another folder"
    )
    monkeypatch.setattr(launch, "wait", lambda settings: {"parts": [READY], "product": "opensearch"})
    result = run("up")  # nothing in particular is wanted
    assert "http://127.0.0.1:9200 (opensearch)" in result.stdout


def test_an_engine_that_there_is_not(run):
    result = run("up", "--engine", "solr")
    assert isinstance(result.exception, InvalidInputError)
    assert str(result.exception) == (
        "ENCORE_ENGINE is [solr]: input should be 'elasticsearch' or 'opensearch'; "
        "correct the variable or the option"
    )


def test_up_without_waiting_for_programs(run, monkeypatch):
    monkeypatch.setattr(launch, "start", lambda *_: True)
    answering(monkeypatch, READY)
    result = run("up", "--no-wait", "--json")
    assert json.loads(result.stdout)["parts"] == [READY]


def test_up_when_it_runs_already(run, monkeypatch):
    monkeypatch.setattr(launch, "start", lambda *_: False)
    monkeypatch.setattr(launch, "wait", lambda settings: {"parts": [READY]})
    assert "it was running already" in run("up").stderr


def test_down_where_nothing_runs_is_no_error(run):
    assert run("down").stdout == "nothing was running\n"
    assert json.loads(run("down", "--json").stdout) == {"stopped": False}


def test_doctor_says_each_check_and_what_to_do(run, monkeypatch):
    checks = [Check("JDK", "ok", "25"), Check("Maven", "missing", "no Maven", "install it")]
    monkeypatch.setattr(examination, "examine", lambda *_: iter(checks))
    result = run("doctor")
    assert result.exit_code == MissingPartError.exit_code
    assert result.stdout.splitlines() == [
        "ok       JDK: 25",
        "missing  Maven: no Maven → install it",
        "1 missing",
    ]
    assert json.loads(run("doctor", "--json").stdout) == {
        "missing": 1,
        "checks": [
            {"name": "JDK", "state": "ok", "found": "25", "todo": ""},
            {"name": "Maven", "state": "missing", "found": "no Maven", "todo": "install it"},
        ],
    }


def test_doctor_without_complaints_ends_well(run, monkeypatch):
    monkeypatch.setattr(examination, "examine", lambda *_: iter([Check("JDK", "note", "25", "later")]))
    assert run("doctor").exit_code == 0


def test_a_demo_says_what_the_machine_lacks_before_it_makes_anything(run, tmp_path):
    result = CliRunner().invoke(
        app, ["demo"], env={"PATH": "/nowhere", "ENCORE_CACHE": str(tmp_path / "cache")}
    )
    assert isinstance(result.exception, MissingPartError)
    assert "Maven [no Maven: [mvn] is not in PATH]: install it (Debian: apt install maven)" in str(
        result.exception
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["up", "demo"])
def test_nothing_is_started_here_while_the_settings_name_a_stack_elsewhere(run, monkeypatch, command):
    monkeypatch.setenv("ENCORE_ENGINE_URL", "https://127.0.0.1:9200")
    result = run(command)
    assert isinstance(result.exception, InvalidInputError)
    assert str(result.exception) == (
        "ENCORE_ENGINE_URL is [https://127.0.0.1:9200], the stack that commands talk to: "
        "unset it to start one here"
    )


@pytest.mark.parametrize("command", ["up", "down", "status", "doctor"])
def test_help_teaches_by_an_example(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: encore {command}" in " ".join(result.stdout.split())
