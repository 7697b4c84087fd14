"""On two nodes a search is ranked by one call of the node that coordinates it."""

import pytest

from tests.engine.fake_ranker import number, unavailable, wait_until
from tests.engine.fine_rank_songs import (
    BY_HEAT,
    COARSE_ORDER,
    FINE,
    FINE_ORDER,
    hits,
    ids,
    marks,
    ranker,
    search,
    songs,
)
from tests.engine.global_rerank import body


@pytest.fixture(scope="module")
def index(nodes):
    with songs(nodes[0], "global-crosses", shards=3, generation="g-1") as name:
        places = nodes[0].client.call("GET", f"/_cat/shards/{name}", format="json")
        assert {shard["node"] for shard in places} == {"one", "two"}
        yield name


@pytest.fixture
def fake(nodes):
    with ranker(nodes[0]) as started:
        yield started


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_either_node_coordinates_with_one_call(nodes, index, fake, asked):
    answer = search(nodes[asked], index, body(nodes[asked], size=40))
    assert ids(answer) == FINE_ORDER
    assert marks(answer) == [FINE] * 40
    (request,) = fake.requests
    assert request.ids == COARSE_ORDER
    assert request.meta.stage == "global"
    assert request.meta.request_id == answer.headers["X-Encore-Request-Id"]


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_pages_and_explanations(nodes, index, fake, asked):
    answer = search(nodes[asked], index, body(nodes[asked], size=10, explain=True, **{"from": 15}))
    assert ids(answer) == FINE_ORDER[15:25]
    assert len({hit["_node"] for hit in hits(answer)}) == 2
    for hit in hits(answer):
        assert hit["_explanation"]["details"][0]["value"] == number(hit["_id"]) % 4


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_the_whole_search_falls_back_together(nodes, index, fake, asked):
    fake.behave = unavailable("deadline")
    answer = search(nodes[asked], index, body(nodes[asked], size=40))
    assert ids(answer) == COARSE_ORDER
    assert marks(answer) == [{"rank": "coarse", "cause": "deadline"}] * 40
    assert answer.headers["X-Encore-Degraded"] == "deadline"


@pytest.mark.only("elasticsearch", reason="OpenSearch reduces no shards on their node")
@pytest.mark.parametrize("batched", ["true", "false"])
def test_with_several_shards_a_node(nodes, fake, batched):
    """The engine may run their query phases in one call, and reduce them there."""
    nodes[0].client.configure({"search.batched_query_phase": batched})
    try:
        with songs(nodes[0], "global-many", shards=6) as name:
            for asked in nodes:
                fake.forget()
                answer = search(
                    asked, name, body(asked, size=40, aggs={"n": {"value_count": {"field": "group"}}})
                )
                assert ids(answer) == FINE_ORDER
                assert answer.json()["aggregations"] == {"n": {"value": 40}}
                assert answer.json()["_shards"] == {"total": 6, "successful": 6, "skipped": 0, "failed": 0}
                assert [request.ids for request in fake.requests] == [COARSE_ORDER]
    finally:
        nodes[0].client.configure({"search.batched_query_phase": None})


def test_no_context_of_a_shard_stays_open(nodes, index, fake):
    def open_contexts():
        found = nodes[0].client.call("GET", "/_nodes/stats/indices/search")["nodes"].values()
        return sum(node["indices"]["search"]["open_contexts"] for node in found)

    before = open_contexts()
    for n in range(5):
        node = nodes[n % 2]
        search(node, index, body(node, size=1))
        search(node, index, body(node, query={"match": {"title": f"{n}"}}))
        fake.behave = unavailable("deadline")
        search(node, index, body(node, size=1, query=BY_HEAT))
        fake.good()
    wait_until(lambda: open_contexts() == before)  # a shard is told so after the answer went out
