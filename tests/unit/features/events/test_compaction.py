import json
import os

import polars as pl
import pytest

from ranker.catalog.event import encode_event
from ranker.errors import EncoreError
from ranker.features.events import position as at
from ranker.features.events.compaction import Compaction, CompactionLimits, compacting
from ranker.features.events.log import EventLog
from ranker.features.events.manifest import Manifest, read_manifest, write_manifest
from ranker.features.events.reading import end, read
from ranker.features.events.retention import prune
from ranker.features.events.segments import segments
from ranker.features.events.table import COLUMNS, files, scan
from ranker.features.events.window import last_ids
from tests.unit.features.events.small_log import DAY_MS, NOON, append, event, numbers

SMALL = CompactionLimits(rows_at_once=2, rows_of_stretch=4)


def compact(folder, limits=None):
    return Compaction(folder, limits).run()


def ids(folder):
    return [int(name[1:]) for name in scan(folder).sort("log_position").collect()["event_id"]]


def names(folder):
    return sorted(f"{path.parent.name}/{path.name}" for path in (folder / "parquet").glob("day=*/*"))


def test_every_field_is_a_column(tmp_path):
    sent = [
        event(1, kind="impression", position=3, user_id="u", device="phone"),
        event(2, kind="play", seconds=42.5, event_time=0),
    ]
    with EventLog.open(tmp_path) as log:
        position = log.append([encode_event(item) for item in sent])
    compact(tmp_path)
    table = scan(tmp_path).collect()
    assert table.schema == {**COLUMNS, "day": pl.String()}
    first, second = table.drop("log_position").rows(named=True)
    assert first == {
        "event_id": "e1",
        "request_id": "r",
        "video_id": "BV1",
        "kind": "impression",
        "event_time": NOON - 5,
        "received_time": NOON,
        "user_id": "u",
        "position": 3,
        "seconds": None,
        "device": "phone",
        "schema": 2,
        "day": "2025-06-15",
    }
    assert (second["seconds"], second["event_time"], second["user_id"]) == (42.5, 0, None)
    assert table["log_position"].to_list() == [at for at, _ in read(tmp_path)]
    assert table["log_position"][-1] == position


def test_a_day_begins_at_midnight_in_shanghai(tmp_path):
    with EventLog.open(tmp_path) as log:
        log.append(
            [
                encode_event(event(1, NOON + 12 * 3_600_000 - 1)),
                encode_event(event(2, NOON + 12 * 3_600_000)),
                encode_event(event(3, NOON)),  # another clock's
            ]
        )
    done = compact(tmp_path)
    position = f"{done.position:019d}"
    assert names(tmp_path) == [
        f"day=2025-06-15/{0:019d}-{position}.parquet",
        f"day=2025-06-16/{0:019d}-{position}.parquet",
    ]
    assert ids(tmp_path) == [1, 2, 3]
    assert numbers(read(tmp_path)) == [1, 2, 3]
    assert scan(tmp_path, ["2025-06-16"]).collect()["event_id"].to_list() == ["e2"]
    assert files(tmp_path, ["2025-06-17"]) == []
    assert scan(tmp_path, ["2025-06-17"]).collect().schema == {**COLUMNS, "day": pl.String()}


def test_a_compaction_goes_on_where_the_last_one_ended(tmp_path):
    append(tmp_path, 0, 1, 2)
    assert compact(tmp_path)[:3] == ("manifest", 3, 0)
    before = names(tmp_path)
    append(tmp_path, 3, 4)
    assert compact(tmp_path)[:3] == ("manifest", 2, 0)
    assert set(before) < set(names(tmp_path))
    assert ids(tmp_path) == [0, 1, 2, 3, 4]
    assert compact(tmp_path)[:3] == ("swept", 0, 0)


def test_stretches_are_bounded(tmp_path):
    positions = append(tmp_path, *range(10))
    steps = list(Compaction(tmp_path, SMALL).steps())
    assert [step.what for step in steps] == (
        ["swept", *["rows", "rows", "file", "manifest"] * 2, "rows", "file", "manifest"]
    )
    assert [step.events for step in steps if step.what == "manifest"] == [4, 8, 10]
    assert [file.until for file in read_manifest(tmp_path).files] == [
        positions[3],
        positions[7],
        positions[9],
    ]
    assert ids(tmp_path) == list(range(10))


def test_what_the_log_holds_twice_counts_once(tmp_path):
    append(tmp_path, 0, 1, 0)
    assert compact(tmp_path)[:3] == ("manifest", 2, 1)
    append(tmp_path, 1, 2, 2)
    assert compact(tmp_path)[:3] == ("manifest", 1, 2)
    assert ids(tmp_path) == [0, 1, 2]


def test_ids_are_known_over_as_many_events_as_the_receiver_knows(tmp_path):
    limits = CompactionLimits(rows_at_once=1, most_ids=2)
    append(tmp_path, 0, 1, 0, 2, 1)
    compact(tmp_path, limits)
    # Known before each: -, 0, 0 1, 0 1, 1 2. An event that counts once doesn't move up.
    assert ids(tmp_path) == [0, 1, 2]
    append(tmp_path, 0)
    compact(tmp_path, limits)
    assert ids(tmp_path) == [0, 1, 2, 0]


def test_what_a_kill_left_is_swept(tmp_path):
    append(tmp_path, *range(6))
    for step in Compaction(tmp_path, SMALL).steps():
        if step.what == "file":
            break
    assert (len(names(tmp_path)), read_manifest(tmp_path)) == (1, Manifest())
    assert scan(tmp_path).collect().height == 0
    compact(tmp_path)
    assert len(names(tmp_path)) == 1
    assert ids(tmp_path) == list(range(6))


def test_one_compaction_at_a_time(tmp_path):
    append(tmp_path, 0)
    with compacting(tmp_path), pytest.raises(EncoreError) as error:
        compact(tmp_path)
    assert str(error.value) == (
        f"the event log [{tmp_path}] is being compacted by another process; wait for it"
    )


def test_it_compacts_while_the_log_is_written(tmp_path):
    with EventLog.open(tmp_path) as log:
        log.append([encode_event(event(0))])
        assert compact(tmp_path).events == 1
        log.append([encode_event(event(1))])
    assert compact(tmp_path).events == 1


def test_a_manifest_of_another_schema_is_refused(tmp_path):
    write_manifest(tmp_path, Manifest(schema=2))
    with pytest.raises(EncoreError) as error:
        read_manifest(tmp_path)
    assert str(error.value) == f"[{tmp_path / 'compaction.json'}] has schema [2], not [1]; use a newer Encore"


def test_the_manifest_is_a_small_json_file(tmp_path):
    (position,) = append(tmp_path, 0)
    compact(tmp_path)
    assert json.loads((tmp_path / "compaction.json").read_text()) == {
        "schema": 1,
        "until": position,
        "pruned": 0,
        "files": [
            {
                "path": f"day=2025-06-15/{0:019d}-{position:019d}.parquet",
                "after": 0,
                "until": position,
                "rows": 1,
            }
        ],
    }


def test_a_damaged_manifest_is_named(tmp_path):
    (tmp_path / "compaction.json").write_text("{")
    with pytest.raises(EncoreError) as error:
        read_manifest(tmp_path)
    assert str(error.value) == (
        f"[{tmp_path / 'compaction.json'}] is wrong: [Input data was truncated]; restore it"
    )


def aged(folder, seconds, *paths):
    for path in paths or [segment.path for segment in segments(folder)]:
        os.utime(path, (seconds, seconds))


def test_compacted_segments_go_when_they_are_old_and_are_read_from_parquet(tmp_path):
    append(tmp_path, *range(10), segment_bytes=300)
    first, second, third, fourth = (segment.path for segment in segments(tmp_path))
    before = list(read(tmp_path))
    assert prune(tmp_path, now=1_000, keep_seconds=10) == []  # nothing is compacted
    compact(tmp_path, SMALL)
    aged(tmp_path, 980, first, second, fourth)
    aged(tmp_path, 995, third)
    assert prune(tmp_path, now=1_000, keep_seconds=10) == [first, second]
    assert [segment.path for segment in segments(tmp_path)] == [third, fourth]
    assert list(read(tmp_path)) == before
    for position, _ in before:
        assert list(read(tmp_path, position)) == [row for row in before if row[0] > position]
    assert end(tmp_path) == before[-1][0]
    assert prune(tmp_path, now=2_000, keep_seconds=10) == [third]  # the last one is written
    (later,) = append(tmp_path, 10)
    assert list(read(tmp_path)) == [*before, (later, event(10))]
    assert at.segment_of(later) == 4


def test_a_journal_of_before_segments_goes_too(tmp_path):
    append(tmp_path, 0, 1)
    (tmp_path / "events-00000001.journal").rename(tmp_path / "events.journal")
    (tmp_path / "durable").unlink()
    before = list(read(tmp_path))
    compact(tmp_path)
    aged(tmp_path, 0)
    assert prune(tmp_path, now=1_000, keep_seconds=10) == [tmp_path / "events.journal"]
    assert list(read(tmp_path)) == before


def test_a_kill_amid_pruning_is_finished_by_the_next_one(tmp_path):
    append(tmp_path, *range(10), segment_bytes=300)
    before = list(read(tmp_path))
    compact(tmp_path)
    first, second, _, fourth = (segment.path for segment in segments(tmp_path))
    aged(tmp_path, 0)
    first.unlink()  # deleted before the manifest said so: that order is an error
    with pytest.raises(EncoreError) as error:
        list(read(tmp_path))
    assert str(error.value) == f"[{first}] is missing from the event log; restore it"
    manifest = read_manifest(tmp_path)
    pruned = at.make(2, second.stat().st_size)
    write_manifest(tmp_path, Manifest(until=manifest.until, pruned=pruned, files=manifest.files))
    assert list(read(tmp_path)) == before  # killed after the manifest and one deletion
    assert len(prune(tmp_path, now=1_000, keep_seconds=10)) == 2
    assert [segment.path for segment in segments(tmp_path)] == [fourth]
    assert list(read(tmp_path)) == before


def test_the_last_ids_come_from_segments_and_parquet(tmp_path):
    positions = append(tmp_path, *range(10), segment_bytes=300)
    everything = [f"e{number}" for number in range(10)]
    assert last_ids(tmp_path, 100) == everything
    assert last_ids(tmp_path, 1) == ["e9"]  # the last segment
    assert last_ids(tmp_path, 100, positions[4]) == everything[:5]
    compact(tmp_path, SMALL)
    aged(tmp_path, 0)
    prune(tmp_path, now=1_000, keep_seconds=10)
    assert len(segments(tmp_path)) == 1
    assert last_ids(tmp_path, 100) == everything
    assert last_ids(tmp_path, 100, positions[4]) == everything[:5]


def test_days_are_merged_in_the_logs_order(tmp_path):
    with EventLog.open(tmp_path, 100) as log:
        for number in range(6):
            log.append([encode_event(event(number, NOON + number % 3 * DAY_MS))])
    before = list(read(tmp_path))
    compact(tmp_path)
    aged(tmp_path, 0)
    prune(tmp_path, now=1_000)
    prune(tmp_path, now=1e9)
    assert list(read(tmp_path)) == before
