"""In a cluster of two nodes the query travels: each holds a shard, and either answers for both."""

from contextlib import ExitStack

import httpx
import pytest

from ranker.engine.node import EngineNode
from ranker.engine.ports import any_free
from ranker.settings import Settings
from tests.engine.proximity_titles import MAPPING, TITLES, near

SCORES = {
    "next": 1.0,
    "gap": 0.93,
    "turned": 0.93,
    "far": 1 - 0.7 * (1 - (1 + 1 / 2.25) / 2),
    "artist": 0.5,
    "song": 0.5,
}


@pytest.fixture(scope="module")
def nodes(jdk, cache, home, tmp_path_factory):
    """HTTP clients of two nodes that have formed a cluster."""
    transport = any_free()
    cluster = {"discovery.type": "multi-node", "discovery.seed_hosts": [f"127.0.0.1:{transport}"]}
    first = {"node.name": "one", "transport.port": str(transport), "cluster.initial_master_nodes": ["one"]}
    with ExitStack() as stack:
        clients = []
        for extra in (first, {"node.name": "two"}):
            settings = Settings(data=tmp_path_factory.mktemp("node"), cache=cache, engine_heap_megabytes=256)
            engine = EngineNode.start(settings, home, jdk, extra=cluster | extra, port=any_free())
            stack.enter_context(engine)
            clients.append(
                stack.enter_context(httpx.Client(base_url=engine.url, timeout=60, trust_env=False))
            )
        ready = clients[1].get("/_cluster/health?wait_for_nodes=2&timeout=30s").json()
        assert ready["number_of_nodes"] == 2
        yield clients


@pytest.fixture(scope="module")
def index(nodes):
    settings = {
        "number_of_shards": 2,
        "number_of_replicas": 0,
        "routing.allocation.total_shards_per_node": 1,
    }
    nodes[0].put("/titles", json={"settings": settings, "mappings": MAPPING}).raise_for_status()
    for key, title in TITLES.items():
        nodes[0].put(f"/titles/_doc/{key}", json={"title": title}).raise_for_status()
    nodes[0].post("/titles/_refresh").raise_for_status()
    places = nodes[0].get("/_cat/shards/titles?format=json").json()
    assert {shard["node"] for shard in places} == {"one", "two"}
    assert all(int(shard["docs"]) > 0 for shard in places)
    return "titles"


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_either_node_answers_for_both_shards(nodes, index, asked):
    answer = (
        nodes[asked].post(f"/{index}/_search", json={"query": near(_name="near"), "explain": True}).json()
    )
    assert answer["_shards"] == {"total": 2, "successful": 2, "skipped": 0, "failed": 0}
    hits = answer["hits"]["hits"]
    assert {hit["_id"]: hit["_score"] for hit in hits} == pytest.approx(SCORES)
    assert {hit["_node"] for hit in hits} == set(nodes[0].get("/_nodes").json()["nodes"])
    assert all(hit["_explanation"]["value"] == hit["_score"] for hit in hits)
    assert all(hit["matched_queries"] == ["near"] for hit in hits)


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_every_option_travels(nodes, index, asked):
    query = near(analyzer="keyword", boost=3, window_weight=1, order_weight=1, half_gap=5)
    assert nodes[asked].post(f"/{index}/_search", json={"query": query}).json()["hits"]["hits"] == []
    query["proximity"]["title"]["analyzer"] = "whitespace"
    hits = nodes[asked].post(f"/{index}/_search", json={"query": query}).json()["hits"]["hits"]
    found = {hit["_id"]: hit["_score"] for hit in hits}
    assert found["far"] == pytest.approx(3 * 0.75)  # five gaps halve the second word
    assert found["turned"] == pytest.approx(3 * 0.5)  # the wrong order loses it


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_a_refusal_travels_back(nodes, index, asked):
    answer = nodes[asked].post(f"/{index}/_search", json={"query": near(field="title.bare")})
    assert answer.status_code == 400
    causes = answer.json()["error"]["root_cause"]
    assert {"[proximity] reads positions, and field [title.bare]" in cause["reason"] for cause in causes} == {
        True
    }
