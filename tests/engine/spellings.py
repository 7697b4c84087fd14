"""Where the engines say the same differently: the one place where scenarios look it up."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ranker.settings import Engine

# That nodes find each other, and who may be elected first.
CLUSTERS: Mapping[Engine, Mapping[str, str]] = {
    "elasticsearch": {"discovery.type": "multi-node", "first": "cluster.initial_master_nodes"},
    "opensearch": {"discovery.type": "zen", "first": "cluster.initial_cluster_manager_nodes"},
}

# A field of two numbers whose direction counts, and the index settings that it needs. The numbers are kept
# whole: of seven bits each, a score would be off by up to 1e-4, and by how much depends on the segments.
VECTORS: Mapping[Engine, Mapping[str, Any]] = {
    "elasticsearch": {
        "type": "dense_vector",
        "dims": 2,
        "similarity": "dot_product",
        "index_options": {"type": "hnsw"},
    },
    "opensearch": {
        "type": "knn_vector",
        "dimension": 2,
        "space_type": "cosinesimil",
        "method": {"name": "hnsw", "engine": "lucene"},
    },
}
VECTOR_SETTINGS: Mapping[Engine, Mapping[str, Any]] = {
    "elasticsearch": {},
    "opensearch": {"index.knn": True},
}

# What a search answers whose task was cancelled.
CANCELLED_STATUS: Mapping[Engine, int] = {"elasticsearch": 400, "opensearch": 500}


def nearest(
    node, field: str, vector: list[float], k: int, *, words: dict | None = None, **options
) -> dict[str, Any]:
    """A search's body for the nearest vectors, beside words if there are any."""
    if node.product == "elasticsearch":
        knn = {"field": field, "query_vector": vector, "k": k, "num_candidates": 10, **options}
        return {"knn": knn} | ({"query": words} if words else {})
    clause = {"knn": {field: {"vector": vector, "k": k, **options}}}
    return {"query": {"bool": {"should": [words, clause]}} if words else clause}


@contextmanager
def point_in_time(node, index: str) -> Iterator[str]:
    """The id of a point in time of the index, given back afterwards."""
    if node.product == "elasticsearch":
        path, name = f"/{index}/_pit", "id"
    else:
        path, name = f"/{index}/_search/point_in_time", "pit_id"
    pit = node.client.call("POST", path, keep_alive="1m")[name]
    try:
        yield pit
    finally:
        path = "/_pit" if node.product == "elasticsearch" else "/_search/point_in_time"
        node.client.call("DELETE", path, {name: pit if node.product == "elasticsearch" else [pit]})
