"""The one place where a search request's JSON is made: coarse query, window and rescore.

Coarse score of a document:

    (BM25 + PROXIMITY_BOOST · proximity) · (1 + POPULARITY_WEIGHT · popularity)

BM25 sums over the query's terms the best of title, tags and uploader for each term (`cross_fields`: the
artist may stand in the tags and the song in the title). Proximity is the plugin's query on `title.cut`.
Popularity is ln(1 + plays), at least 0. The product keeps an unpopular match above a popular non-match.
The whole is named `coarse_score`, so that an answer carries it beside the final score.

The engine's `encore` clause makes of a text what `coarse_query` does, and adds the routes of its plan
(`ranker.recall.plan_query`). `coarse_query` stays the definition of the route by words.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal

from ranker.settings import Engine

COARSE_NAME = "coarse_score"
KNN_NAME = "vector_score"
PARAMETERS = {"include_named_queries_score": "true"}
"""URL parameters of `_search` that go with `search_body`."""

# Measured on the demo world's training log, NDCG@10. By tier, 400 queries: a title of double weight .553,
# of equal weight .581. By true click, 300 requests: proximity 0 .401, 4 .422, 8 .423; popularity 0 .400,
# .05 .422, .2 .422.
FIELDS = ("title", "tags", "uploader")
PROXIMITY_BOOST = 4.0  # about one rare term's BM25: near and in order is worth a further word
POPULARITY_WEIGHT = 0.05  # a million plays (ln 14) are worth 70 % of the text's score
VECTOR_BOOST = 10.0  # dot products of 0.5 to 1 beside BM25 of 5 to 30

Route = Literal["text", "entity", "vector"]
ROUTES: tuple[Route, ...] = ("text", "entity", "vector")
# The vector costs the ranker some milliseconds and finds next to nothing that names don't (see
# `encore eval recall`): it is asked for by those who want it.
DEFAULT_ROUTES: tuple[Route, ...] = ("text", "entity")
DEFAULT_WINDOW = 500
DEFAULT_SIZE = 10
DEFAULT_NEIGHBOURS = 100  # farther titles share a mood, not a subject
_SOURCE = ["title", "uploader", "tags", "plays", "uploaded_at", "duration_seconds"]


def popularity(plays: int) -> float:
    """ln(1 + plays), the value of the index's field of this name."""
    return math.log1p(max(plays, 0))


def words_query(text: str) -> dict[str, Any]:
    """BM25 alone, for `_search` under "query"."""
    return {
        "multi_match": {
            "query": text,
            "type": "cross_fields",
            "fields": list(FIELDS),
            "operator": "or",
        }
    }


def coarse_query(text: str) -> dict[str, Any]:
    """The query of the coarse score, for `_search` under "query".

    Any term suffices to be found: the window is cut by the score, and a term may be an alias, a typing
    error or an artist that the uploader left out.
    """
    near = {"proximity": {"title.cut": {"query": text, "boost": PROXIMITY_BOOST}}}
    return {
        "function_score": {
            "_name": COARSE_NAME,
            "query": {"bool": {"must": [words_query(text)], "should": [near]}},
            "functions": [
                {"weight": 1.0},
                {
                    "field_value_factor": {
                        "field": "popularity",
                        "factor": POPULARITY_WEIGHT,
                        "modifier": "none",
                        "missing": 0,
                    }
                },
            ],
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }


def recall_clause(
    text: str, user: str | None = None, routes: Sequence[Route] = DEFAULT_ROUTES
) -> dict[str, Any]:
    """The engine's own clause for the whole recall, for `_search` under "query"."""
    return {"encore": {"text": text} | ({"user": user} if user else {}) | {"routes": list(routes)}}


def knn_clause(vector: Sequence[float], neighbours: int = DEFAULT_NEIGHBOURS) -> dict[str, Any]:
    """The vector route, for `_search` under "knn": the nearest titles join the words' candidates.

    Args:
        vector: The query's unit vector, (512,).
        neighbours: How many join; twice as many are looked at in each segment.
    """
    return {
        "field": "title_vector",
        "query_vector": [float(value) for value in vector],
        "k": neighbours,
        "num_candidates": min(2 * neighbours, 10_000),
        "boost": VECTOR_BOOST,
        "_name": KNN_NAME,
    }


def knn_query(vector: Sequence[float], neighbours: int = DEFAULT_NEIGHBOURS) -> dict[str, Any]:
    """The vector route as OpenSearch has it: a query, whose score adds up with the others of a `bool`.

    Args:
        vector: The query's unit vector, (512,).
        neighbours: How many join from each shard; twice as many are looked at in each segment.
    """
    clause = knn_clause(vector, neighbours)
    options = {
        "vector": clause["query_vector"],
        "k": clause["k"],
        "method_parameters": {"ef_search": clause["num_candidates"]},
        "boost": clause["boost"],
        "_name": clause["_name"],
    }
    return {"knn": {clause["field"]: options}}


def fine_rank(text: str, user: str | None = None, window: int = DEFAULT_WINDOW) -> dict[str, Any]:
    """The rescore clause, for `_search` under "rescore"."""
    options = {"query": text} | ({"user": user} if user else {})
    return {"window_size": window, "fine_rank": options}


def globally_ranked(
    body: dict[str, Any], text: str, user: str | None, window: int, engine: Engine
) -> dict[str, Any]:
    """A search without `rescore` whose window is ranked as a whole, by one call whatever the shards.

    Args:
        body: A search by its query; `from` and `size` stay.
        text: What the listener typed.
        user: Who; None for a stranger.
        window: Candidates of the whole search.
        engine: Who is asked: Elasticsearch has a retriever for it, OpenSearch processors of a pipeline.
    """
    asked = {"query": text, "rank_window_size": window} | ({"user": user} if user else {})
    if engine == "elasticsearch":
        others = {name: value for name, value in body.items() if name != "query"}
        return others | {
            "retriever": {"encore": {"retriever": {"standard": {"query": body["query"]}}, **asked}}
        }
    processors: list[dict[str, Any]] = [{"encore_rerank": {}}]
    pipeline = {"request_processors": processors, "response_processors": processors}
    return body | {"search_pipeline": pipeline, "ext": {"encore_rerank": asked}}


def search_body(  # noqa: PLR0913 - a search has as many options as it has
    text: str,
    user: str | None = None,
    *,
    size: int = DEFAULT_SIZE,
    from_: int = 0,
    window: int = DEFAULT_WINDOW,
    explain: bool = False,
    fine: bool = True,
    routes: Sequence[Route] | None = None,
    knn: Sequence[float] | None = None,
    engine: Engine = "elasticsearch",
) -> dict[str, Any]:
    """The body of one `_search`; send it with `PARAMETERS`.

    Args:
        text: What the listener typed.
        user: Who; None for a stranger.
        size: Hits wanted.
        from_: Hits to leave out before them; `from_ + size` is at most `window`.
        window: Candidates that are finely ranked.
        explain: Ask for the parts of the coarse score.
        fine: Rank finely; False leaves the coarse order.
        routes: By which the plugin finds, with the ranker's plan; None: by `coarse_query`, without one.
        knn: The query's unit vector, (512,), to recall by meaning too; not beside the route `vector`.
        engine: Who is asked, which shows where `knn` stands.
    """
    query = coarse_query(text) if routes is None else recall_clause(text, user, routes)
    body: dict[str, Any] = {"query": query, "size": size, "_source": _SOURCE}
    if from_:
        body["from"] = from_
    neighbours = min(window, DEFAULT_NEIGHBOURS)
    if knn is not None and engine == "opensearch":
        body["query"] = {"bool": {"should": [query, knn_query(knn, neighbours)]}}
    elif knn is not None:
        body["knn"] = knn_clause(knn, neighbours)
    if fine:
        body["rescore"] = fine_rank(text, user, window)
    if explain:
        body["explain"] = True
    return body
