import struct

import pytest

from ranker.catalog.event import encode_event
from ranker.catalog.journal import Journal
from ranker.errors import EncoreError
from ranker.features.events import position as at
from ranker.features.events.log import EventLog
from ranker.features.events.reading import end, read
from ranker.features.events.segments import path_of, segments
from tests.unit.features.events.small_log import append, event, numbers


def test_a_position_is_segment_and_offset():
    assert at.make(3, 17) == 3 * 2**40 + 17
    assert (at.segment_of(at.make(3, 17)), at.offset_of(at.make(3, 17))) == (3, 17)


def test_segments_are_closed_by_size_and_read_in_order(tmp_path):
    positions = append(tmp_path, *range(6), segment_bytes=200)
    assert [segment.path.name for segment in segments(tmp_path)] == [
        "events-00000001.journal",
        "events-00000002.journal",
        "events-00000003.journal",
    ]
    assert [position for position, _ in read(tmp_path)] == positions == sorted(positions)
    assert numbers(read(tmp_path)) == [0, 1, 2, 3, 4, 5]
    assert end(tmp_path) == positions[-1]


def test_reading_goes_on_behind_any_position(tmp_path):
    positions = append(tmp_path, *range(6), segment_bytes=200)
    for number, position in enumerate(positions):
        assert numbers(read(tmp_path, position)) == list(range(number + 1, 6))


def test_an_empty_folder_holds_no_events(tmp_path):
    assert list(read(tmp_path / "none")) == []
    assert end(tmp_path / "none") == 0
    append(tmp_path)
    assert list(read(tmp_path)) == []


def test_a_journal_of_before_segments_is_segment_0_and_is_not_written_any_more(tmp_path):
    with Journal.open(tmp_path / "events.journal") as old:
        first = old.append([encode_event(event(1))])
    assert [position for position, _ in read(tmp_path)] == [first] == [end(tmp_path)]
    (second,) = append(tmp_path, 2)
    assert at.segment_of(second) == 1
    assert numbers(read(tmp_path)) == [1, 2]
    assert (tmp_path / "events.journal").stat().st_size == first


def test_what_is_not_durable_is_not_read(tmp_path):
    (first,) = append(tmp_path, 1)
    with Journal.open(path_of(tmp_path, 1)) as unmarked:
        unmarked.append([encode_event(event(2))])
    assert numbers(read(tmp_path)) == [1]
    assert end(tmp_path) == first
    append(tmp_path)  # a writer's opening makes it durable
    assert numbers(read(tmp_path)) == [1, 2]


def test_one_writer_only(tmp_path):
    with EventLog.open(tmp_path), pytest.raises(EncoreError) as error:
        EventLog.open(tmp_path)
    assert (
        str(error.value) == f"the event log [{tmp_path}] is being written by another process; stop it first"
    )


def test_who_followed_another_log_is_told(tmp_path):
    (position,) = append(tmp_path, 1)
    with pytest.raises(EncoreError) as error:
        list(read(tmp_path, position + 1))
    assert str(error.value) == (
        f"the event log [{tmp_path}] ends at [{position}], before [{position + 1}]: it is another log"
        " than the one that was followed; follow it from its start"
    )


def test_a_damaged_closed_segment_is_refused_and_not_skipped(tmp_path):
    append(tmp_path, *range(6), segment_bytes=200)
    path = path_of(tmp_path, 2)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    found = []
    with pytest.raises(
        EncoreError, match=r"events-00000002.journal\] is damaged behind byte \[\d+\] of \[\d+\]"
    ):
        found.extend(read(tmp_path))
    assert numbers(found) == list(range(len(found)))


def test_durable_bytes_that_are_gone_stop_the_writer(tmp_path):
    first, second = append(tmp_path, 1, 2)
    path = path_of(tmp_path, 1)
    with path.open("r+b") as file:
        file.truncate(at.offset_of(second) - 1)
    with pytest.raises(EncoreError) as error:
        EventLog.open(tmp_path)
    assert str(error.value) == (
        f"[{path}] is damaged behind byte [{at.offset_of(first)}]; it was whole up to"
        f" [{at.offset_of(second)}]: restore the file"
    )


def test_a_missing_segment_is_named(tmp_path):
    append(tmp_path, *range(6), segment_bytes=200)
    path_of(tmp_path, 2).unlink()
    with pytest.raises(EncoreError) as error:
        list(read(tmp_path))
    assert str(error.value) == f"[{path_of(tmp_path, 2)}] is missing from the event log; restore it"
    path_of(tmp_path, 3).unlink()
    with pytest.raises(EncoreError) as error:
        EventLog.open(tmp_path)
    assert str(error.value) == f"[{path_of(tmp_path, 3)}] is missing, and was written before; restore it"


def test_a_newer_event_is_refused_with_its_schema(tmp_path):
    with EventLog.open(tmp_path) as log:
        position = log.append([b'{"event_id":"e","schema":3,"mood":"glad"}'])
    with pytest.raises(EncoreError) as error:
        list(read(tmp_path))
    assert str(error.value) == (
        f"the event at [{position}] of [{tmp_path}] can't be read: the event has schema [3], and this version"
        " reads up to [2]; use a newer Encore"
    )


def test_the_mark_is_eight_bytes(tmp_path):
    (position,) = append(tmp_path, 1)
    assert (tmp_path / "durable").read_bytes() == struct.pack("<q", position)
