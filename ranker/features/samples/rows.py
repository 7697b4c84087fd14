"""From a few snapshots and events to training rows in memory; `build` and `follow` do so for any number."""

from collections.abc import Iterable

import polars as pl

from ranker.catalog.event import Event
from ranker.features.events.table import to_arrow
from ranker.features.samples.outcomes import KEY, outcomes
from ranker.features.snapshots.record import Snapshot, rows


def training_rows(snapshots: Iterable[Snapshot], events: Iterable[Event]) -> pl.DataFrame:
    """Join on (request_id, video_id), whatever the time of receipt.

    A row is a scored candidate that was shown: its snapshot's columns, `position` (of its first
    impression), `shown_at`, `click`, `like`, `favorite`, `share` (bool) and `play_seconds` (the longest play;
    0 without one). A candidate that nobody saw is no row: it says nothing about the listener. An event
    counts once, however often it was sent.
    """
    frames = [rows(snapshot) for snapshot in snapshots]
    if not frames:
        return pl.DataFrame()
    # A later page or another shard scores other candidates; the first scoring of a candidate counts.
    scored = pl.concat(frames, how="diagonal").unique(KEY, keep="first", maintain_order=True)
    found = outcomes(event_frame(events).lazy()).collect()
    return scored.join(found, on=KEY, how="inner", maintain_order="left")


def event_frame(events: Iterable[Event]) -> pl.DataFrame:
    """Events as rows of their table, `log_position` counting from 0."""
    given = list(events)
    return pl.DataFrame(pl.from_arrow(to_arrow(given, range(len(given)))))
