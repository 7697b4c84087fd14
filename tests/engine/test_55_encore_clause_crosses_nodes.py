"""A clause on two nodes: planned where the search arrives, marked wherever the hit lies."""

import pytest

from ranker.recall.coarse import coarse_query
from tests.engine.fake_ranker import unavailable
from tests.engine.fine_rank_songs import ranker
from tests.engine.recall_videos import (
    EAST,
    VIDEOS,
    clause,
    entity,
    ids,
    marks,
    planning,
    scores,
    search,
    videos,
)


@pytest.fixture(scope="module")
def cluster(nodes):
    with videos(nodes[0], "clause-crosses", shards=4) as name:
        health = nodes[0].client.call("GET", f"/_cluster/health/{name}", wait_for_status="green")
        assert health["active_shards"] == 4
        yield nodes, name


@pytest.fixture
def fake(nodes):
    with ranker(nodes[0]) as started:
        yield started


def test_either_node_plans_for_the_shards_of_both(cluster, fake):
    nodes, index = cluster
    fake.plan = planning(entity("artist", ["田馥甄", "hebe"]), vector=EAST)
    first, second = (search(node, index, clause("hebe")) for node in nodes)
    assert set(ids(first)) == set(VIDEOS)
    assert scores(first) == scores(second)
    assert len(fake.asked) == 2


def test_by_words_it_scores_as_the_coarse_query(cluster, fake):
    nodes, index = cluster
    for node in nodes:
        assert scores(search(node, index, clause())) == scores(
            search(node, index, coarse_query("周杰伦 晴天"))
        )


def test_hits_of_the_other_node_are_marked(cluster, fake):
    nodes, index = cluster
    fake.behave_plan = unavailable("overloaded")
    for node in nodes:
        answer = search(node, index, clause("晴天 小幸运 光年之外 七里香 会不会"))
        assert len(ids(answer)) > 5
        assert marks(answer) == [{"plan": "text", "plan_cause": "overloaded"}] * len(ids(answer))
        assert answer.headers["X-Encore-Degraded"] == "overloaded"


def test_each_node_counts_its_own(cluster, fake):
    nodes, index = cluster

    def planned(node):
        return [one["plan"]["planned"] for one in node.http.get("/_encore/stats").json()["nodes"].values()]

    before = planned(nodes[0])
    search(nodes[0], index, clause())
    search(nodes[1], index, clause())
    search(nodes[1], index, clause())
    after = planned(nodes[0])
    assert sorted(b - a for a, b in zip(before, after, strict=True)) == [1, 2]
