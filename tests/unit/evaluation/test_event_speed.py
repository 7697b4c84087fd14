import os

import msgspec

from ranker.catalog.event import read_event
from ranker.evaluation.event_growth import measure
from ranker.evaluation.event_speed import Speed, some_event
from ranker.settings import Settings


def test_the_stream_is_of_events_that_the_receiver_takes():
    events = [
        read_event(msgspec.json.encode(some_event(number, "e")), lambda request_id: 1) for number in range(20)
    ]
    assert [event.kind for event in events[:10]] == [*["impression"] * 8, "click", "play"]
    assert len({event.event_id for event in events}) == 20
    assert [event.request_id for event in events[9:11]] == ["r000000000", "r000000001"]


def test_a_speed_says_events_and_batches_a_second():
    assert Speed(batch=100, clients=8, events=5_000, seconds=2.0, p50=1.234, p99=5.678).as_json() == {
        "batch": 100,
        "clients": 8,
        "events": 5_000,
        "events_a_second": 2_500,
        "batches_a_second": 25.0,
        "milliseconds": {"p50": 1.23, "p99": 5.68},
    }


def test_a_log_is_compacted_by_the_command_in_a_process_of_its_own(tmp_path):
    (grown,) = measure(Settings(data=tmp_path), os.environ, [2_000], lambda *_: None)
    assert grown.events == 2_000
    assert 20 < grown.peak_megabytes < 2_000
    assert grown.log_bytes > grown.parquet_bytes > 0
    assert not (tmp_path / "events").exists()
