"""Recall at a window: the share of a query's truly good videos that a route brings before the fine order.

    recall = |first `window` hits ∩ good| / min(window, |good|)

Good are the videos of the true tier "good" in all of the catalogue; a query without any is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
import numpy as np
import polars as pl

from ranker.engine.rest import EngineRest
from ranker.errors import EncoreError
from ranker.evaluation.interval import Interval, mean_interval
from ranker.recall.coarse import coarse_query, knn_clause
from ranker.recall.plan_query import plan_query
from ranker.understanding.plan import QueryPlan, decode_plan
from ranker.world.truth import Truth

COARSE: Final = "coarse"
ENTITY: Final = "coarse + entity"
VECTOR: Final = "coarse + vector"
ALL: Final = "all"
ROUTES: Final = (COARSE, ENTITY, VECTOR, ALL)
_GOOD: Final = 3
_PLAN_OPTIONS: Final = {"routes": ["text", "entity", "vector"]}


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


def understand(ranker: httpx.Client, text: str) -> QueryPlan:
    """The running ranker's plan, vector included.

    Raises:
        EncoreError: It has none.
    """
    answer = ranker.post(
        "/v1/understand",
        json={"text": text, "options": _PLAN_OPTIONS},
        headers={"x-encore-deadline-ms": "10000"},
    )
    if answer.status_code != httpx.codes.OK:
        raise EncoreError(f"the ranker has no plan for [{text}]: [{answer.text}]")
    return decode_plan(answer.content)


def bodies(text: str, plan: QueryPlan, window: int) -> dict[str, dict[str, Any]]:
    """The search of each route."""
    vector = plan.query_vector()
    if vector is None:
        raise EncoreError(f"the plan for [{text}] has no vector: see the ranker's log")
    queries = {COARSE: coarse_query(text), ENTITY: plan_query(text, plan.entities)}
    found = {name: {"query": query, "size": window, "_source": False} for name, query in queries.items()}
    near = {"knn": knn_clause(vector.tolist())}
    return found | {VECTOR: found[COARSE] | near, ALL: found[ENTITY] | near}


def ask(
    engine: EngineRest, ranker: httpx.Client, index: str, truth: Truth, asked: pl.DataFrame, window: int
) -> Iterator[Recalled | None]:
    """Each query of a table (query, kind); None for one without good videos."""
    ids = np.array(truth.world.scan("videos").select("video_id").collect()["video_id"].to_list())
    for query, kind in asked.select("query", "kind").iter_rows():
        good = frozenset(ids[truth.tiers(query, ids.tolist()) == _GOOD].tolist())
        if not good:
            yield None
            continue
        searches = bodies(query, understand(ranker, query), window)
        found = {name: _found(engine, index, body) for name, body in searches.items()}
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
    values = {name: np.array([item.recall[name] for item in items], np.float64) for name in ROUTES}
    return Row(
        kind,
        {name: mean_interval(values[name]) for name in ROUTES},
        {name: mean_interval(values[name] - values[COARSE]) for name in ROUTES if name != COARSE},
    )


def _found(engine: EngineRest, index: str, body: dict[str, Any]) -> list[str]:
    return [hit["_id"] for hit in engine.call("POST", f"/{index}/_search", body)["hits"]["hits"]]
