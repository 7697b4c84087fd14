import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.catalog.delimited import BadRow
from ranker.catalog.merge import Report, gather, merge
from ranker.catalog.video import Video, from_table, to_table
from ranker.errors import InvalidInputError


def video(video_id, title, plays=0):
    return Video(video_id=video_id, title=title, plays=plays)


def test_of_one_id_the_row_with_most_plays_stands_and_the_later_of_equals():
    rows = [video("a", "a1", 5), video("b", "b1"), video("a", "a2", 9), video("a", "a3", 2), video("b", "b2")]
    assert list(from_table(merge(to_table(rows)))) == [video("a", "a2", 9), video("b", "b2")]


def test_the_report_adds_up_and_bad_rows_are_told(tmp_path):
    rows = [video("a", "x", 1), BadRow(3, "title is empty"), video("a", "y", 2), video("b", "z")]
    told = []
    report = gather(rows, tmp_path / "c.parquet", "skip", told.append)
    assert report == Report(rows=4, indexed=2, merged=1, refused=1)
    assert told == [BadRow(3, "title is empty")]
    assert pl.read_parquet(tmp_path / "c.parquet")["title"].to_list() == ["y", "z"]


def test_bad_rows_refuse_the_file_and_leave_the_target(tmp_path):
    target = tmp_path / "c.parquet"
    gather([video("a", "old")], target)
    rows = [video("a", "new"), BadRow(3, "title is empty"), BadRow(4, "plays [x] is not a whole number")]
    with pytest.raises(InvalidInputError) as caught:
        gather(rows, target, "refuse")
    assert str(caught.value) == (
        "[2] of [3] rows are bad, the first on line 3: title is empty; mend them or pass --bad-rows skip"
    )
    assert pl.read_parquet(target)["title"].to_list() == ["old"]


def test_a_catalogue_without_a_video_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match=r"none of the \[1\] rows is a video"):
        gather([BadRow(2, "title is empty")], tmp_path / "c.parquet", "skip")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), min_size=1, max_size=20))
def test_rows_are_always_accounted_for(tmp_path_factory, pairs):
    rows = [
        video(video_id, str(i), plays) if plays else BadRow(i, "x")
        for i, (video_id, plays) in enumerate(pairs)
    ]
    if not any(isinstance(row, Video) for row in rows):
        return
    report = gather(rows, tmp_path_factory.mktemp("m") / "c.parquet", "skip")
    assert report.rows == len(rows) == report.indexed + report.merged + report.refused
