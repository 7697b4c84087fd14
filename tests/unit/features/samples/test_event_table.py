from ranker.features.events.compaction import Compaction
from ranker.features.events.manifest import read_manifest
from ranker.features.samples.event_table import LoggedEvents
from tests.unit.features.samples.small_world import MINUTE, NOON


def ids(events, first=0, last=1 << 53):
    return sorted(events.scan(first, last).collect()["event_id"].to_list())


def test_the_table_and_what_came_after_it_are_read_as_one(log):
    log.happened("impression", position=1)
    Compaction(log.root / "events").run()
    log.happened("click")
    assert ids(log.events()) == ["e1", "e2"]


def test_events_are_found_by_their_receipt_over_midnight(log):
    for hours in (0, 11, 13, 40):
        log.happened("click", received=NOON + hours * 60 * MINUTE)
    Compaction(log.root / "events").run()
    events = log.events()
    assert ids(events, NOON + 1, NOON + 13 * 60 * MINUTE) == ["e2", "e3"]
    assert ids(events, NOON + 13 * 60 * MINUTE + 1, NOON + 13 * 60 * MINUTE + 1) == []


def test_more_than_memory_may_hold_is_compacted_first(log):
    folder = log.root / "events"
    for _ in range(3):
        log.happened("click")
    assert ids(LoggedEvents(folder, most_in_memory=3)) == ["e1", "e2", "e3"]
    assert read_manifest(folder).files == ()
    assert ids(LoggedEvents(folder, most_in_memory=2)) == ["e1", "e2", "e3"]
    assert len(read_manifest(folder).files) == 1


def test_what_is_compacted_after_it_was_opened_is_not_there_twice(log):
    log.happened("click")
    events = log.events()
    Compaction(log.root / "events").run()
    log.happened("click")
    assert ids(events) == ["e1"]


def test_a_folder_without_a_log_has_no_events(log):
    assert ids(log.events()) == []
