"""From snapshots and events to training rows: an impression of a scored video, and what came of it."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from ranker.catalog.event import Event
from ranker.features.snapshot import Snapshot, rows

_OUTCOMES: Final = ("click", "like", "favorite", "share")


def training_rows(snapshots: Iterable[Snapshot], events: Iterable[Event]) -> pl.DataFrame:
    """Join on (request_id, video_id).

    A row is a scored candidate that was shown: its snapshot's columns, `position` (of its first
    impression), `click`, `like`, `favorite`, `share` (bool) and `play_seconds` (the longest play; 0
    without one). A candidate that nobody saw is no row: it says nothing about the listener. An event
    counts once, however often it was sent.
    """
    frames = [rows(snapshot) for snapshot in snapshots]
    if not frames:
        return pl.DataFrame()
    # A later page or another shard scores other candidates; the first scoring of a candidate counts.
    scored = pl.concat(frames, how="diagonal").unique(
        ["request_id", "video_id"], keep="first", maintain_order=True
    )
    return scored.join(_outcomes(events), on=["request_id", "video_id"], how="inner", maintain_order="left")


def _outcomes(events: Iterable[Event]) -> pl.DataFrame:
    table = pl.DataFrame(
        [
            (event.event_id, event.request_id, event.video_id, event.kind, event.position, event.seconds)
            for event in events
        ],
        schema={
            "event_id": pl.String,
            "request_id": pl.String,
            "video_id": pl.String,
            "kind": pl.String,
            "position": pl.Int64,
            "seconds": pl.Float64,
        },
        orient="row",
    ).unique("event_id", keep="first", maintain_order=True)
    return (
        table.group_by("request_id", "video_id")
        .agg(
            pl.col("position").drop_nulls().first(),
            *((pl.col("kind") == kind).any().alias(kind) for kind in _OUTCOMES),
            pl.col("seconds").max().fill_null(0.0).alias("play_seconds"),
        )
        .filter(pl.col("position").is_not_null())
    )
