import json
import sys

import pytest
from typer.testing import CliRunner

from ranker.cli.main import app, main
from ranker.evaluation.made_log import make_log
from ranker.features.daily.windows import parse_day

DAY = "2026-05-31"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    root = tmp_path_factory.mktemp("log")
    make_log(root, parse_day(DAY), 800)
    return root


def run(*words):
    return CliRunner().invoke(app, ["statistics", *map(str, words)])


def refusal(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["encore", "statistics", *map(str, words)])
    with pytest.raises(SystemExit) as exit_:
        main()
    assert exit_.value.code == 2
    return " ".join(capsys.readouterr().err.split())


def test_a_day_is_made_and_shown(log):
    made = run("run", "--day", DAY, "--from", log, "--videos", log / "videos.parquet", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["files"] == {"events": 30, "requests": 30}
    shown = json.loads(run("show", "--from", log, "--by", "impressions_30d", "--most", 50, "--json").stdout)
    assert (shown["day"], shown["days"]) == (DAY, [DAY])
    counts = [row["impressions_30d"] for row in shown["video"]]
    assert sum(counts) == 400
    assert counts == sorted(counts, reverse=True)
    table = run("show", "--from", log, "--of", "user_artist", "--most", 3)
    assert table.stdout.startswith(f"days: {DAY}")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "--day", "today"], "day [today] is no day; write it as 2026-11-25"),
        (["run", "--day", DAY, "--memory", "2"], "memory [2] is no size; write it as 512MB or 2GB"),
        (["run", "--day", DAY, "--backend", "pandas"], "--backend [pandas] is not one of [duckdb, spark]"),
        (
            ["run", "--day", DAY, "--master", "local[1]"],
            "--master [local[1]] is Spark's: add --backend spark, or leave it out",
        ),
        (
            ["show", "--of", "song"],
            "--of [song] is not one of [video, uploader, artist, query_video, user_artist]",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(log, monkeypatch, capsys, words, sentence):
    if words[0] == "run":
        words = [*words, "--from", log, "--videos", log / "videos.parquet"]
    assert refusal(monkeypatch, capsys, *words) == f"encore: {sentence}"


def test_nothing_made_yet_says_how(tmp_path, monkeypatch, capsys):
    said = refusal(monkeypatch, capsys, "show", "--from", tmp_path)
    assert said.endswith("make them with: encore statistics run --day DAY")
