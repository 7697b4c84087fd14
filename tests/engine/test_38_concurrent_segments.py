"""OpenSearch may search a shard's segments at the same time: scores and ranks stay the same."""

import pytest

from tests.engine.fine_rank_songs import FINE, FINE_ORDER, PROPERTIES, body, ids, marks, ranker, search, song

pytestmark = pytest.mark.only("opensearch", reason="Elasticsearch decides by itself")

SEGMENTS = 5
MODE = "search.concurrent_segment_search.mode"


@pytest.fixture(scope="module")
def index(node):
    """Forty videos in five segments of one shard."""
    node.client.create(
        "segments", {"properties": PROPERTIES}, {"number_of_shards": 1, "number_of_replicas": 0}
    )
    try:
        for part in range(SEGMENTS):
            node.client.fill("segments", ((f"v{n:03d}", song(n)) for n in range(part, 40, SEGMENTS)))
        yield "segments"
    finally:
        node.client.drop("segments")


@pytest.fixture(params=["none", "all"])
def mode(request, node):
    node.client.configure({MODE: request.param})
    try:
        yield request.param
    finally:
        node.client.configure({MODE: None})


def test_there_are_segments_to_search_at_once(node, index):
    assert len(node.client.call("GET", f"/_cat/segments/{index}", format="json")) == SEGMENTS


def test_proximity_gives_the_same_scores(node, index, mode):
    query = {"proximity": {"title": {"query": "song 7", "boost": 3}}}
    hits = search(node, index, {"query": query, "size": 40}).json()["hits"]["hits"]
    assert (hits[0]["_id"], hits[0]["_score"]) == ("v007", 3)
    # One word of two without the other: coverage and window are both a half.
    assert {hit["_score"] for hit in hits[1:]} == {1.5}
    assert len(hits) == 40


@pytest.mark.parametrize("more", [{}, {"explain": True}, {"profile": True}], ids=str)
def test_fine_rank_ranks_the_shard_once(node, index, mode, more):
    with ranker(node) as fake:
        answer = search(node, index, body(size=40, **more))
        assert ids(answer) == FINE_ORDER
        assert marks(answer) == [FINE] * 40
        assert len(fake.requests) == 1
