"""Events whose ids are numbers, and logs of them."""

from ranker.catalog.event import Event, encode_event
from ranker.features.events.log import EventLog

DAY_MS = 86_400_000
NOON = 1_750_000_000_000 // DAY_MS * DAY_MS + 4 * 3_600_000  # in Shanghai, UTC milliseconds


def event(number, received_time=NOON, **more):
    more = {"kind": "click", "event_time": received_time - 5} | more
    return Event(
        event_id=f"e{number}",
        request_id="r",
        video_id=f"BV{number % 7}",
        received_time=received_time,
        schema=2,
        **more,
    )


def append(folder, *numbers, segment_bytes=1 << 20):
    """Append these events, one append each; returns the positions behind them."""
    with EventLog.open(folder, segment_bytes) as log:
        return [log.append([encode_event(event(number))]) for number in numbers]


def numbers(found):
    return [int(item.event_id[1:]) for _, item in found]
