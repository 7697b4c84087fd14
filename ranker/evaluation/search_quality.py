"""NDCG@10 of each order on the world's truth: by tier, and by the true chance of a click."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ranker.evaluation.interval import Interval, mean_interval
from ranker.evaluation.ndcg import ndcg
from ranker.evaluation.orders import COARSE, FINE, ORDERS, Answered, Asked
from ranker.world.truth import Truth

ORACLE: Final = "oracle"
TIER: Final = "tier"
CLICK: Final = "click"
GAINS: Final = {TIER: "gain 2^tier − 1", CLICK: "gain = true click probability at position 1"}

Segment = Callable[[Asked], bool]
SEGMENTS: Final[Mapping[str, Segment]] = {
    "all": lambda asked: True,
    "seen queries, seen users": lambda asked: asked.query_seen and asked.user_seen,
    "unseen queries": lambda asked: not asked.query_seen,
    "unseen users": lambda asked: not asked.user_seen,
}


@dataclass(frozen=True)
class Judged:
    """NDCG of each order for one request; None where no candidate has a gain."""

    asked: Asked
    values: dict[str, dict[str, float | None]]


@dataclass(frozen=True)
class Row:
    """One segment of one table: every order's mean, and fine minus coarse, paired by request."""

    gain: str
    segment: str
    orders: dict[str, Interval]
    lift: Interval

    @property
    def is_beyond(self) -> bool:
        """Whether fine stands above coarse beyond the interval of their difference."""
        return self.lift.low > 0

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        means = {
            name: {"mean": round(i.mean, 4), "low": round(i.low, 4), "high": round(i.high, 4)}
            for name, i in {**self.orders, "fine − coarse": self.lift}.items()
        }
        return {"gain": self.gain, "segment": self.segment, "queries": self.lift.count, "ndcg@10": means}


def judge(truth: Truth, answered: Answered) -> Judged:
    """Hold the orders against the truth; the oracle orders the same pool by the gain itself."""
    asked, pool = answered.asked, answered.pool
    if not pool:
        return Judged(asked, {gain: dict.fromkeys((ORACLE, *ORDERS)) for gain in GAINS})
    tiers = np.exp2(truth.tiers(asked.query, pool)) - 1
    clicks = truth.click_probability(asked.query, asked.user_id, pool, position=1, now=asked.now)
    values = {}
    for gain, true in ((TIER, tiers), (CLICK, clicks)):
        gains = dict(zip(pool, true.tolist(), strict=True))
        orders = {ORACLE: sorted(pool, key=lambda item: -gains[item]), **answered.orders}
        values[gain] = {name: ndcg(order, gains) for name, order in orders.items()}
    return Judged(asked, values)


def rows(judged: Iterable[Judged], segments: Mapping[str, Segment] = SEGMENTS) -> list[Row]:
    """Both tables, one row a segment; requests without any gain in the pool are left out."""
    every = list(judged)
    result = []
    for gain in GAINS:
        for segment, holds in segments.items():
            values = [
                item.values[gain]
                for item in every
                if holds(item.asked) and item.values[gain][ORACLE] is not None
            ]
            columns = {
                name: np.array([value[name] for value in values], np.float64) for name in (ORACLE, *ORDERS)
            }
            orders = {name: mean_interval(column) for name, column in columns.items()}
            lift = mean_interval(columns[FINE] - columns[COARSE])
            result.append(Row(gain, segment, orders, lift))
    return result


def kinds(judged: Iterable[Judged]) -> dict[str, Segment]:
    """One segment a kind of query."""
    return {f"kind: {name}": _of_kind(name) for name in sorted({item.asked.kind for item in judged})}


def _of_kind(name: str) -> Segment:
    return lambda asked: asked.kind == name
