"""What listeners do with a search's answer: one typed, versioned event schema."""

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from ranker.errors import InvalidInputError

SCHEMA: Final = 1
MOST_EVENTS: Final = 1_000
_MOST_NAME_CHARACTERS: Final = 256

Kind = Literal["impression", "click", "play", "like", "favorite", "share"]


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that happened to one video of one search.

    Times are UTC milliseconds. `event_time` is the client's; `received_time` is set at receipt, never
    by the client: what counts "as of a request" is what was received by then. `position` (1-based)
    belongs to impressions, `seconds` to plays.
    """

    event_id: str
    request_id: str
    video_id: str
    kind: Kind
    event_time: int
    user_id: str | None = None
    position: int | None = None
    seconds: float | None = None
    received_time: int | None = None


class EventBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A batch as it arrives: the events stay raw, so that a bad one doesn't spoil the rest."""

    events: list[msgspec.Raw]


_decode_batch = msgspec.json.Decoder(EventBatch).decode
_decode_event = msgspec.json.Decoder(Event).decode


def read_batch(body: bytes) -> list[msgspec.Raw]:
    """The raw events of `{"events": [...]}`.

    Raises:
        InvalidInputError: The body is no batch, or a larger one than allowed.
    """
    try:
        events = _decode_batch(body).events
    except msgspec.MsgspecError as error:
        raise InvalidInputError(f"the batch is wrong: [{error}]") from None
    if len(events) > MOST_EVENTS:
        raise InvalidInputError(
            f"[{len(events)}] events exceed the limit of [{MOST_EVENTS}] a batch; split it"
        )
    return events


def read_event(raw: Any, clock: Callable[[str], int]) -> Event:
    """One event, stamped with its receipt.

    Args:
        raw: Its JSON.
        clock: UTC milliseconds now, by the clock of the request whose id is given.

    Raises:
        InvalidInputError: A field is missing, unknown or out of its range.
    """
    try:
        event = _decode_event(raw)
    except msgspec.MsgspecError as error:
        raise InvalidInputError(f"the event is wrong: [{error}]") from None
    for name in ("event_id", "request_id", "video_id"):
        if not 0 < len(getattr(event, name)) <= _MOST_NAME_CHARACTERS:
            raise InvalidInputError(
                f"{name} [{getattr(event, name)[:40]}] must have 1 to {_MOST_NAME_CHARACTERS} characters"
            )
    if event.received_time is not None:
        raise InvalidInputError(f"received_time [{event.received_time}] is set at receipt; leave it out")
    if not 0 <= event.event_time < 1 << 53:
        raise InvalidInputError(f"event_time [{event.event_time}] is not a time in UTC milliseconds")
    _check_kind(event)
    return msgspec.structs.replace(event, received_time=clock(event.request_id))


def _check_kind(event: Event) -> None:
    if event.kind == "impression" and (event.position is None or event.position < 1):
        raise InvalidInputError(f"position [{event.position}] of an impression must be 1 or more")
    if event.kind == "play" and not (event.seconds is not None and 0 <= event.seconds < float("inf")):
        raise InvalidInputError(f"seconds [{event.seconds}] of a play must be 0 or more")
    if event.kind != "impression" and event.position is not None:
        raise InvalidInputError(f"position [{event.position}] belongs to impressions, not to a {event.kind}")
    if event.kind != "play" and event.seconds is not None:
        raise InvalidInputError(f"seconds [{event.seconds}] belongs to plays, not to a {event.kind}")
