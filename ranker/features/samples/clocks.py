"""What time it is by the log: each generation has its own clock, as a sample world does.

Requests and events tell it. Between them it goes on as the wall clock does, from when it was read last, so
that the last requests of a generation that nobody asks any more are closed too. It never runs ahead: what is
read was written before.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from ranker.features.samples.event_table import EventTable
from ranker.features.samples.store import Seen
from ranker.features.samples.window import Window
from ranker.features.snapshots.tables import Tables

_EVENTS_AT_ONCE: Final = 100_000


def read_clocks(
    clocks: Mapping[str, Seen], tables: Tables, events: EventTable, after: int, window: Window, wall: int
) -> tuple[dict[str, Seen], int]:
    """Clocks with what the log of events has behind a position, and the position come to.

    Args:
        clocks: As they were.
        tables: Which request is of which generation; those behind `clocks`, too, are looked at.
        events: The log.
        after: Position of the last event that was read for `clocks`.
        window: An event is of a request of this long ago at the most; a later one tells no time.
        wall: UTC milliseconds by the wall clock, of before the log is read.
    """
    latest: dict[str, int] = {}
    ids: list[str] = []
    times: list[int] = []
    position = after

    def tell() -> None:
        if ids:
            told = pl.DataFrame({"request_id": ids, "received_time": times})
            first, last = min(times) - 2 * window.length, max(times) + window.skew
            known = tables.requests(first, last).select("request_id", "generation")
            found = known.join(told.lazy(), on="request_id", how="inner").collect(engine="streaming")
            _keep_latest(latest, found.group_by("generation").agg(pl.col("received_time").max()))
        ids.clear()
        times.clear()

    for at, event in events.read(after):
        position = at
        ids.append(event.request_id)
        times.append(event.received_time or 0)
        if len(ids) >= _EVENTS_AT_ONCE:
            tell()
    tell()
    return moved(clocks, latest, wall), position


def told_by(requests: pl.LazyFrame) -> dict[str, int]:
    """The latest `now` of each generation."""
    latest: dict[str, int] = {}
    _keep_latest(latest, requests.group_by("generation").agg(pl.col("now").max()).collect())
    return latest


def moved(clocks: Mapping[str, Seen], latest: Mapping[str, int], wall: int) -> dict[str, Seen]:
    """The clocks with later times of some generations, read now."""
    after = dict(clocks)
    for generation, time in latest.items():
        seen = after.get(generation)
        if seen is None or time > now_by(seen, wall):
            after[generation] = Seen(time, wall)
    return after


def now_by(seen: Seen, wall: int) -> int:
    """What a clock shows."""
    return seen.clock + max(wall - seen.heard, 0)


def _keep_latest(latest: dict[str, int], found: pl.DataFrame) -> None:
    for generation, time in found.iter_rows():
        latest[generation] = max(time, latest.get(generation, time))
