import pytest

from ranker.errors import EncoreError
from ranker.evaluation.daily_growth import Row, measure


def test_a_run_is_measured_and_a_second_of_the_same_log_counts_the_same(tmp_path):
    told = []
    rows = measure([800], ["duckdb", "duckdb"], "128MB", tmp_path, lambda *step: told.append(step))
    assert [(row.backend, row.events, row.same) for row in rows] == [("duckdb", 800, True)] * 2
    assert rows[0].groups == rows[1].groups > 0
    assert rows[0].peak_bytes > 50 << 20  # Python alone has more
    assert told == [("runs", 1, 2), ("runs", 2, 2)]


def test_events_a_second_are_of_the_work_without_the_start():
    assert Row("duckdb", 800, 5, 2.0, 9.0, 1, True).as_json()["events_a_second"] == 400


def test_a_run_that_fails_says_why(tmp_path):
    with pytest.raises(EncoreError) as refusal:
        measure([800], ["pandas"], "128MB", tmp_path, lambda *_: None)
    assert "--backend [pandas] is not one of [duckdb, spark]" in " ".join(str(refusal.value).split())
