"""A video's counters as packed bytes: cells of (tag, count), two little-endian uint32 each, sorted by tag.

A tag is window (2 bits), bucket (27 bits: minutes until 2225) and counter (3 bits), so a video that hardly
anybody looks at takes a few dozen bytes and one that bursts about two kilobytes. Cells of many videos are
added to and summed in one numpy pass. The bytes depend on the events alone, not on how they were batched.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ranker.catalog.event import Event
from ranker.features.online.windows import (
    BUCKETS,
    COUNTERS,
    KEPT,
    SIZES,
    WINDOWS,
    counted_as,
    newest_buckets,
)

Counts = npt.NDArray[np.int32]
_Ints = npt.NDArray[np.int64]
_BUCKET_BITS: Final = 27
_KIND_BITS: Final = 3
_WINDOW_SHIFT: Final = _BUCKET_BITS + _KIND_BITS
_BUCKET_MASK: Final = (1 << _BUCKET_BITS) - 1
_KIND_MASK: Final = (1 << _KIND_BITS) - 1
CELL_BYTES: Final = 8
LAST_MS: Final = int(SIZES[0]) << _BUCKET_BITS
"""Times from here on have no bucket."""
_SHAPE: Final = (len(WINDOWS), len(COUNTERS))
_PER_VIDEO: Final = len(WINDOWS) * len(COUNTERS)
_PLACE: Final = np.arange(1 << (2 + _KIND_BITS)) // (1 << _KIND_BITS) * len(COUNTERS) + np.arange(
    1 << (2 + _KIND_BITS)
) % (1 << _KIND_BITS)
"""Place among a video's sums of window << 3 | counter."""


def sums(blobs: Sequence[bytes | None], now: int) -> Counts:
    """Each window's counters of n videos as of `now` (UTC milliseconds), int32 (n, 3 windows, 7 counters).

    Args:
        blobs: A video's cells each; None of a video without.
        now: Not more than `Window.kept - Window.buckets` buckets older than a video's newest event.
    """
    count = len(blobs)
    known = [blob or b"" for blob in blobs]
    words = np.frombuffer(b"".join(known), "<u4")
    if not len(words):
        return np.zeros((count, *_SHAPE), np.int32)
    tags, values = words[0::2], words[1::2]
    sizes = np.fromiter(map(len, known), np.int64, count) // CELL_BYTES
    window = tags >> _WINDOW_SHIFT
    newest = newest_buckets(now)
    age = newest.take(window) - ((tags >> _KIND_BITS) & _BUCKET_MASK)
    inside = np.flatnonzero((age >= 0) & (age < BUCKETS.take(window)))
    video = np.repeat(np.arange(0, count * _PER_VIDEO, _PER_VIDEO), sizes)
    place = video.take(inside) + _PLACE.take(((window << _KIND_BITS) | (tags & _KIND_MASK)).take(inside))
    # Sums are whole numbers far below 2⁵³, so the float64 that bincount adds in is exact.
    total = np.bincount(place, values.take(inside), count * _PER_VIDEO)
    return total.astype(np.int32).reshape(count, *_SHAPE)


def add(blobs: Sequence[bytes | None], events: Iterable[tuple[int, Event]]) -> list[bytes]:
    """The n videos' cells with these events counted, without what no window reaches any more.

    Args:
        blobs: A video's cells each, (n,).
        events: (row among the n, event); an event without a countable time of receipt counts nowhere.
    """
    count = len(blobs)
    rows, kinds, times = _flat(events)
    bucket = times[:, None] // SIZES
    fresh = (np.arange(len(WINDOWS)) << _WINDOW_SHIFT) | (bucket << _KIND_BITS) | kinds[:, None]
    known = [blob or b"" for blob in blobs]
    words = np.frombuffer(b"".join(known), "<u4").astype(np.int64)
    sizes = np.fromiter(map(len, known), np.int64, count) // CELL_BYTES
    keys = np.concatenate(
        (np.repeat(np.arange(count), sizes) << 32 | words[0::2], (rows[:, None] << 32 | fresh).ravel())
    )
    values = np.concatenate((words[1::2], np.ones(fresh.size, np.int64)))
    keys, values = _summed(keys, values)
    keys, values = _without_old(keys, values)
    packed = np.empty((len(keys), 2), "<u4")
    packed[:, 0], packed[:, 1] = keys & 0xFFFFFFFF, values
    data = packed.tobytes()
    ends = (np.searchsorted(keys >> 32, np.arange(count), "right") * CELL_BYTES).tolist()
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _flat(events: Iterable[tuple[int, Event]]) -> tuple[_Ints, _Ints, _Ints]:
    """Rows, counters and times of receipt, one each count."""
    flat = [
        (row, kind, event.received_time)
        for row, event in events
        if event.received_time is not None and 0 <= event.received_time < LAST_MS
        for kind in counted_as(event)
    ]
    rows, kinds, times = np.array(flat, np.int64).reshape(-1, 3).T
    return rows, kinds, times


def _summed(keys: _Ints, values: _Ints) -> tuple[_Ints, _Ints]:
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[starts], np.add.reduceat(values[order], starts) if len(starts) else values[:0]


def _without_old(keys: _Ints, values: _Ints) -> tuple[_Ints, _Ints]:
    """Without buckets that lie `kept` or more before the newest of the same video and window."""
    group = keys >> _WINDOW_SHIFT  # video and window; sorted, so a group's last key has its newest bucket
    last = np.flatnonzero(np.diff(group, append=-1))
    newest = np.repeat(keys[last], np.diff(last, prepend=-1))
    window = (keys >> _WINDOW_SHIFT) & 3
    age = ((newest >> _KIND_BITS) & _BUCKET_MASK) - ((keys >> _KIND_BITS) & _BUCKET_MASK)
    kept = age < KEPT[window]
    return keys[kept], values[kept]
