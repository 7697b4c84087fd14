from datetime import date

import polars as pl

from ranker.features.daily.inputs import Source, write_videos
from ranker.features.events.manifest import CompactedFile, write_manifest
from ranker.features.events.manifest import Manifest as EventManifest
from ranker.features.snapshots.files import TableFile
from ranker.features.snapshots.tables import Manifest, Tables

DAY = date(2026, 5, 31)


def names(files):
    return [f"{file.parent.name}/{file.name}" for file in files]


def test_of_events_the_thirty_days_before_the_day_count(tmp_path):
    days = ("2026-04-30", "2026-05-01", "2026-05-30", "2026-05-31")
    (tmp_path / "events").mkdir()
    files = tuple(CompactedFile(f"day={day}/1-9.parquet", 1, 9, 1) for day in days)
    write_manifest(tmp_path / "events", EventManifest(until=9, files=files))
    found = Source.of(tmp_path, (), DAY)
    assert names(found.events) == ["day=2026-05-01/1-9.parquet", "day=2026-05-30/1-9.parquet"]
    assert found.events[0].parent.parent == tmp_path / "events" / "parquet"
    assert found.requests == ()


def test_requests_of_a_week_before_count_too_for_events_come_late(tmp_path):
    days = ("2026-04-23", "2026-04-24", "2026-05-30", "2026-05-31")
    (tmp_path / "snapshots").mkdir()
    files = tuple(TableFile(f"requests/day={day}/a.parquet", 1, 0, 0) for day in days)
    Tables.open(tmp_path).commit(Manifest(requests=files))
    found = Source.of(tmp_path, (), DAY)
    assert names(found.requests) == ["day=2026-04-24/a.parquet", "day=2026-05-30/a.parquet"]
    assert found.requests[0].parent.parent == tmp_path / "requests"
    assert found.events == ()


def test_the_catalogue_says_uploader_artist_and_duration_where_it_knows(columns, tmp_path):
    table = pl.read_parquet(write_videos(columns, tmp_path / "videos.parquet"))
    assert table.columns == ["video_id", "uploader_id", "artist_id", "duration_seconds"]
    assert dict(zip(table["video_id"], table["uploader_id"], strict=True)) == {
        "BV1": "up1", "BV2": "up2", "BV3": "up2", "BV4": "up3", "BV5": "up3", "BV6": None
    }  # fmt: skip
    artists = dict(zip(table["video_id"], table["artist_id"], strict=True))
    assert (artists["BV1"], artists["BV3"], artists["BV5"]) == ("jay", "hebe", "sun")
