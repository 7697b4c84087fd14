"""Counters from raw events, for training rows and replay: what a store that has applied them would answer."""

from collections.abc import Iterable
from typing import Self

import numpy as np
import numpy.typing as npt

from ranker.catalog.event import Event
from ranker.features.online.cells import Counts
from ranker.features.online.windows import BUCKETS, COUNTERS, SIZES, WINDOWS, counted_as

Ints = npt.NDArray[np.int64]


class CountedEvents:
    """Events by video and time; asked for any number of (video, now) at once. Immutable.

    Args:
        videos: Row of each event's video, (m,).
        times: When it was received, UTC milliseconds, (m,).
        counters: Which of `COUNTERS` it adds 1 to, (m,); a long play stands there twice.
    """

    def __init__(self, videos: Ints, times: Ints, counters: Ints) -> None:
        self._epoch = int(times.min(initial=0))
        self._span = int(times.max(initial=0)) - self._epoch + 2
        order = np.argsort(videos * self._span + (times - self._epoch), kind="stable")
        self._keys = (videos * self._span + (times - self._epoch))[order]
        self._before = np.zeros((len(order) + 1, len(COUNTERS)), np.int32)
        np.cumsum(counters[order, None] == np.arange(len(COUNTERS)), axis=0, out=self._before[1:])

    @classmethod
    def of(cls, events: Iterable[tuple[int, Event]]) -> Self:
        """Of (video's row, event); what has no time of receipt counts nowhere."""
        flat = [
            (row, event.received_time, counter)
            for row, event in events
            if event.received_time is not None
            for counter in counted_as(event)
        ]
        return cls(*np.array(flat, np.int64).reshape(-1, 3).T)

    def counters(self, videos: Ints, now: Ints) -> Counts:
        """Windows as of each row's `now`, int32 (n, 3 windows, 7 counters).

        What was received after `now` doesn't count, whatever bucket it lies in.

        Args:
            videos: Rows, (n,).
            now: UTC milliseconds, (n,).
        """
        found = np.empty((len(videos), len(WINDOWS), len(COUNTERS)), np.int32)
        upper = self._before[self._places(videos, now + 1)]
        for window, (size, buckets) in enumerate(zip(SIZES.tolist(), BUCKETS.tolist(), strict=True)):
            first = (now // size - buckets + 1) * size
            found[:, window] = upper - self._before[self._places(videos, first)]
        return found

    def _places(self, videos: Ints, times: Ints) -> Ints:
        """How many events stand before (video, time) in order."""
        since = np.clip(times - self._epoch, 0, self._span - 1)
        return self._keys.searchsorted(videos * self._span + since)
