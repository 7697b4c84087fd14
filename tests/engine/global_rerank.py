"""Searches whose whole window one ranker call orders; videos and orders are those of `fine_rank_songs`.

Elasticsearch: the retriever `encore`. OpenSearch: a pipeline with the processors `encore_rerank`, written
into each search here. What is asked for is the same.
"""

from typing import Any

from tests.engine.fine_rank_songs import BY_HEAT

WINDOW = 40
PIPELINE = {
    "request_processors": [{"encore_rerank": {}}],
    "response_processors": [{"encore_rerank": {}}],
}


def owner(node) -> str:
    """The object that a message begins with."""
    return "encore" if node.product == "elasticsearch" else "encore_rerank"


def body(
    node, size: int = 10, *, query: dict[str, Any] = BY_HEAT, ask: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A search by score whose window is ranked as a whole; `ask` is said to the ranking."""
    asked = {"query": "song", "rank_window_size": WINDOW} | (ask or {})
    search = {"size": size, "_source": False, **more}
    if node.product == "elasticsearch":
        return search | {"retriever": {"encore": {"retriever": {"standard": {"query": query}}, **asked}}}
    return {"query": query, "search_pipeline": pipeline(), "ext": {"encore_rerank": asked}} | search


def over(retriever: dict[str, Any], size: int = 10, **more: Any) -> dict[str, Any]:
    """The search of `body` over another inner retriever."""
    encore = {"retriever": retriever, "query": "song", "rank_window_size": WINDOW}
    return {"retriever": {"encore": encore}, "size": size, "_source": False, **more}


def pipeline(**request: Any) -> dict[str, Any]:
    """The pipeline, with that in its request processor."""
    return PIPELINE | {"request_processors": [{"encore_rerank": request}]}
