"""A listener's last plays as packed bytes, oldest first.

A play is time of receipt (int64), seconds (float32), bytes of the id (uint16), id in UTF-8; little-endian.
"""

import struct
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ranker.catalog.event import Event

MOST_PLAYS: Final = 50
_KEPT: Final = 64  # plays that came since a search's `now` must not push out what it may see
_HEAD: Final = struct.Struct("<qfH")


class History(NamedTuple):
    """Plays, oldest first: `video_ids`, `times` of receipt int64 (k,) ms, `seconds` float32 (k,)."""

    video_ids: list[str]
    times: npt.NDArray[np.int64]
    seconds: npt.NDArray[np.float32]


NO_PLAYS: Final = History([], np.empty(0, np.int64), np.empty(0, np.float32))


def is_play(event: Event) -> bool:
    """Whether it goes into a history."""
    return event.kind == "play" and event.user_id is not None and event.received_time is not None


def add(blob: bytes | None, events: Iterable[Event]) -> bytes:
    """The history with these plays behind it, at most 64."""
    plays = [*_split(blob or b""), *(_packed(event) for event in events)]
    return b"".join(plays[-_KEPT:])


def read(blob: bytes | None, now: int) -> History:
    """The last 50 plays that were received by `now`, UTC milliseconds."""
    rows = []
    for play in _split(blob or b""):
        time, seconds, _ = _HEAD.unpack_from(play)
        if time <= now:
            rows.append((play[_HEAD.size :].decode(), time, seconds))
    if not rows:
        return NO_PLAYS
    ids, times, lengths = zip(*rows[-MOST_PLAYS:], strict=True)
    return History(list(ids), np.array(times, np.int64), np.array(lengths, np.float32))


def _packed(event: Event) -> bytes:
    name = event.video_id.encode()
    return _HEAD.pack(event.received_time, event.seconds or 0.0, len(name)) + name


def _split(blob: bytes) -> list[bytes]:
    plays, at = [], 0
    while at < len(blob):
        end = at + _HEAD.size + _HEAD.unpack_from(blob, at)[2]
        plays.append(blob[at:end])
        at = end
    return plays
