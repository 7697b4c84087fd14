"""Are logged features those of the request's moment? Each is computed again, and every value compared.

A difference means that a feature was made of something that was known later (or of something that has been
lost since): training on such values would teach what serving can't know.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.features.samples.recompute import (
    CannotRecomputeError,
    Logged,
    Recompute,
    Recomputed,
    context_of,
)
from ranker.features.snapshots.files import TableFile
from ranker.features.snapshots.tables import Tables

NOT_FEATURES: Final = frozenset(
    (
        "request_id",
        "video_id",
        "now",
        "stage",
        "coarse_score",
        "tier",
        "u",
        "versions",
        "events_position",
        "log_position",
    )
)


@dataclass
class Agreement:
    """One feature: values compared and equal, those that differ by excuse, and the first without one."""

    values: int = 0
    equal: int = 0
    excused: Counter[str] = field(default_factory=Counter)
    largest: float = 0.0
    example: dict[str, Any] | None = None

    @property
    def unexplained(self) -> int:
        """Values that differ, and nothing says why."""
        return self.values - self.equal - self.excused.total()

    @property
    def share(self) -> float:
        """Share of equal values; 1 where none was compared."""
        return self.equal / self.values if self.values else 1.0

    def as_json(self) -> dict[str, Any]:
        """{"share", "values", "equal", "explained": {reason: values}, "unexplained", …}."""
        found: dict[str, Any] = {
            "share": self.share,
            "values": self.values,
            "equal": self.equal,
            "explained": dict(self.excused),
            "unexplained": self.unexplained,
        }
        if self.example is not None:
            found |= {"largest_difference": self.largest, "example": self.example}
        return found


@dataclass
class Report:
    """What a check found. `skipped` counts calls that can't be recomputed, by reason.

    `not_recomputed` are logged features that nobody recomputes, `not_logged` the other way round.
    """

    calls: int = 0
    candidates: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    features: dict[str, Agreement] = field(default_factory=dict)
    not_recomputed: set[str] = field(default_factory=set)
    not_logged: set[str] = field(default_factory=set)

    @property
    def whole(self) -> Agreement:
        """All features together."""
        whole = Agreement()
        for agreement in self.features.values():
            whole.values += agreement.values
            whole.equal += agreement.equal
            whole.excused += agreement.excused
        return whole

    def as_json(self) -> dict[str, Any]:
        """{"calls", "candidates", "skipped", "whole", "features": {name: …}, …}."""
        return {
            "calls": self.calls,
            "candidates": self.candidates,
            "skipped": dict(self.skipped),
            "whole": self.whole.as_json(),
            "features": {name: found.as_json() for name, found in self.features.items()},
            "not_recomputed": sorted(self.not_recomputed),
            "not_logged": sorted(self.not_logged),
        }


def check(
    tables: Tables,
    first: int,
    last: int,
    recompute: Recompute,
    *,
    scores: frozenset[str] = frozenset(),
    every: int = 1,
) -> Report:
    """Compare logged features with recomputed ones; memory is bounded by a file of the table.

    Args:
        tables: Requests and snapshots.
        first: Smallest `now` looked at, UTC milliseconds.
        last: Largest.
        recompute: How.
        scores: Columns that are what models answered, no features.
        every: Look at each n-th call only.
    """
    report = Report()
    for number, (logged, rows) in enumerate(_calls(tables, first, last)):
        if number % every:
            continue
        try:
            again = recompute(logged)
        except CannotRecomputeError as error:
            report.skipped[str(error)] += 1
            continue
        report.calls += 1
        report.candidates += len(rows)
        _compare(report, logged, rows, again, scores)
    return report


def _calls(tables: Tables, first: int, last: int) -> Iterator[tuple[Logged, pl.DataFrame]]:
    """Each ranker call with its rows of the table."""
    for file in tables.manifest.snapshots:
        if file.first <= last and file.last >= first:
            yield from _calls_of(tables, file, first, last)


def _calls_of(
    tables: Tables, file: TableFile, first: int, last: int
) -> Iterator[tuple[Logged, pl.DataFrame]]:
    whole = pl.read_parquet(tables.root / file.path, hive_partitioning=False)
    asked = tables.requests(max(file.first, first), min(file.last, last)).collect()
    requests = {(row["request_id"], row["now"]): row for row in asked.iter_rows(named=True)}
    start = 0
    for run in whole["log_position"].rle().struct.unnest().iter_rows(named=True):
        rows = whole.slice(start, run["len"])
        start += run["len"]
        head = rows.row(0, named=True)
        request = requests.get((head["request_id"], head["now"]))
        if request is None or request["query"] is None:
            continue
        yield _logged(request, head, rows), rows


def _logged(request: dict[str, Any], head: dict[str, Any], rows: pl.DataFrame) -> Logged:
    return Logged(
        request_id=request["request_id"],
        query=request["query"],
        user_id=request["user_id"],
        context=context_of(request["context"]),
        now=request["now"],
        generation=request["generation"],
        versions=msgspec.json.decode(head["versions"]),
        stage=head["stage"],
        events_position=head["events_position"],
        video_ids=rows["video_id"].to_list(),
        coarse=rows["coarse_score"].to_numpy(),
    )


def _compare(
    report: Report, logged: Logged, rows: pl.DataFrame, again: Recomputed, scores: frozenset[str]
) -> None:
    # A file holds calls of the same features: what is null in all of it wasn't logged by them.
    known = [name for name in rows.columns if name not in NOT_FEATURES and name not in scores]
    names = [name for name in known if name in again.features.columns]
    report.not_recomputed |= set(known) - set(names)
    report.not_logged |= set(again.features.columns) - set(known)
    logged_values, values = _matrix(rows, names), _matrix(again.features, names)
    equal = (logged_values == values) | (np.isnan(logged_values) & np.isnan(values))
    excused = again.excuses != ""
    for place, name in enumerate(names):
        found = report.features.setdefault(name, Agreement())
        found.values += len(rows)
        found.equal += int(equal[:, place].sum())
    for row, place in zip(*np.nonzero(~equal), strict=True):
        found = report.features[names[place]]
        if excused[row]:
            found.excused[again.excuses[row]] += 1
            continue
        before, after = float(logged_values[row, place]), float(values[row, place])
        found.largest = max(found.largest, abs(before - after))
        found.example = found.example or {
            "request_id": logged.request_id,
            "video_id": logged.video_ids[row],
            "logged": before,
            "recomputed": after,
        }


def _matrix(table: pl.DataFrame, names: list[str]) -> npt.NDArray[np.float64]:
    """float64 (rows, names): exact for float32 and for codes."""
    if not names:
        return np.empty((len(table), 0))
    return np.asarray(table.select(pl.col(name).cast(pl.Float64) for name in names).to_numpy())
