"""Samples of a bounded number of requests: what was scored and shown, with what came of it in the window."""

from dataclasses import asdict, astuple, dataclass
from typing import Final

import polars as pl

from ranker.features.samples.event_table import EventTable
from ranker.features.samples.outcomes import FLAGS, KEY, in_window, is_late, outcomes
from ranker.features.samples.window import Window
from ranker.features.snapshots.tables import Tables

_OF_REQUEST: Final = ("query", "user_id", "device", "index", "generation")
LABELS: Final = ("position", "shown_at", *FLAGS, "play_seconds")


@dataclass(frozen=True)
class Counts:
    """What became of requests and of the events that quote them.

    `late` and `early` events came outside of the window, seen up to twice its length after the request;
    `unscored` candidates were shown but not scored (a search that fell back): they are no samples.
    """

    requests: int = 0
    samples: int = 0
    events: int = 0
    late: int = 0
    early: int = 0
    unscored: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def as_json(self) -> dict[str, int]:
        """By name."""
        return asdict(self)


def join(
    requests: pl.DataFrame, tables: Tables, events: EventTable, window: Window
) -> tuple[pl.DataFrame, Counts]:
    """Samples of these rows of `requests`, ordered by time, request and position.

    A sample has the columns of `snapshots`, of its request (`query`, `user_id`, `device`, …) and `LABELS`.
    The first scoring of a candidate counts: a later page or another shard may score it again.
    """
    if not len(requests):
        return pl.DataFrame(), Counts()
    first, last = requests["now"].min(), requests["now"].max()
    assert isinstance(first, int)
    assert isinstance(last, int)
    times = requests.lazy().select("request_id", "now")
    quoting = (
        events.scan(first - 2 * window.skew, last + 2 * window.length)
        .join(times, on="request_id", how="inner")
        .collect(engine="streaming")
    )
    found = outcomes(quoting.lazy().filter(in_window(window))).collect()
    scored = _scored(tables, found.join(requests.select("request_id", "now"), on="request_id"), first, last)
    samples = scored.join(found, on=KEY, how="inner").join(
        requests.select("request_id", *_OF_REQUEST), on="request_id", how="left"
    )
    late = int(quoting.select(is_late(window).sum()).item())
    inside = int(quoting.select(in_window(window).sum()).item())
    counts = Counts(
        requests=len(requests),
        samples=len(samples),
        events=inside,
        late=late,
        early=len(quoting) - inside - late,
        unscored=len(found) - len(samples),
    )
    absent = [pl.lit(None).cast(samples.schema[name]).alias(name) for name in LABELS if _lacks(tables, name)]
    return samples.with_columns(absent).sort("now", "request_id", "position", "video_id"), counts


def _lacks(tables: Tables, name: str) -> bool:
    return name in tables.manifest.absent


def _scored(tables: Tables, shown: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """The rows of `snapshots` that were shown, each once. A request is its id and its `now`."""
    rows = tables.snapshots(first, last)
    if not rows.collect_schema().names():
        return pl.DataFrame(schema={"request_id": pl.String, "video_id": pl.String, "now": pl.Int64})
    wanted = shown.lazy().select(*KEY, "now")
    found = rows.join(wanted, on=[*KEY, "now"], how="semi").collect(engine="streaming")
    return found.sort("log_position", maintain_order=True).unique(KEY, keep="first", maintain_order=True)
