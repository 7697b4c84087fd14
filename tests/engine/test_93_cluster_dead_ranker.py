"""Each node has a ranker of its own, and one of them is dead: what that node does is marked, and no more."""

import pytest

from tests.engine import global_rerank
from tests.engine.fake_ranker import number
from tests.engine.fine_rank_songs import FINE
from tests.engine.recall_videos import clause, entity, hits, marks, planning, search, videos
from tests.engine.two_nodes import node_ids

TEXT = "晴天 小幸运 光年之外 七里香 会不会"
COARSE = {"rank": "coarse", "cause": "ranker_unavailable"}
WITHOUT_PLAN = {"plan": "text", "plan_cause": "ranker_unavailable"}
PATIENT = {"encore.ranker.timeout": "10s", "encore.ranker.breaker.failures": 1000}


@pytest.fixture(scope="module")
def index(nodes):
    with videos(nodes[0], "dead-ranker", shards=3) as name:
        places = nodes[0].client.call("GET", f"/_cat/shards/{name}", format="json")
        assert {shard["node"] for shard in places} == {"one", "two"}
        yield name


@pytest.fixture(params=["one", "two"])
def dead(request, nodes):
    """The name of the node whose ranker refuses connections; the other's finds a name and ranks."""
    for node in nodes:
        node.own_ranker.forget()
        node.own_ranker.plan = planning(entity("artist", ["田馥甄", "hebe"]))
        if node.name == request.param:
            node.own_ranker.refuse()
    nodes[0].client.configure(PATIENT)
    yield request.param
    nodes[0].client.configure(dict.fromkeys(PATIENT))
    for node in nodes:
        node.own_ranker.good()


def fine(**options):
    return {"rescore": {"window_size": 20, "fine_rank": {"query": TEXT}}} | options


@pytest.mark.parametrize("asked", [0, 1], ids=["asked one", "asked two"])
def test_only_the_hits_of_its_shards_are_coarse(nodes, index, dead, asked):
    answer = search(nodes[asked], index, clause(TEXT), **fine(explain=True))
    lives = node_ids(nodes[0])
    planned = {} if nodes[asked].name != dead else WITHOUT_PLAN  # plans are asked for by who coordinates
    seen = set()
    for hit, mark in zip(hits(answer), marks(answer), strict=True):
        explanation = hit["_explanation"]
        assert explanation["value"] == hit["_score"]
        if hit["_node"] == lives[dead]:
            assert mark == COARSE | planned
            assert 0 <= hit["_score"] < 1
            assert "[ranker_unavailable]" in explanation["description"]
        else:
            assert mark == FINE | planned
            assert int(hit["_score"]) == 1 + number(hit["_id"]) % 4
            assert explanation["description"] == "1 + tier + u, finely ranked, sum of:"
            assert explanation["details"][0]["value"] == number(hit["_id"]) % 4
        seen.add(hit["_node"])
    assert seen == set(lives.values())
    ranks = [mark["rank"] for mark in marks(answer)]
    assert ranks == sorted(ranks, reverse=True), "whoever was not ranked comes last"
    assert answer.headers["X-Encore-Degraded"] == "ranker_unavailable"
    alive = next(node for node in nodes if node.name != dead)
    assert {request.meta.request_id for request in alive.own_ranker.requests} == {
        answer.headers["X-Encore-Request-Id"]
    }


@pytest.mark.parametrize("asked", [0, 1], ids=["asked one", "asked two"])
def test_a_plan_is_asked_for_where_the_search_arrives(nodes, index, dead, asked):
    answer = search(nodes[asked], index, clause("hebe"))
    found = {hit["_id"] for hit in hits(answer)}
    if nodes[asked].name == dead:
        assert found == {"v09"}
        assert marks(answer) == [WITHOUT_PLAN]
        assert answer.headers["X-Encore-Degraded"] == "ranker_unavailable"
    else:
        assert found == {"v03", "v09", "v10"}
        assert marks(answer) == [None] * 3
        assert "X-Encore-Degraded" not in answer.headers


@pytest.mark.parametrize("asked", [0, 1], ids=["asked one", "asked two"])
def test_a_global_rank_is_made_where_the_search_arrives(nodes, index, dead, asked):
    node = nodes[asked]
    # Words, not `match_all`: in an index with nested fields Elasticsearch cannot explain that below a rank.
    body = global_rerank.body(node, 20, query=clause(TEXT, routes=["text"]), explain=True)
    answer = node.http.post(f"/{index}/_search", json=body)
    assert answer.status_code == 200, answer.text
    assert len(hits(answer)) > 5
    assert len({hit["_node"] for hit in hits(answer)}) == 2
    assert all(hit["_explanation"]["value"] == hit["_score"] for hit in hits(answer))
    if node.name == dead:
        assert marks(answer) == [COARSE] * len(hits(answer))
        assert answer.headers["X-Encore-Degraded"] == "ranker_unavailable"
    else:
        assert marks(answer) == [FINE] * len(hits(answer))
        assert "X-Encore-Degraded" not in answer.headers
        (request,) = node.own_ranker.requests
        assert request.meta.stage == "global"


def test_statistics_tell_which_node_it_is(nodes, index, dead):
    def counts():
        found = nodes[0].client.call("GET", "/_encore/stats")["nodes"].values()
        return {node["node"]: node["fine_rank"] for node in found}

    before = counts()
    search(nodes[0], index, clause(TEXT, routes=["text"]), **fine())
    after = counts()
    for node in nodes:
        name = node.name
        assert (after[name]["degraded"] > before[name]["degraded"]) == (name == dead)
        assert (after[name]["ranked"] > before[name]["ranked"]) == (name != dead)
