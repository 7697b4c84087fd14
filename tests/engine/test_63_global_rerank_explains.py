"""A hit's score is explained from the very answer that ranked it, on several shards too."""

import pytest

from tests.engine.fake_ranker import number, unavailable
from tests.engine.fine_rank_songs import hits, ids, marks, ranker, search, songs
from tests.engine.global_rerank import body


@pytest.fixture(scope="module", params=[1, 3], ids=["one-shard", "three-shards"])
def index(node, request):
    with songs(node, f"global-explains-{request.param}", shards=request.param) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node) as started:
        yield started


def parts(explanation: dict) -> str:
    """All its words."""
    return explanation["description"] + " ".join(parts(detail) for detail in explanation.get("details", []))


def test_a_ranked_hit_shows_tier_u_parts_and_first_pass(node, index, fake):
    found = hits(search(node, index, body(node, size=40, explain=True)))
    (request,) = fake.requests
    assert request.explain is True
    for hit in found:
        n = number(hit["_id"])
        explained = hit["_explanation"]
        assert explained["value"] == hit["_score"]
        assert explained["description"] == "1 + tier + u, finely ranked, sum of:"
        tier, u, *_, coarse = explained["details"]
        assert (tier["value"], u["value"]) == (n % 4, n / 1000)
        assert coarse["description"] == "coarse score, a feature for the ranker, of the first pass:"
        assert coarse["value"] == n
        assert "click" in parts(explained)


def test_a_search_that_fell_back_says_why(node, index, fake):
    fake.behave = unavailable("deadline")
    for hit in hits(search(node, index, body(node, size=40, explain=True))):
        assert hit["_explanation"]["value"] == hit["_score"]
        assert hit["_explanation"]["description"] == (
            "s / (1 + s), not finely ranked because of [deadline], "
            "s is the coarse score (below 0 counts as 0):"
        )


def test_without_explain_no_parts_are_asked_for(node, index, fake):
    answer = search(node, index, body(node, size=3))
    assert fake.requests[0].explain is False
    assert all("_explanation" not in hit for hit in hits(answer))


def test_a_profile_is_of_the_query_alone(node, index, fake):
    answer = search(node, index, body(node, size=3, profile=True))
    assert answer.json()["profile"]["shards"]
    assert len(marks(answer)) == len(ids(answer)) == 3
