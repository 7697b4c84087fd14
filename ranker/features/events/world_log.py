"""A sample world's log as events: what its listeners' clients would have sent.

An exposure is an impression; a click comes two seconds later, and what happens during the play (its
seconds, like, favorite, share) arrives when the play has ended. The network takes no time here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from ranker.catalog.event import SCHEMA
from ranker.errors import InvalidInputError
from ranker.features.events import position as at
from ranker.features.events.compaction import compacting
from ranker.features.events.day_files import DayFiles, sweep
from ranker.features.events.manifest import Manifest, read_manifest, write_manifest
from ranker.features.events.segments import segments
from ranker.features.events.table import ARROW, COLUMNS
from ranker.features.log import DAY_MS, ZONE_OFFSET_MS, day_of
from ranker.world.store import World

CLICK_AFTER_MS: Final = 2_000
_KINDS: Final = ("impression", "click", "play", "like", "favorite", "share")
_LONGEST_PLAY_MS: Final = DAY_MS
_SECONDS: Final = pl.col("play_seconds").cast(pl.Float64).round(3)  # tenths, kept as float32


def world_events(world: World) -> pl.LazyFrame:
    """Its events with the columns of `table`, in the order of receipt; `log_position` counts from 1.

    Event ids are `<request>-<position>-<kind>`, so that two runs make the same ones.
    """
    return _numbered(_unordered(world.scan("exposures"), world.scan("searches")), 1)


def write_world_events(world: World, folder: Path) -> int:
    """Make `folder` an event log that is wholly compacted, of the world's events; returns how many.

    Days are made one by one: a world may be larger than memory.

    Raises:
        InvalidInputError: The folder holds an event log.
    """
    if segments(folder) or read_manifest(folder).files:
        raise InvalidInputError(f"[{folder}] holds an event log already; name another folder")
    with compacting(folder):
        sweep(folder, ())
        files = DayFiles(folder, at.START)
        count = 0
        for day in _days(world):
            rows = _numbered(day, count + 1).collect()
            if len(rows):
                files.add(rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(ARROW))
            count += len(rows)
        named = tuple(files.finish(count))
        write_manifest(folder, Manifest(until=count, pruned=count, files=named))
    return count


def _days(world: World) -> Iterator[pl.LazyFrame]:
    """Events of each day of receipt."""
    exposures, searches = world.scan("exposures"), world.scan("searches")
    edges = exposures.select(first=pl.col("event_time").min(), last=pl.col("event_time").max()).collect()
    if edges["first"][0] is None:
        return
    first, last = (int(day_of(edges[name][0])) for name in ("first", "last"))
    for day in range(first, last + 2):
        start = day * DAY_MS - ZONE_OFFSET_MS
        near = pl.col("event_time").is_between(start - _LONGEST_PLAY_MS, start + DAY_MS, closed="left")
        of_day = pl.col("received_time").is_between(start, start + DAY_MS, closed="left")
        asked = pl.col("now").is_between(start - 2 * DAY_MS, start + DAY_MS)
        yield _unordered(exposures.filter(near), searches.filter(asked)).filter(of_day)


def _unordered(exposures: pl.LazyFrame, searches: pl.LazyFrame) -> pl.LazyFrame:
    shown = exposures.join(searches.select("request_id", "user_id", "device"), on="request_id", how="left")
    clicked = pl.col("event_time") + CLICK_AFTER_MS
    ended = clicked + (_SECONDS * 1000).round().cast(pl.Int64)
    times = {"impression": pl.col("event_time"), "click": clicked}
    return pl.concat(
        [
            (shown if kind == "impression" else shown.filter("click" if kind == "play" else kind)).select(
                event_id=pl.format("{}-{}-{}", "request_id", "position", pl.lit(kind)),
                request_id="request_id",
                video_id="video_id",
                kind=pl.lit(kind),
                event_time=times.get(kind, ended),
                received_time=times.get(kind, ended),
                user_id="user_id",
                position=_only(kind == "impression", pl.col("position").cast(pl.Int32), pl.Int32()),
                seconds=_only(kind == "play", _SECONDS, pl.Float64()),
                device="device",
                schema=pl.lit(SCHEMA, pl.Int8),
                place=pl.col("position"),
            )
            for kind in _KINDS
        ]
    )


def _only(here: bool, value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return value if here else pl.lit(None, dtype)


def _numbered(events: pl.LazyFrame, first: int) -> pl.LazyFrame:
    order = pl.col("kind").replace_strict(list(_KINDS), range(len(_KINDS)), return_dtype=pl.Int8)
    return (
        events.sort("received_time", "request_id", "place", order)
        .with_row_index("log_position", first)
        .with_columns(pl.col("log_position").cast(pl.Int64))
        .select(*COLUMNS)
    )
