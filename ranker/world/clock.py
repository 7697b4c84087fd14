"""The world's own clock: its log's days, and when in a day people search.

The log ends at midnight of 1 October 2026 in Shanghai, whatever the wall clock says.
"""

from dataclasses import dataclass

import numpy as np

from ranker.world.arrays import Floats, Ints

ZONE = "Asia/Shanghai"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
ZONE_OFFSET_MS = 8 * HOUR_MS
LOG_END_MS = 1_790_784_000_000
"""2026-10-01 00:00 in Shanghai, which has no summer time."""
SLOTS_A_DAY = 6
"""Demand changes every four hours: fine enough for a burst that rises within a day."""
SLOT_MS = DAY_MS // SLOTS_A_DAY

_MORNING = (2.2, 1.2, 0.7, 0.4, 0.3, 0.4, 0.9, 1.8, 2.4, 2.6, 2.8, 3.4)
_EVENING = (4.6, 4.0, 3.2, 3.0, 3.2, 3.8, 4.6, 5.6, 6.6, 7.0, 6.0, 4.0)
HOUR_PROFILE = np.array(_MORNING + _EVENING)
"""Searches by hour of the day: a peak at noon, a higher one at nine in the evening."""


@dataclass(frozen=True)
class Clock:
    """The log's span; day i runs from `start + i` days, in the world's zone."""

    days: int

    @property
    def start(self) -> int:
        """Start of the log, UTC milliseconds."""
        return LOG_END_MS - self.days * DAY_MS

    @property
    def end(self) -> int:
        """End of the log and the world's now, UTC milliseconds."""
        return LOG_END_MS

    @property
    def training_end(self) -> int:
        """End of the training part, UTC milliseconds: the first four fifths of the days."""
        return self.start + (self.days * 4 // 5) * DAY_MS

    def slots(self, times: Ints) -> Ints:
        """The four-hour slot of each time (n,), counted from the log's start."""
        return (times - self.start) // SLOT_MS

    def day_weights(self) -> Floats:
        """Share of the log's searches on each day (days,): weekends busier, slow growth."""
        days = np.arange(self.days)
        weekday = ((self.start + ZONE_OFFSET_MS) // DAY_MS + days + 3) % 7
        weights = (1.0 + 0.25 * (weekday >= 5)) * (1.0 + 0.004 * days)
        return np.asarray(weights / weights.sum())
