import json

import polars as pl
import pytest

from ranker.errors import InvalidInputError
from ranker.features.events.reading import read
from ranker.features.events.table import COLUMNS, scan
from ranker.features.events.world_log import world_events, write_world_events
from ranker.world.store import World
from tests.unit.features.events.small_log import NOON

MIDNIGHT = NOON + 12 * 3_600_000


@pytest.fixture
def world(tmp_path):
    folder = tmp_path / "world"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({"schema": 1}))
    pl.DataFrame(
        {
            "request_id": ["r1", "r2"],
            "user_id": ["u1", "u2"],
            "query": ["晴天", "hebe"],
            "now": [NOON, MIDNIGHT - 10_000],
            "device": ["phone", "desktop"],
        }
    ).write_parquet(folder / "searches.parquet")
    pl.DataFrame(
        {
            "request_id": ["r1", "r1", "r2"],
            "video_id": ["BV1", "BV2", "BV1"],
            "position": pl.Series([1, 2, 1], dtype=pl.Int32),
            "event_time": [NOON + 200, NOON + 240, MIDNIGHT - 9_000],
            "click": [False, True, True],
            "play_seconds": pl.Series([0.0, 1.5, 12.3], dtype=pl.Float32),
            "like": [False, False, True],
            "favorite": [False, False, False],
            "share": [False, False, False],
        }
    ).write_parquet(folder / "exposures.parquet")
    return World.load(folder)


def test_an_exposure_becomes_what_a_client_would_have_sent(world):
    table = world_events(world).collect()
    assert table.schema == COLUMNS
    assert table.select("event_id", "received_time", "position", "seconds").rows() == [
        ("r1-1-impression", NOON + 200, 1, None),
        ("r1-2-impression", NOON + 240, 2, None),
        ("r1-2-click", NOON + 2_240, None, None),
        ("r1-2-play", NOON + 3_740, None, 1.5),
        ("r2-1-impression", MIDNIGHT - 9_000, 1, None),
        ("r2-1-click", MIDNIGHT - 7_000, None, None),
        ("r2-1-play", MIDNIGHT + 5_300, None, 12.3),
        ("r2-1-like", MIDNIGHT + 5_300, None, None),
    ]
    assert table["log_position"].to_list() == list(range(1, 9))
    assert table["event_time"].equals(table["received_time"], check_names=False)
    assert table.filter(request_id="r2").select(
        "user_id", "device", "video_id", "schema"
    ).unique().rows() == [("u2", "desktop", "BV1", 2)]


def test_it_is_written_as_a_log_that_is_wholly_compacted(world, tmp_path):
    assert write_world_events(world, tmp_path / "events") == 8
    table = scan(tmp_path / "events").collect()
    assert table.drop("day").equals(world_events(world).collect())
    assert table.group_by("day", maintain_order=True).len().rows() == [("2025-06-15", 6), ("2025-06-16", 2)]
    assert [position for position, _ in read(tmp_path / "events")] == list(range(1, 9))
    assert [event.event_id for _, event in read(tmp_path / "events", 6)] == ["r2-1-play", "r2-1-like"]


def test_a_log_that_is_there_is_not_overwritten(world, tmp_path):
    write_world_events(world, tmp_path / "events")
    with pytest.raises(InvalidInputError) as error:
        write_world_events(world, tmp_path / "events")
    assert str(error.value) == f"[{tmp_path / 'events'}] holds an event log already; name another folder"
