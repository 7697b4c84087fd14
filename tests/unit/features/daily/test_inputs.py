import json
from datetime import date

import polars as pl
import pytest

from ranker.errors import InvalidInputError
from ranker.features.daily.inputs import Source, write_videos

DAY = date(2026, 5, 31)


def note(manifest, key, names):
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps({"schema": 1, "until": 9, key: [{"path": name} for name in names]}))


def names(files):
    return [f"{file.parent.name}/{file.name}" for file in files]


def test_of_events_the_thirty_days_before_the_day_count(tmp_path):
    days = ("2026-04-30", "2026-05-01", "2026-05-30", "2026-05-31")
    note(tmp_path / "events" / "compaction.json", "files", [f"day={day}/1-9.parquet" for day in days])
    found = Source.of(tmp_path, (), DAY)
    assert names(found.events) == ["day=2026-05-01/1-9.parquet", "day=2026-05-30/1-9.parquet"]
    assert found.events[0].parent.parent == tmp_path / "events" / "parquet"
    assert found.requests == ()


def test_requests_of_a_week_before_count_too_for_events_come_late(tmp_path):
    days = ("2026-04-23", "2026-04-24", "2026-05-30", "2026-05-31")
    note(
        tmp_path / "snapshots" / "compaction.json",
        "requests",
        [f"requests/day={day}/a.parquet" for day in days],
    )
    found = Source.of(tmp_path, (), DAY)
    assert names(found.requests) == ["day=2026-04-24/a.parquet", "day=2026-05-30/a.parquet"]
    assert found.requests[0].parent.parent == tmp_path / "requests"
    assert found.events == ()


def test_a_folder_that_names_no_day_is_refused(tmp_path):
    note(tmp_path / "events" / "compaction.json", "files", ["day=may/a.parquet"])
    with pytest.raises(InvalidInputError) as refusal:
        Source.of(tmp_path, (), DAY)
    file = tmp_path / "events" / "parquet" / "day=may" / "a.parquet"
    assert str(refusal.value) == f"[{file}] lies in no folder of a day, such as day=2026-11-25; move it"


def test_the_catalogue_says_uploader_artist_and_duration_where_it_knows(columns, tmp_path):
    table = pl.read_parquet(write_videos(columns, tmp_path / "videos.parquet"))
    assert table.columns == ["video_id", "uploader_id", "artist_id", "duration_seconds"]
    assert dict(zip(table["video_id"], table["uploader_id"], strict=True)) == {
        "BV1": "up1", "BV2": "up2", "BV3": "up2", "BV4": "up3", "BV5": "up3", "BV6": None
    }  # fmt: skip
    artists = dict(zip(table["video_id"], table["artist_id"], strict=True))
    assert (artists["BV1"], artists["BV3"], artists["BV5"]) == ("jay", "hebe", "sun")
