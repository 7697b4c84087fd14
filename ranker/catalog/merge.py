"""Rows of a catalogue to one table with each id once, and a report that adds up.

Of several rows with one id the one with the most plays stands, the later of equals: counts only grow,
so the greatest is the latest, and a file without plays keeps its last word. The row stands whole: no
value is mixed in from the others.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from ranker.catalog.delimited import BadRow
from ranker.catalog.video import Video, schema, to_table
from ranker.errors import InvalidInputError

BadRows = Literal["skip", "refuse"]
_ROWS_A_PART = 50_000


@dataclass(frozen=True)
class Report:
    """What became of every row: rows = indexed + merged + refused."""

    rows: int
    indexed: int
    merged: int
    refused: int


def gather(
    rows: Iterable[Video | BadRow],
    target: Path,
    bad_rows: BadRows = "refuse",
    refused: Callable[[BadRow], None] | None = None,
) -> Report:
    """Write the videos, each id once, to the Parquet file `target`, in order of first appearance.

    Args:
        rows: As `read_catalog` yields them; held in memory by parts only as columns.
        target: Made or replaced at the end; untouched where this fails.
        bad_rows: `refuse` fails after the last row if any was bad; `skip` leaves them out.
        refused: Told of each bad row.

    Raises:
        InvalidInputError: Bad rows with `refuse`, or no video at all.
    """
    parts: list[pl.DataFrame] = []
    waiting: list[Video] = []
    count = 0
    bad = 0
    first_bad: BadRow | None = None
    for row in rows:
        count += 1
        if isinstance(row, BadRow):
            if refused:
                refused(row)
            bad += 1
            first_bad = first_bad or row
            continue
        waiting.append(row)
        if len(waiting) == _ROWS_A_PART:
            parts.append(to_table(waiting))
            waiting = []
    parts.append(to_table(waiting))
    if bad and bad_rows == "refuse":
        raise InvalidInputError(
            f"[{bad}] of [{count}] rows are bad, the first on {first_bad}; mend them or pass --bad-rows skip"
        )
    merged = merge(pl.concat(parts))
    if merged.is_empty():
        raise InvalidInputError(f"none of the [{count}] rows is a video")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".unfinished")
    merged.write_parquet(unfinished)
    unfinished.replace(target)
    return Report(count, merged.height, count - bad - merged.height, bad)


def merge(table: pl.DataFrame) -> pl.DataFrame:
    """Keep of each `video_id` the row with most plays, the later of equals; order of first appearance."""
    numbered = table.with_row_index("row")
    first = numbered.group_by("video_id").agg(pl.col("row").min().alias("first"))
    best = numbered.sort(["plays", "row"]).unique("video_id", keep="last")
    return best.join(first, on="video_id").sort("first").select(list(schema()))
