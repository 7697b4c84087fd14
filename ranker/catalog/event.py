"""What listeners do with a search's answer: one typed, versioned event schema."""

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from ranker.errors import InvalidInputError

SCHEMA: Final = 2
"""What is written; every older one is read. 1: without `schema` and `device`. 2: with them."""
MOST_EVENTS: Final = 1_000
_MOST_NAME_CHARACTERS: Final = 256
_MOST_POSITION: Final = (1 << 31) - 1

Kind = Literal["impression", "click", "play", "like", "favorite", "share"]


class Event(
    # Without references to itself it can't be part of a cycle: the collector need not walk millions of them.
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    gc=False,
):
    """One thing that happened to one video of one search.

    Times are UTC milliseconds. `event_time` is the client's; `received_time` is set at receipt, never
    by the client: what counts "as of a request" is what was received by then. `position` (1-based)
    belongs to impressions, `seconds` to plays. `user_id` and `device` may be absent: the request that is
    quoted knows them. `schema` is that under which the event was accepted.
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
    device: str | None = None
    schema: int = 1


class EventBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A batch as it arrives: the events stay raw, so that a bad one doesn't spoil the rest."""

    events: list[msgspec.Raw]


_decode_batch = msgspec.json.Decoder(EventBatch).decode
_decode_event = msgspec.json.Decoder(Event).decode
_encode = msgspec.json.Encoder().encode


class _Versioned(msgspec.Struct):
    schema: int = 1


_decode_schema = msgspec.json.Decoder(_Versioned).decode


def encode_event(event: Event) -> bytes:
    """An event as the log stores it: JSON, absent fields left out."""
    return _encode(event)


def decode_event(payload: bytes) -> Event:
    """An event of the log, of this schema or an older one.

    Raises:
        InvalidInputError: A newer version of Encore wrote it, or it is no event.
    """
    try:
        event = _decode_event(payload)
    except msgspec.MsgspecError as error:
        _refuse_newer(payload)
        raise InvalidInputError(f"the stored event is wrong: [{error}]") from None
    if event.schema > SCHEMA:
        _refuse_newer(payload)
    return event


def _refuse_newer(payload: bytes) -> None:
    try:
        schema = _decode_schema(payload).schema
    except msgspec.MsgspecError:
        return
    if schema > SCHEMA:
        raise InvalidInputError(
            f"the event has schema [{schema}], and this version reads up to [{SCHEMA}]; use a newer Encore"
        )


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
        _refuse_newer(raw)
        raise InvalidInputError(f"the event is wrong: [{error}]") from None
    if not 1 <= event.schema <= SCHEMA:
        raise InvalidInputError(f"schema [{event.schema}] must be 1 to {SCHEMA}, or left out")
    for name in ("event_id", "request_id", "video_id"):
        if not 0 < len(getattr(event, name)) <= _MOST_NAME_CHARACTERS:
            raise InvalidInputError(
                f"{name} [{getattr(event, name)[:40]}] must have 1 to {_MOST_NAME_CHARACTERS} characters"
            )
    for name in ("user_id", "device"):
        value = getattr(event, name)
        if value is not None and not 0 < len(value) <= _MOST_NAME_CHARACTERS:
            raise InvalidInputError(
                f"{name} [{value[:40]}] must have 1 to {_MOST_NAME_CHARACTERS} characters, or be left out"
            )
    if event.received_time is not None:
        raise InvalidInputError(f"received_time [{event.received_time}] is set at receipt; leave it out")
    if not 0 <= event.event_time < 1 << 53:
        raise InvalidInputError(f"event_time [{event.event_time}] is not a time in UTC milliseconds")
    _check_kind(event)
    return msgspec.structs.replace(event, received_time=clock(event.request_id), schema=SCHEMA)


def _check_kind(event: Event) -> None:
    if event.kind == "impression" and (event.position is None or event.position < 1):
        raise InvalidInputError(f"position [{event.position}] of an impression must be 1 or more")
    if event.position is not None and event.position > _MOST_POSITION:
        raise InvalidInputError(f"position [{event.position}] exceeds the limit of [{_MOST_POSITION}]")
    if event.kind == "play" and not (event.seconds is not None and 0 <= event.seconds < float("inf")):
        raise InvalidInputError(f"seconds [{event.seconds}] of a play must be 0 or more")
    if event.kind != "impression" and event.position is not None:
        raise InvalidInputError(f"position [{event.position}] belongs to impressions, not to a {event.kind}")
    if event.kind != "play" and event.seconds is not None:
        raise InvalidInputError(f"seconds [{event.seconds}] belongs to plays, not to a {event.kind}")
