"""Which days count, and what is counted in them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from ranker.errors import InvalidInputError
from ranker.features.log import DAY_MS, ZONE_OFFSET_MS

WINDOWS: Final = (1, 7, 30)  # whole days before the day
LONGEST: Final = max(WINDOWS)
COUNTERS: Final = ("impressions", "clicks", "plays", "effective_plays", "likes", "favorites", "shares")
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "video": ("video_id",),
    "uploader": ("uploader_id",),
    "artist": ("artist_id",),
    "query_video": ("query", "video_id"),
    "user_artist": ("user_id", "artist_id"),
}
"""Entities, and the columns that name one of them."""

_EPOCH: Final = date(1970, 1, 1)


def column(counter: str, window: int) -> str:
    """The column of a counter over a window: `clicks_7d`."""
    return f"{counter}_{window}d"


VALUES: Final = tuple(column(counter, window) for window in WINDOWS for counter in COUNTERS)
"""int64 columns of every entity's table, by window, then by counter."""


def day_start(day: date) -> int:
    """UTC milliseconds of a day's midnight in Asia/Shanghai."""
    return (day - _EPOCH).days * DAY_MS - ZONE_OFFSET_MS


def day_at(milliseconds: int) -> date:
    """The day in Asia/Shanghai of UTC milliseconds."""
    return _EPOCH + timedelta(days=(milliseconds + ZONE_OFFSET_MS) // DAY_MS)


def parse_day(text: str) -> date:
    """A day written as 2026-11-25.

    Raises:
        InvalidInputError: It is written otherwise.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InvalidInputError(f"day [{text}] is no day; write it as 2026-11-25")
    return day
