"""In a cluster of two nodes the identity travels with the search: each shard's node asks the ranker."""

from contextlib import ExitStack
from types import SimpleNamespace

import httpx
import pytest
from elasticsearch import Elasticsearch

from ranker.engine.elasticsearch.node import EngineNode
from ranker.engine.ports import any_free
from ranker.settings import Settings
from tests.engine.fake_ranker import number, only_shard, unavailable
from tests.engine.fine_rank_songs import (
    COARSE_ORDER,
    FINE_ORDER,
    body,
    hits,
    ids,
    marks,
    ranker,
    search,
    songs,
)


@pytest.fixture(scope="module")
def nodes(jdk, cache, home, tmp_path_factory):
    """Two nodes that have formed a cluster, each with its clients."""
    transport = any_free()
    cluster = {"discovery.type": "multi-node", "discovery.seed_hosts": [f"127.0.0.1:{transport}"]}
    first = {"node.name": "one", "transport.port": str(transport), "cluster.initial_master_nodes": ["one"]}
    with ExitStack() as stack:
        running = []
        for extra in (first, {"node.name": "two"}):
            settings = Settings(data=tmp_path_factory.mktemp("node"), cache=cache, engine_heap_megabytes=256)
            engine = EngineNode.start(settings, home, jdk, extra=cluster | extra, port=any_free())
            stack.enter_context(engine)
            http = stack.enter_context(httpx.Client(base_url=engine.url, timeout=60, trust_env=False))
            client = stack.enter_context(Elasticsearch(engine.url, request_timeout=60))
            running.append(SimpleNamespace(url=engine.url, http=http, client=client))
        ready = running[1].http.get("/_cluster/health?wait_for_nodes=2&timeout=30s").json()
        assert ready["number_of_nodes"] == 2
        yield running


@pytest.fixture(scope="module")
def index(nodes):
    with songs(nodes[0], "crosses", shards=2, generation="g-1") as name:
        places = nodes[0].http.get(f"/_cat/shards/{name}?format=json").json()
        assert {shard["node"] for shard in places} == {"one", "two"}
        yield name


@pytest.fixture
def fake(nodes):
    with ranker(nodes[0]) as started:
        yield started


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_either_node_coordinates_the_same_order(nodes, index, fake, asked):
    answer = search(
        nodes[asked], index, body(size=40, fine={"user": "u1", "context": {"page": 1, "x": [1.5, None]}})
    )
    assert ids(answer) == FINE_ORDER
    assert marks(answer) == [{"rank": "fine"}] * 40
    first, second = (request.meta for request in fake.requests)
    assert {first.shard, second.shard} == {0, 1}
    assert first.request_id == second.request_id == answer.headers["X-Encore-Request-Id"]
    assert (first.now, first.user, first.context) == (second.now, "u1", {"page": 1, "x": [1.5, None]})


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_explanations_come_from_the_node_that_scored(nodes, index, fake, asked):
    found = hits(search(nodes[asked], index, body(size=40, explain=True)))
    assert {hit["_node"] for hit in found} == set(nodes[0].http.get("/_nodes").json()["nodes"])
    for hit in found:
        n = number(hit["_id"])
        assert hit["_explanation"]["value"] == hit["_score"]
        assert [part["value"] for part in hit["_explanation"]["details"][:2]] == [n % 4, n / 1000]
    assert len(fake.requests) == 2


@pytest.mark.parametrize("shard", [0, 1])
@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_the_shard_that_fell_back_comes_last(nodes, index, fake, asked, shard):
    fake.behave = only_shard(shard, unavailable("deadline"))
    answer = search(nodes[asked], index, body(size=40, explain=True))
    coarse = [hit["_id"] for hit in hits(answer) if hit["_shard"] == f"[{index}][{shard}]"]
    fine = [item for item in FINE_ORDER if item not in coarse]
    assert ids(answer) == fine + [item for item in COARSE_ORDER if item in coarse]
    assert marks(answer) == [{"rank": "fine"}] * len(fine) + [{"rank": "coarse", "cause": "deadline"}] * len(
        coarse
    )
    assert answer.headers["X-Encore-Degraded"] == "deadline"
    assert all("[deadline]" in hit["_explanation"]["description"] for hit in hits(answer)[len(fine) :])
