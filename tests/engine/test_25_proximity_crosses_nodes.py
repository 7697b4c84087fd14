"""In a cluster of two nodes the query travels: each holds a shard, and either answers for both."""

import pytest

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
def index(nodes):
    settings = {
        "number_of_shards": 2,
        "number_of_replicas": 0,
        "routing.allocation.total_shards_per_node": 1,
    }
    client = nodes[0].client
    client.create("titles", MAPPING, settings)
    client.fill("titles", ((key, {"title": title}) for key, title in TITLES.items()))
    places = client.call("GET", "/_cat/shards/titles", format="json")
    assert {shard["node"] for shard in places} == {"one", "two"}
    assert all(int(shard["docs"]) > 0 for shard in places)
    yield "titles"
    client.drop("titles")


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_either_node_answers_for_both_shards(nodes, index, asked):
    answer = nodes[asked].client.search(index, query=near(_name="near"), explain=True)
    assert answer["_shards"] == {"total": 2, "successful": 2, "skipped": 0, "failed": 0}
    hits = answer["hits"]["hits"]
    assert {hit["_id"]: hit["_score"] for hit in hits} == pytest.approx(SCORES)
    assert {hit["_node"] for hit in hits} == set(nodes[0].client.call("GET", "/_nodes")["nodes"])
    assert all(hit["_explanation"]["value"] == hit["_score"] for hit in hits)
    assert all(hit["matched_queries"] == ["near"] for hit in hits)


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_every_option_travels(nodes, index, asked):
    query = near(analyzer="keyword", boost=3, window_weight=1, order_weight=1, half_gap=5)
    assert nodes[asked].client.search(index, query=query)["hits"]["hits"] == []
    query["proximity"]["title"]["analyzer"] = "whitespace"
    hits = nodes[asked].client.search(index, query=query)["hits"]["hits"]
    found = {hit["_id"]: hit["_score"] for hit in hits}
    assert found["far"] == pytest.approx(3 * 0.75)  # five gaps halve the second word
    assert found["turned"] == pytest.approx(3 * 0.5)  # the wrong order loses it


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_a_refusal_travels_back(nodes, index, asked):
    answer = nodes[asked].http.post(f"/{index}/_search", json={"query": near(field="title.bare")})
    assert answer.status_code == 400
    causes = answer.json()["error"]["root_cause"]
    assert {"[proximity] reads positions, and field [title.bare]" in cause["reason"] for cause in causes} == {
        True
    }
