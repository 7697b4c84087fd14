"""Where peers fail: a filtered search for the nearest returns fewer than k (Elasticsearch 115018)."""

import math

import pytest

from tests.engine.spellings import VECTOR_SETTINGS, VECTORS, nearest

COUNT = 400


@pytest.fixture(scope="module")
def index(node):
    """Vectors on a half circle, the nearest to (1, 0) first; one of twenty is rare, all of them far away."""
    mapping = {"properties": {"group": {"type": "keyword"}, "near": VECTORS[node.product]}}
    node.client.create("filtered", mapping, VECTOR_SETTINGS[node.product])
    angles = ((n, math.pi * n / COUNT) for n in range(COUNT))
    node.client.fill(
        "filtered",
        (
            (
                f"v{n:03d}",
                {"group": "rare" if n >= COUNT - 20 else "usual", "near": [math.cos(a), math.sin(a)]},
            )
            for n, a in angles
        ),
    )
    yield "filtered"
    node.client.drop("filtered")


def rare(node, k):
    """The nearest of the rare ones."""
    more = {"num_candidates": 100} if node.product == "elasticsearch" else {}
    return nearest(node, "near", [1.0, 0.0], k, filter={"term": {"group": "rare"}}, **more)


@pytest.mark.parametrize("k", [1, 10, 20])
def test_a_filter_that_few_pass_still_gives_k(node, index, k):
    body = rare(node, k)
    found = node.client.search(index, size=k, **body)["hits"]["hits"]
    assert len(found) == k
    assert [hit["_id"] for hit in found] == [f"v{n:03d}" for n in range(COUNT - 20, COUNT - 20 + k)]


def test_a_filter_that_fewer_than_k_pass_gives_them_all(node, index):
    body = rare(node, 50)
    assert len(node.client.search(index, size=50, **body)["hits"]["hits"]) == 20
