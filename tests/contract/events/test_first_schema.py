"""Events of the first schema: `v1.journal` was written by the code of its time, and is read forever."""

import asyncio
import shutil
from pathlib import Path

import msgspec

from ranker.catalog.event import Event
from ranker.features.events.reading import read
from ranker.serving.events import EventReceiver

RAW = {"request_id": "r", "video_id": "BV1", "kind": "click", "event_time": 5}
FIXTURE = Path(__file__).parent / "v1.journal"


def v1(number, request_id, video_id, kind, event_time, **more):
    return Event(
        event_id=f"v1-{number}",
        request_id=request_id,
        video_id=video_id,
        kind=kind,
        event_time=event_time,
        received_time=1_750_000_000_000 + 250 * number,
        schema=1,
        **more,
    )


EVENTS = [
    v1(1, "r1", "BV1晴天", "impression", 1_749_999_999_000, user_id="u42", position=1),
    v1(2, "r1", "BV1晴天", "click", 1_749_999_999_500, user_id="u42"),
    v1(3, "r1", "BV1晴天", "play", 1_749_999_999_600, seconds=42.5),
    v1(4, "r1", "BV1晴天", "like", 1_749_999_999_700),
    v1(5, "r1", "BV1晴天", "favorite", 1_749_999_999_800),
    v1(6, "r2", "BV2", "share", 0),
]


def test_a_journal_of_the_first_schema_is_read_as_segment_0(tmp_path):
    shutil.copy(FIXTURE, tmp_path / "events.journal")
    assert [event for _, event in read(tmp_path)] == EVENTS
    assert [position for position, _ in read(tmp_path)][-1] == FIXTURE.stat().st_size


def test_its_events_are_known_when_they_are_sent_again(tmp_path):
    shutil.copy(FIXTURE, tmp_path / "events.journal")
    sent = [{"event_id": event.event_id, **RAW} for event in EVENTS] + [{"event_id": "v2-1", **RAW}]

    async def scenario():
        receiver = EventReceiver(tmp_path, lambda request_id: 1_750_000_009_000)
        try:
            return await receiver.receive(msgspec.json.encode({"events": sent}))
        finally:
            await receiver.close()

    assert asyncio.run(scenario()) == {"accepted": 1, "duplicates": 6, "refused": []}
    assert [event.schema for _, event in read(tmp_path)] == [1, 1, 1, 1, 1, 1, 2]
