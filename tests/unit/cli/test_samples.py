"""The commands about samples, over both logs of a folder."""

import json

import pytest
from typer.testing import CliRunner

from ranker.cli.main import app
from ranker.errors import EncoreError, InvalidInputError
from tests.unit.features.samples.small_world import DAY, MINUTE, NOON, Log, snapshot


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("ENCORE_DATA", str(tmp_path))
    log = Log(tmp_path)
    log.scored(snapshot(), snapshot("r2", now=NOON + 31 * MINUTE))
    log.happened("impression", position=1)
    log.happened("click")
    return log


def run(*arguments):
    result = CliRunner().invoke(app, ["samples", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


COUNTS = {"requests": 2, "samples": 1, "events": 2, "late": 0, "early": 0, "unscored": 0}


def test_build_tells_what_it_built(log):
    assert json.loads(run("build", "--from", DAY, "--to", DAY, "--json")) == {DAY: COUNTS}
    assert "2026-10-01" in run("build", "--from", DAY, "--to", DAY)


def test_build_refuses_days_the_wrong_way_round_and_no_days(log):
    with pytest.raises(InvalidInputError) as error:
        run("build", "--from", DAY, "--to", "2026-09-30")
    assert str(error.value) == "--to [2026-09-30] is before --from [2026-10-01]; swap them"
    with pytest.raises(InvalidInputError) as error:
        run("build", "--from", "yesterday", "--to", DAY)
    assert str(error.value) == "day [yesterday] is no day; write it like 2026-10-01"


def test_follow_once_writes_what_has_closed(log):
    assert json.loads(run("follow", "--once", "--json")) == COUNTS | {"requests": 1}
    assert json.loads(run("follow", "--once", "--json"))["samples"] == 0


def test_check_of_what_can_not_be_recomputed_says_so(log):
    report = json.loads(run("check", "--from", DAY, "--to", DAY, "--json"))
    assert report["calls"] == 0
    assert report["skipped"] == {"no model has the features [] any more": 2}


def test_check_refuses_differences(log, monkeypatch):
    import numpy as np
    import polars as pl

    from ranker.features.samples import recompute

    def wrong(self, logged):
        found = pl.DataFrame({"plays": [1.0, 10.0]})
        return recompute.Recomputed(found, np.array(["", ""], object))

    monkeypatch.setattr(recompute.OfGeneration, "__call__", wrong)
    with pytest.raises(EncoreError) as error:
        run("check", "--from", DAY, "--to", DAY)
    assert str(error.value) == (
        "[0.500000] of [4] values are equal and [2] differ for no known reason;"
        " at least [0.999] must be equal, and the rest explained"
    )
