"""Recall at a window: the share of a query's truly good videos that a route brings before the fine order.

    recall = |first `window` hits ∩ good| / min(window, |good|)

Good are the videos of the true tier "good" in all of the catalogue; a query without any is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from ranker.engine.rest import EngineRest
from ranker.errors import EncoreError
from ranker.evaluation.interval import Interval, mean_interval
from ranker.recall.answer import DEGRADED
from ranker.recall.coarse import ROUTES, coarse_query, recall_clause
from ranker.world.truth import Truth

COARSE: Final = "coarse"
ENTITY: Final = "coarse + entity"
VECTOR: Final = "coarse + vector"
ALL: Final = "all"
ORDERS: Final = (COARSE, ENTITY, VECTOR, ALL)
_GOOD: Final = 3
_TRIES: Final = 5


@dataclass(frozen=True)
class Recalled:
    """One query: how many good videos there are, and the recall of each route."""

    query: str
    kind: str
    good: int
    recall: dict[str, float]


@dataclass(frozen=True)
class Row:
    """One kind of query: each route's mean, and what it adds to the coarse query, paired by query."""

    kind: str
    routes: dict[str, Interval]
    gains: dict[str, Interval]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        named = {
            "recall": self.routes,
            "gain": self.gains,
        }
        return {"kind": self.kind, "queries": self.routes[COARSE].count} | {
            part: {
                name: {"mean": round(i.mean, 4), "low": round(i.low, 4), "high": round(i.high, 4)}
                for name, i in intervals.items()
            }
            for part, intervals in named.items()
        }


def bodies(text: str, window: int) -> dict[str, dict[str, Any]]:
    """The search of each route."""
    queries = {
        COARSE: coarse_query(text),
        ENTITY: recall_clause(text, routes=("text", "entity")),
        VECTOR: recall_clause(text, routes=("text", "vector")),
        ALL: recall_clause(text, routes=ROUTES),
    }
    return {name: {"query": query, "size": window, "_source": False} for name, query in queries.items()}


def ask(
    engine: EngineRest, index: str, truth: Truth, asked: pl.DataFrame, window: int
) -> Iterator[Recalled | None]:
    """Each query of a table (query, kind); None for one without good videos.

    Raises:
        EncoreError: The engine had no plan for a query, asked several times.
    """
    ids = np.array(truth.world.scan("videos").select("video_id").collect()["video_id"].to_list())
    for query, kind in asked.select("query", "kind").iter_rows():
        good = frozenset(ids[truth.tiers(query, ids.tolist()) == _GOOD].tolist())
        if not good:
            yield None
            continue
        found = {name: _found(engine, index, body) for name, body in bodies(query, window).items()}
        recall = {name: share_found(hits, good, window) for name, hits in found.items()}
        yield Recalled(query, kind, len(good), recall)


def share_found(hits: Sequence[str], good: frozenset[str], window: int) -> float:
    """|first `window` hits ∩ good| / min(window, |good|)."""
    return len(good.intersection(hits[:window])) / min(window, len(good))


def rows(recalled: Sequence[Recalled]) -> list[Row]:
    """One row a kind, and one of all."""
    kinds = sorted({item.kind for item in recalled})
    parts = [(kind, [item for item in recalled if item.kind == kind]) for kind in kinds]
    return [_row(kind, items) for kind, items in (*parts, ("all", list(recalled)))]


def _row(kind: str, items: Sequence[Recalled]) -> Row:
    values = {name: np.array([item.recall[name] for item in items], np.float64) for name in ORDERS}
    return Row(
        kind,
        {name: mean_interval(values[name]) for name in ORDERS},
        {name: mean_interval(values[name] - values[COARSE]) for name in ORDERS if name != COARSE},
    )


def _found(engine: EngineRest, index: str, body: dict[str, Any]) -> list[str]:
    causes = ""
    for _ in range(_TRIES):  # a busy machine may be late once
        answer = engine.exchange("POST", f"/{index}/_search", body)
        causes = answer.headers.get(DEGRADED, "")
        if not causes:
            return [hit["_id"] for hit in answer.json()["hits"]["hits"]]
    raise EncoreError(f"the plan for [{body['query']}] was degraded by [{causes}]: mend that and ask again")
