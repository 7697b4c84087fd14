import asyncio

import msgspec
import pytest

from ranker.errors import InvalidInputError
from ranker.features.events.reading import read
from ranker.features.events.segments import segments
from ranker.serving.events import EventReceiver, read_events

CLICK = {"event_id": "e1", "request_id": "r", "video_id": "BV1", "kind": "click", "event_time": 5}


def batch(*events):
    return msgspec.json.encode({"events": events})


def receive(folder, *bodies, clock=lambda request_id: 1_000):
    async def scenario():
        receiver = EventReceiver(folder, clock)
        try:
            return await asyncio.gather(*(receiver.receive(body) for body in bodies))
        finally:
            await receiver.close()

    return asyncio.run(scenario())


def test_an_event_is_stamped_and_kept(tmp_path):
    assert receive(tmp_path, batch(CLICK)) == [{"accepted": 1, "duplicates": 0, "refused": []}]
    (event,) = read_events(tmp_path)
    assert (event.event_id, event.received_time) == ("e1", 1_000)


def test_an_event_may_say_its_device_and_is_stored_with_the_schema(tmp_path):
    receive(tmp_path, batch(CLICK | {"device": "phone", "schema": 1}))
    (event,) = read_events(tmp_path)
    assert (event.device, event.schema) == ("phone", 2)


def test_who_follows_is_woken_when_events_are_durable(tmp_path):
    async def scenario():
        receiver = EventReceiver(tmp_path, lambda request_id: 1_000)
        waiting = asyncio.ensure_future(receiver.wait_beyond(receiver.position))
        await receiver.receive(batch(CLICK))
        moved = await waiting
        await receiver.close()
        return moved

    assert asyncio.run(scenario()) == [position for position, _ in read(tmp_path)][-1]


def test_it_is_known_again_after_its_segment_was_closed(tmp_path):
    def send(*events):
        async def scenario():
            receiver = EventReceiver(tmp_path, lambda request_id: 1_000, segment_bytes=200)
            try:
                return [(await receiver.receive(batch(event)))["accepted"] for event in events]
            finally:
                await receiver.close()

        return asyncio.run(scenario())

    events = [CLICK | {"event_id": f"e{number}"} for number in range(9)]
    assert send(*events) == [1] * 9
    assert len(segments(tmp_path)) > 2
    assert send(*events) == [0] * 9


def test_it_counts_once_within_a_batch_between_batches_and_after_a_restart(tmp_path):
    assert receive(tmp_path, batch(CLICK, CLICK))[0]["duplicates"] == 1
    assert receive(tmp_path, batch(CLICK), batch(CLICK, CLICK | {"event_id": "e2"})) == [
        {"accepted": 0, "duplicates": 1, "refused": []},
        {"accepted": 1, "duplicates": 1, "refused": []},
    ]
    assert [event.event_id for event in read_events(tmp_path)] == ["e1", "e2"]


def test_the_same_event_in_two_batches_at_once_counts_once(tmp_path):
    answers = receive(tmp_path, *[batch(CLICK)] * 5)
    assert sum(answer["accepted"] for answer in answers) == 1
    assert len(read_events(tmp_path)) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "clack"}, "the event is wrong: [Invalid enum value 'clack' - at `$.kind`]"),
        ({"when": 1}, "the event is wrong: [Object contains unknown field `when`]"),
        ({"event_id": ""}, "event_id [] must have 1 to 256 characters"),
        ({"event_time": -1}, "event_time [-1] is not a time in UTC milliseconds"),
        ({"device": "d" * 300}, f"device [{'d' * 40}] must have 1 to 256 characters, or be left out"),
        ({"user_id": ""}, "user_id [] must have 1 to 256 characters, or be left out"),
        ({"schema": 0}, "schema [0] must be 1 to 2, or left out"),
        (
            {"schema": 3, "mood": "glad"},
            "the event has schema [3], and this version reads up to [2]; use a newer Encore",
        ),
        ({"received_time": 1}, "received_time [1] is set at receipt; leave it out"),
        ({"position": 1}, "position [1] belongs to impressions, not to a click"),
        ({"seconds": 3.5}, "seconds [3.5] belongs to plays, not to a click"),
        ({"kind": "impression"}, "position [None] of an impression must be 1 or more"),
        ({"kind": "impression", "position": 0}, "position [0] of an impression must be 1 or more"),
        (
            {"kind": "impression", "position": 1 << 31},
            "position [2147483648] exceeds the limit of [2147483647]",
        ),
        ({"kind": "play", "seconds": -1}, "seconds [-1.0] of a play must be 0 or more"),
    ],
)
def test_a_bad_event_is_refused_with_its_reason_and_the_rest_is_kept(tmp_path, change, reason):
    (answer,) = receive(tmp_path, batch(CLICK | {"event_id": "bad"} | change, CLICK))
    assert answer == {"accepted": 1, "duplicates": 0, "refused": [{"index": 0, "reason": reason}]}


def test_a_body_that_is_no_batch_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match=r"the batch is wrong: \[Input data was truncated\]"):
        receive(tmp_path, b"{")
    with pytest.raises(
        InvalidInputError, match=r"\[1001\] events exceed the limit of \[1000\] a batch; split it"
    ):
        receive(tmp_path, batch(*[CLICK] * 1001))
