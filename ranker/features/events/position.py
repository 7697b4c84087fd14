"""A place in the event log as one int64: the segment's number, and the offset behind a record in it."""

from typing import Final

_OFFSET_BITS: Final = 40
START: Final = 0
"""Before the first event of any log."""


def make(segment: int, offset: int) -> int:
    """The position of an offset (bytes) in a segment. Positions grow over the log's whole life."""
    return segment << _OFFSET_BITS | offset


def segment_of(position: int) -> int:
    """The number of its segment."""
    return position >> _OFFSET_BITS


def offset_of(position: int) -> int:
    """Its offset in the segment's file, bytes."""
    return position & (1 << _OFFSET_BITS) - 1
