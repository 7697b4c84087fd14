import json

import pytest
from typer.testing import CliRunner

from ranker.cli.main import app


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENCORE_DATA", str(folder))
        result = CliRunner().invoke(
            app, ["world", "make", "tiny", "--size", "small", "--seed", "5", "--json"]
        )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["seed"] == 5
    return folder


@pytest.fixture
def encore(data, monkeypatch):
    monkeypatch.setenv("ENCORE_DATA", str(data))
    monkeypatch.setenv("COLUMNS", "120")
    return lambda *arguments: CliRunner().invoke(app, ["world", *arguments])


def test_make_says_what_was_made(encore, data):
    result = encore("make", "other", "--size", "small")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{data}/worlds/other: 1,000 videos, ")
    assert (data / "worlds" / "other" / "truth" / "evaluation.parquet").exists()


def test_show_prints_every_table_for_people(encore):
    result = encore("show", "tiny", "--rows", "3")
    assert result.exit_code == 0
    for title in ("videos (1,000)", "artists (60)", "songs (200)", "searches (", "exposures (", "labels ("):
        assert title in result.stdout
    assert "周杰伦" in result.stdout


def test_show_of_a_query_gives_the_facts_behind_its_tiers(encore):
    result = encore("show", "tiny", "--query", "会不会", "--json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout)["会不会"]
    assert rows[0]["shown"] >= rows[-1]["shown"] >= 1
    assert all(len(row["facts"]) == 4 for row in rows)
    assert all(row["tier"] == 1 for row in rows if row["facts"].startswith("T·"))


def test_check_measures_and_judges(encore):
    result = encore("check", "tiny", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert all(found["verdicts"].values())
    assert found["best_single"] == "position"
    assert encore("check", "tiny").stdout.count("holds ") == 4


def test_help_teaches_by_an_example(encore):
    for command in ("make", "show", "check"):
        assert f"encore world {command} demo" in encore(command, "--help").stdout
