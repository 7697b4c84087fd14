"""What came of a candidate: the events that quote it, put together so that one told twice counts once."""

from typing import Final

import polars as pl

from ranker.features.samples.window import Window

FLAGS: Final = ("click", "like", "favorite", "share")
KEY: Final = ("request_id", "video_id")
_POSITIONS: Final = (
    1 << 20
)  # time and position side by side in one int64: a later position counts as the last


def in_window(window: Window) -> pl.Expr:
    """Of an event beside its request's `now`; see `Window`."""
    since = pl.col("received_time") - pl.col("now")
    return (since >= -window.skew) & (since < window.length)


def is_late(window: Window) -> pl.Expr:
    """Received after the window."""
    return pl.col("received_time") - pl.col("now") >= window.length


def outcomes(events: pl.LazyFrame) -> pl.LazyFrame:
    """A row for each (request_id, video_id) that was shown.

    `position` and `shown_at` of the impression received first (of several at once, that of the smallest
    position), `click`, `like`, `favorite`, `share` (bool) and `play_seconds` (the longest play; 0 without
    one).
    """
    received = pl.col("received_time").fill_null(0)
    first = (received * _POSITIONS + pl.col("position").clip(0, _POSITIONS - 1)).min()
    return (
        events.group_by(*KEY)
        .agg(
            first.alias("first"),
            *((pl.col("kind") == kind).any().alias(kind) for kind in FLAGS),
            pl.col("seconds").max().fill_null(0.0).alias("play_seconds"),
        )
        .filter(pl.col("first").is_not_null())
        .select(
            *KEY,
            (pl.col("first") % _POSITIONS).cast(pl.Int32).alias("position"),
            (pl.col("first") // _POSITIONS).alias("shown_at"),
            *FLAGS,
            "play_seconds",
        )
    )
