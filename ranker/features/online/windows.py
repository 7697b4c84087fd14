"""Which events count when: W(now) = Σ counts of buckets b with ⌊now/size⌋ − n < b ≤ ⌊now/size⌋.

Buckets are aligned to the epoch and filled by `received_time`. So a window is up to one bucket shorter than
its name says, never longer, and the sum is a whole number that anybody can recount from raw events: those
that were applied when it was read. A store that is asked as of an older `now` (a later page of a search)
counts what came after it in `now`'s own bucket, and nothing of later buckets.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ranker.catalog.event import Event
from ranker.features.log import EFFECTIVE_SECONDS

Ints = npt.NDArray[np.int64]
MINUTE_MS: Final = 60_000
COUNTERS: Final = ("impressions", "clicks", "plays", "effective_plays", "likes", "favorites", "shares")


@dataclass(frozen=True)
class Window:
    """`buckets` buckets of `size_ms`.

    `kept` buckets up to a video's newest are stored, more than a window needs: a later page of a search asks
    as of the search's `now`, which newer events have overtaken by up to ten minutes.
    """

    name: str
    size_ms: int
    buckets: int
    kept: int


WINDOWS: Final = (
    Window("5m", MINUTE_MS, 5, 16),
    Window("1h", 5 * MINUTE_MS, 12, 16),
    Window("1d", 60 * MINUTE_MS, 24, 26),
)
SIZES: Final = np.array([window.size_ms for window in WINDOWS], np.int64)
BUCKETS: Final = np.array([window.buckets for window in WINDOWS], np.int64)
KEPT: Final = np.array([window.kept for window in WINDOWS], np.int64)
LONGEST_MS: Final = int((SIZES * KEPT).max())
_OF_KIND: Final = {
    "impression": (0,),
    "click": (1,),
    "play": (2,),
    "like": (4,),
    "favorite": (5,),
    "share": (6,),
}
_EFFECTIVE: Final = (2, 3)


def counted_as(event: Event) -> tuple[int, ...]:
    """Places in `COUNTERS` that the event adds 1 to.

    An effective play is one of 15 seconds here: half of a short video is for the daily statistics, which
    know its length. A counter that asked the catalogue would change its past when the catalogue changes.
    """
    if event.kind == "play" and event.seconds is not None and event.seconds >= EFFECTIVE_SECONDS:
        return _EFFECTIVE
    return _OF_KIND[event.kind]


def newest_buckets(now: int) -> Ints:
    """⌊now/size⌋ of each window, (3,); `now` is UTC milliseconds."""
    return now // SIZES
