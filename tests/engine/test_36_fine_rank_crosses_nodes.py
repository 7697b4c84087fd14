"""In a cluster of two nodes the identity travels with the search: each shard's node asks the ranker."""

import pytest

from tests.engine.fake_ranker import number, only_shard, unavailable
from tests.engine.fine_rank_songs import (
    COARSE_ORDER,
    FINE,
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
    assert marks(answer) == [FINE] * 40
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
    assert marks(answer) == [FINE] * len(fine) + [{"rank": "coarse", "cause": "deadline"}] * len(coarse)
    assert answer.headers["X-Encore-Degraded"] == "deadline"
    assert all("[deadline]" in hit["_explanation"]["description"] for hit in hits(answer)[len(fine) :])


@pytest.mark.parametrize("shard", [0, 1])
@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
@pytest.mark.parametrize("size", [3, 0])
def test_the_header_tells_of_a_shard_of_any_node_without_a_hit_on_the_page(
    nodes, index, fake, asked, shard, size
):
    fake.behave = only_shard(shard, unavailable("deadline"))
    answer = search(nodes[asked], index, body(size=size))
    assert marks(answer) == [FINE] * size
    assert answer.headers.get("X-Encore-Degraded") == ("deadline" if size else None), "size 0 ranks nothing"
    fake.good()
    assert "X-Encore-Degraded" not in search(nodes[asked], index, body(size=size)).headers


@pytest.fixture(params=["true", "false"], ids=["batched", "one by one"])
def batched(nodes, request):
    """With several shards a node, Elasticsearch may run their query phases in one call."""
    if nodes[0].product == "opensearch":
        if request.param == "true":
            pytest.skip("elasticsearch alone: OpenSearch calls each shard by itself")
        yield
        return
    nodes[0].client.configure({"search.batched_query_phase": request.param})
    yield
    nodes[0].client.configure({"search.batched_query_phase": None})


@pytest.mark.usefixtures("batched")
def test_the_header_tells_of_many_shards_of_a_node(nodes, fake):
    with songs(nodes[0], "crosses-many", shards=6) as name:
        for shard in range(6):
            fake.behave = only_shard(shard, unavailable("deadline"))
            for asked in nodes:
                answer = search(asked, name, body(size=1))
                assert marks(answer) == [FINE]
                assert answer.headers["X-Encore-Degraded"] == "deadline"


def test_a_later_page_says_which_hits_were_stored(nodes, index, fake):
    fake.stored = lambda request: [i for i, item in enumerate(request.ids) if number(item) % 3 == 0]
    for asked in nodes:
        answer = search(asked, index, body(size=40))
        assert marks(answer) == [
            FINE | {"mark": "stored" if number(hit["_id"]) % 3 == 0 else "scored"} for hit in hits(answer)
        ]


@pytest.mark.parametrize("asked", [0, 1], ids=["one", "two"])
def test_statistics_come_from_every_node(nodes, index, fake, asked):
    def ranked():
        answer = nodes[asked].http.get("/_encore/stats").json()
        assert answer["_nodes"] == {"total": 2, "successful": 2, "failed": 0}
        return {node["node"]: node["fine_rank"]["ranked"] for node in answer["nodes"].values()}

    before = ranked()
    search(nodes[0], index)
    assert ranked() == {"one": before["one"] + 1, "two": before["two"] + 1}
