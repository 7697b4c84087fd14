"""Reading the event log from a position on, while it is written, compacted and pruned."""

from collections.abc import Iterator
from pathlib import Path

from ranker.catalog import journal
from ranker.catalog.event import Event, decode_event, encode_event
from ranker.errors import EncoreError, InvalidInputError
from ranker.features.events import position as at
from ranker.features.events.manifest import Manifest, read_manifest
from ranker.features.events.mark import durable_position
from ranker.features.events.segments import Segment, path_of, segments
from ranker.features.events.table import compacted_events


class _PrunedMeanwhileError(Exception):
    """A segment went away under the reader: it is in Parquet now."""


def read(folder: Path, after: int = at.START) -> Iterator[tuple[int, Event]]:
    """Yield (position behind it, event) of every durable event behind `after`, in the order of receipt.

    It ends at the log's durable end of when it was called; whoever follows calls it again with the last
    position. Segments that were compacted and deleted are read from Parquet.

    Args:
        folder: The log's; one without a log holds no events.
        after: `START`, or a position that an earlier read yielded.

    Raises:
        EncoreError: The log is damaged, was written by a newer version, or ends before `after`.
    """
    for position, payload in read_payloads(folder, after):
        yield position, decode_at(folder, position, payload)


def decode_at(folder: Path, position: int, payload: bytes) -> Event:
    """An event of the log; an error says where it lies.

    Raises:
        EncoreError: It is none, or of a newer version.
    """
    try:
        return decode_event(payload)
    except InvalidInputError as error:
        raise EncoreError(f"the event at [{position}] of [{folder}] can't be read: {error}") from None


def read_payloads(folder: Path, after: int = at.START) -> Iterator[tuple[int, bytes]]:
    """As `read`, the events as stored."""
    until = durable_position(folder)
    if until is not None and after > until:
        raise EncoreError(
            f"the event log [{folder}] ends at [{until}], before [{after}]: it is another log than the one"
            " that was followed; follow it from its start"
        )
    reached = after
    while True:
        try:
            for position, payload in _records(folder, reached, until):
                reached = position
                yield position, payload
            return
        except _PrunedMeanwhileError:
            continue


def end(folder: Path) -> int:
    """The position behind the last durable event; `START` where there is none."""
    marked = durable_position(folder)
    if marked is not None:
        return marked
    last = read_manifest(folder).until
    for segment in segments(folder):  # of before segments: there is one
        last = max((at.make(segment.number, end) for end, _ in journal.read(segment.path)), default=last)
    return last


def _records(folder: Path, after: int, until: int | None) -> Iterator[tuple[int, bytes]]:
    compacted = read_manifest(folder)
    if after < compacted.pruned:
        for position, event in compacted_events(folder, compacted, after):
            yield position, encode_event(event)
        after = compacted.until
    there = segments(folder)
    _check_complete(folder, there, compacted)
    wanted = [
        segment
        for segment in there
        if segment.number >= at.segment_of(after)
        and (until is None or segment.number <= at.segment_of(until))
    ]
    for segment in wanted:
        yield from _of_segment(segment, after, until, closed=segment.number < there[-1].number)


def _check_complete(folder: Path, there: list[Segment], compacted: Manifest) -> None:
    """A segment in the middle that is not there was deleted by hand."""
    numbers = [segment.number for segment in there if segment.number > at.segment_of(compacted.pruned)]
    first = at.segment_of(compacted.pruned) + 1
    for expected, number in enumerate(numbers, first):
        if number != expected:
            raise EncoreError(f"[{path_of(folder, expected)}] is missing from the event log; restore it")


def _of_segment(segment: Segment, after: int, until: int | None, closed: bool) -> Iterator[tuple[int, bytes]]:
    number = segment.number
    start = at.offset_of(after) if at.segment_of(after) == number else 0
    stop = at.offset_of(until) if until is not None and at.segment_of(until) == number else None
    reached = max(start, journal.HEADER_BYTES)
    try:
        for offset, payload in journal.read(segment.path, start, stop):
            reached = offset
            yield at.make(number, offset), payload
        size = segment.path.stat().st_size
    except FileNotFoundError:
        raise _PrunedMeanwhileError from None
    whole = stop if stop is not None else size if closed else reached
    if reached < whole:
        raise EncoreError(f"[{segment.path}] is damaged behind byte [{reached}] of [{whole}]; restore it")
