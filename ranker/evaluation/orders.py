"""The orders that a search could have shown: the engine's own answers, and rows to compare them with."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from ranker.engine.rest import EngineRest
from ranker.recall.answer import DEGRADED
from ranker.recall.coarse import coarse_query, fine_rank, words_query

FINE: Final = "fine"
COARSE: Final = "coarse"
BM25: Final = "BM25"
POPULARITY: Final = "popularity"
RANDOM: Final = "random"
ORDERS: Final = (FINE, COARSE, BM25, POPULARITY, RANDOM)


@dataclass(frozen=True)
class Asked:
    """One request to evaluate on; `now` is UTC milliseconds."""

    query: str
    user_id: str
    now: int
    kind: str
    query_seen: bool
    user_seen: bool


@dataclass(frozen=True)
class Answered:
    """What each order would show, best first, and every video that any of them might have shown.

    Attributes:
        asked: The request.
        orders: Order's name to ids.
        pool: The window's candidates and all that an order shows.
        degraded: The cause, where the fine order was not to be had.
    """

    asked: Asked
    orders: dict[str, list[str]]
    pool: list[str]
    degraded: str = ""


def requests(table: pl.DataFrame) -> Iterator[Asked]:
    """From a table of query, user_id, now, kind, query_seen, user_seen."""
    for row in table.select(*Asked.__dataclass_fields__).iter_rows(named=True):
        yield Asked(**row)


def ask(engine: EngineRest, index: str, asked: Asked, window: int = 500, k: int = 10) -> Answered:
    """Ask the engine for the request's coarse, fine and BM25 orders and derive the others.

    Popularity and random order the same candidates as the fine order had; BM25 finds its own.
    """
    coarse, plays = _search(engine, index, {"query": coarse_query(asked.query), "size": window})
    rescore = fine_rank(asked.query, asked.user_id, window)
    rescore["fine_rank"]["now"] = asked.now
    answer = engine.exchange(
        "POST", f"/{index}/_search", {**_body(coarse_query(asked.query), k), "rescore": rescore}
    )
    fine = [hit["_id"] for hit in answer.json()["hits"]["hits"]]
    bm25, _ = _search(engine, index, {"query": words_query(asked.query), "size": k})
    shuffled = sorted(coarse)
    random.Random(f"{asked.query} {asked.user_id}").shuffle(shuffled)
    orders = {
        FINE: fine,
        COARSE: coarse[:k],
        BM25: bm25,
        POPULARITY: sorted(coarse, key=lambda item: -plays[item])[:k],
        RANDOM: shuffled[:k],
    }
    pool = list(dict.fromkeys([*coarse, *fine, *bm25]))
    return Answered(asked, orders, pool, answer.headers.get(DEGRADED, ""))


def _body(query: dict[str, Any], size: int) -> dict[str, Any]:
    return {"query": query, "size": size, "_source": False, "docvalue_fields": ["plays"]}


def _search(engine: EngineRest, index: str, body: dict[str, Any]) -> tuple[list[str], dict[str, int]]:
    answer = engine.call("POST", f"/{index}/_search", _body(body["query"], body["size"]))
    hits = answer["hits"]["hits"]
    plays = {hit["_id"]: hit.get("fields", {}).get("plays", [0])[0] for hit in hits}
    return [hit["_id"] for hit in hits], plays
