"""Where peers fail: explain on several shards, scores at the edges (Elasticsearch 120739, 120670)."""

import json

import numpy as np
import pytest

from tests.engine.fake_ranker import number, only_shard, unavailable
from tests.engine.fine_rank_songs import body, down, hits, ranker, search, songs

EDGES = {"zero": 0.0, "tiny": 1e-38, "one": 1.0, "large": 1e30, "largest": float(np.finfo(np.float32).max)}


@pytest.fixture
def fake(node):
    with ranker(node, breaker__failures=1000) as started:
        yield started


@pytest.mark.parametrize("shards", [1, 2, 5])
def test_each_hit_of_a_page_is_explained_by_its_own_shard(node, fake, shards):
    with songs(node, f"explained-{shards}", shards=shards) as index:
        fake.behave = only_shard(0, unavailable("deadline"))
        for start in (0, 15, 30):
            for hit in hits(search(node, index, body(size=10, explain=True, **{"from": start}))):
                explanation = hit["_explanation"]
                assert explanation["value"] == hit["_score"]
                if hit["fields"]["encore"][0]["rank"] == "fine":
                    tier, u = explanation["details"][:2]
                    assert (tier["value"], u["value"]) == (number(hit["_id"]) % 4, number(hit["_id"]) / 1000)
                    assert u["details"][1]["value"] == pytest.approx(u["value"]), "click alone has weight"
                    assert explanation["details"][-1]["value"] == number(hit["_id"]), "the coarse score"
                else:
                    assert "because of [deadline]" in explanation["description"]
                    assert explanation["details"][0]["value"] == number(hit["_id"])


def test_nothing_is_scored_twice(node, fake):
    with songs(node, "explained-once", shards=3) as index:
        search(node, index, body(size=40, explain=True))
        shards = [request.meta.shard for request in fake.requests]
        assert sorted(shards) == [0, 1, 2]


@pytest.fixture(scope="module")
def edges(node):
    """Coarse scores from 0 to the largest float."""
    properties = {name: {"type": kind} for name, kind in (("video_id", "keyword"), ("heat", "double"))}
    node.client.create("edges", {"properties": properties | {"title": {"type": "text"}}})
    node.client.fill(
        "edges", ((name, {"video_id": name, "title": "song", "heat": heat}) for name, heat in EDGES.items())
    )
    yield "edges"
    node.client.drop("edges")


def test_coarse_scores_at_the_edges_stay_on_the_scale_and_in_order(node, fake, edges):
    fake.behave = unavailable("deadline")
    found = hits(search(node, edges, body(explain=True)))
    scores = [hit["_score"] for hit in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score < 1 for score in scores)
    by_id = {hit["_id"]: hit for hit in found}
    assert by_id["zero"]["_score"] == 0
    assert by_id["one"]["_score"] == 0.5
    assert np.float32(by_id["largest"]["_score"]) == down(1 - 2**-25), "the largest float below 1"
    for hit in found:
        assert hit["_explanation"]["value"] == hit["_score"]


def test_no_score_is_negative_or_no_number(node, fake, edges):
    """A feature that has no value is not a hit that falls out of the scale."""
    fake.score = lambda request: ([0] * len(request.ids), [0.0] * len(request.ids))
    found = hits(search(node, edges, body(explain=True)))
    assert [hit["_score"] for hit in found] == [1.0] * len(EDGES)
    sent = fake.requests[0].coarse
    assert np.isfinite(sent).all()
    assert (sent >= 0).all()
    assert "NaN" not in json.dumps(found)
