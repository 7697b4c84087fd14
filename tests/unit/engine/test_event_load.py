import json

import httpx
import pytest

from ranker.catalog.delimited import BadRow
from ranker.engine.event_door import Receipt, RunningEvents, open_door
from ranker.engine.event_load import load
from ranker.errors import EncoreError
from ranker.features.events.from_file import RawEvent
from ranker.features.events.log import EventLog
from ranker.serving.events import read_events
from ranker.settings import Settings


def raw(number, **more):
    event = {"event_id": f"e{number}", "request_id": "r", "video_id": "BV1", "kind": "click", "event_time": 5}
    return RawEvent(number, json.dumps(event | more).encode())


class Recording:
    """A door that keeps what it is given."""

    where = "a test"

    def __init__(self):
        self.batches = []

    def send(self, bodies):
        self.batches.append(len(bodies))
        return Receipt(len(bodies), 0, ())


def test_batches_are_bounded_by_events_and_bytes():
    door = Recording()
    done = load((raw(number) for number in range(2_500)), door, None)
    assert (door.batches, done.accepted) == ([1_000, 1_000, 500], 2_500)
    door = Recording()
    load([RawEvent(1, bytes(1 << 20))] * 5, door, None)
    assert door.batches == [2, 2, 1]


def test_without_a_ranker_events_go_to_the_log_by_the_same_writer(tmp_path):
    settings = Settings(data=tmp_path)
    refused = []
    rows = [raw(1), BadRow(2, "no JSON"), raw(3, kind="clack"), raw(4), raw(1)]
    with open_door(settings) as door:
        done = load(rows, door, refused.append)
        assert door.where == f"the log [{settings.events}]"
    assert (done.accepted, done.duplicates, done.refused) == (2, 1, 2)
    assert [str(row) for row in refused] == [
        "line 2: no JSON",
        "line 3: the event is wrong: [Invalid enum value 'clack' - at `$.kind`]",
    ]
    assert [event.event_id for event in read_events(settings.events)] == ["e1", "e4"]
    with open_door(settings) as door:
        assert load(rows, door, refused.append).duplicates == 3


def test_a_log_that_another_writes_is_left_alone(tmp_path):
    settings = Settings(data=tmp_path)
    with EventLog.open(settings.events), pytest.raises(EncoreError) as error, open_door(settings):
        pass
    assert str(error.value) == (
        f"the event log [{settings.events}] is being written by another process; stop it first"
    )


def test_offline_events_are_received_by_the_clock_of_the_newest_generation(tmp_path):
    settings = Settings(data=tmp_path)
    folder = settings.generations / "videos-1"
    folder.mkdir(parents=True)
    (settings.generations / "active.json").write_text('["videos-1"]')
    (folder / "manifest.json").write_text('{"clock_offset_ms": -1000000000000}')
    with open_door(settings) as door:
        load([raw(1)], door, None)
    (event,) = read_events(settings.events)
    assert event.received_time < 1_000_000_000_000  # of 2001: it is later than that by the wall clock


def answers(*given):
    left = list(given)

    def handle(request):
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.Client(base_url="http://ranker", transport=httpx.MockTransport(handle))


def test_a_ranker_that_is_full_or_restarting_is_asked_again():
    taken = httpx.Response(200, json={"accepted": 0, "duplicates": 1, "refused": []})
    full = httpx.Response(429, json={})
    door = RunningEvents(answers(full, httpx.ConnectError("refused"), taken))
    assert door.send([raw(1).body]) == Receipt(0, 1, ())


def test_a_ranker_that_stays_away_or_refuses_the_batch_is_an_error():
    with pytest.raises(EncoreError) as error:
        RunningEvents(answers(httpx.ConnectError("nobody there")), patience_seconds=-1).send([])
    assert str(error.value) == "the ranker at [http://ranker] does not take events: [nobody there]"
    with pytest.raises(EncoreError) as error:
        RunningEvents(answers(httpx.Response(507, text="full"))).send([])
    assert str(error.value) == "the ranker at [http://ranker] refused the events: [507: full]"
