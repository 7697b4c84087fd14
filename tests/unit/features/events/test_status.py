from ranker.features.events import position as at
from ranker.features.events.compaction import Compaction
from ranker.features.events.log import EventLog
from ranker.features.events.segments import bytes_between
from ranker.features.events.status import log_status
from tests.unit.features.events.small_log import append


def test_what_there_is_of_a_log(tmp_path):
    first, *_, last = append(tmp_path, *range(6), segment_bytes=300)
    found = log_status(tmp_path)
    assert (found.segments, found.end, found.compacted_until, found.waiting) == (2, last, 0, 6)
    assert found.segment_bytes == sum(path.stat().st_size for path in tmp_path.glob("events-*.journal"))
    Compaction(tmp_path).run()
    append(tmp_path, 6)
    found = log_status(tmp_path)
    assert (found.compacted_until, found.compacted_events, found.waiting) == (last, 6, 1)
    assert (found.parquet_files, found.days) == (1, ("2025-06-15",))
    assert not found.written
    with EventLog.open(tmp_path):
        assert log_status(tmp_path).written
    assert at.segment_of(first) == 1


def test_a_folder_without_a_log(tmp_path):
    found = log_status(tmp_path / "none")
    assert (found.segments, found.end, found.waiting, found.written) == (0, 0, 0, False)


def test_bytes_between_two_positions(tmp_path):
    positions = append(tmp_path, *range(6), segment_bytes=300)
    sizes = [path.stat().st_size for path in sorted(tmp_path.glob("events-*.journal"))]
    assert bytes_between(tmp_path, 0, positions[-1]) == sum(sizes)
    assert bytes_between(tmp_path, positions[0], positions[1]) == at.offset_of(positions[1]) - at.offset_of(
        positions[0]
    )
    assert bytes_between(tmp_path, positions[-1], positions[-1]) == 0
