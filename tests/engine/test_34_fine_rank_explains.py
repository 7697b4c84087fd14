"""Explain gives the one scale's formula with the values in it, as it was scored: nothing is scored twice."""

import msgspec
import pytest

from ranker.serving.wire import BINARY, decode_answer, encode_answer
from tests.engine import fake_ranker
from tests.engine.fake_ranker import number, only_shard, slow, unavailable
from tests.engine.fine_rank_songs import FINE, body, hits, patience, ranker, search, songs

TIERS = ["bad", "fair-fair", "fair-good", "good"]


@pytest.fixture(scope="module", params=[1, 2, 3], ids=["one shard", "two shards", "three shards"])
def index(node, request):
    with songs(node, f"explains-{request.param}", shards=request.param) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node, breaker__failures=1000) as started:
        yield started


def test_a_fine_hit_is_one_plus_tier_plus_u(node, index, fake):
    answer = search(node, index, body(size=40, explain=True))
    assert len(hits(answer)) == 40
    for hit in hits(answer):
        n = number(hit["_id"])
        explanation = hit["_explanation"]
        assert explanation["value"] == hit["_score"]
        assert explanation["description"] == "1 + tier + u, finely ranked, sum of:"
        tier, u, versions, coarse = explanation["details"]
        assert tier["value"] == n % 4
        assert tier["description"] == (
            f"tier, [{TIERS[n % 4]}] of [bad 0, fair-fair 1, fair-good 2, good 3], "
            "the highest whose threshold is reached:"
        )
        assert said(tier["details"][0]) == (
            float(n % 4 >= 1),
            f"P(fair_fair or better), {'>=' if n % 4 >= 1 else '<'} threshold [0.5]",
        )
        probabilities = {said(part) for part in tier["details"][3]["details"]}
        assert probabilities == {(float(at == n % 4), name) for at, name in enumerate(fake_ranker.TIERS)}
        assert u["value"] == n / 1000
        assert u["description"] == (
            "u, the place within the tier, in [0, 1), sum of weight * value / sum of weights:"
        )
        relevance, click, like = u["details"]
        assert relevance["value"] == 0
        assert click["value"] == n / 1000
        assert click["description"].startswith("click, predicted, weight [2.0] * value [")
        assert said(like) == (0.25, "like, predicted, without weight: not in the sum")
        assert said(versions) == (2, f"versions that gave it: generation [{index}], mmoe [3], formula [1]")
        assert coarse["value"] == n
        assert coarse["description"] == "coarse score, a feature for the ranker, of the first pass:"
        assert coarse["details"][0]["value"] == n
    assert all(request.explain for request in fake.requests)
    assert len({request.meta.shard for request in fake.requests}) == len(fake.requests), "one call a shard"


def test_a_stored_hit_is_explained_as_it_was_scored_then(node, index, fake):
    fake.stored = lambda request: [i for i, item in enumerate(request.ids) if number(item) % 3 == 0]
    for hit in hits(search(node, index, body(size=40, explain=True))):
        stored = number(hit["_id"]) % 3 == 0
        explanation = hit["_explanation"]
        when = " on an earlier page of this request" if stored else ""
        assert explanation["description"] == f"1 + tier + u, finely ranked{when}, sum of:"
        assert explanation["value"] == hit["_score"]
        by = f"mmoe [{2 if stored else 3}], formula [1]"
        assert explanation["details"][2]["description"].endswith(by)


def test_parts_of_tomorrow_are_shown_and_wrong_ones_fail_nothing(node, index, fake):
    for parts, expected in (({"mood": {"calm": 0.5}}, "mood, of:"), ({"formula": 5}, None), ({}, None)):
        fake.behave = answering_parts(parts)
        for hit in hits(search(node, index, body(explain=True))):
            assert hit["_explanation"]["value"] == hit["_score"]
            described = [part["description"] for part in hit["_explanation"]["details"]]
            assert described[3:-1] == ([expected] if expected else [])


def answering_parts(parts):
    def behave(handler, good):
        answer = decode_answer(good)
        changed = msgspec.structs.replace(answer, explanation=[parts] * len(answer.tier))
        handler.answer(encode_answer(changed, handler.scored.ids, BINARY)[0])

    return behave


def said(explanation):
    return explanation["value"], explanation["description"]


def test_a_coarse_hit_is_s_over_one_plus_s(node, index, fake):
    fake.behave = unavailable("model_server_unavailable")
    for hit in hits(search(node, index, body(size=40, explain=True))):
        explanation = hit["_explanation"]
        assert explanation["value"] == hit["_score"]
        assert explanation["description"] == (
            "s / (1 + s), not finely ranked because of [model_server_unavailable], "
            "s is the coarse score (below 0 counts as 0):"
        )
        assert explanation["details"][0]["value"] == number(hit["_id"])


def test_a_timeout_is_explained(node, index, fake):
    fake.behave = slow(30)
    patience(node, "200ms")
    for hit in hits(search(node, index, body(explain=True))):
        assert "because of [timeout]" in hit["_explanation"]["description"]


def test_shards_are_explained_each_as_it_was_ranked(node, index, fake):
    fake.behave = only_shard(0, unavailable("deadline"))
    found = hits(search(node, index, body(size=40, explain=True)))
    for hit in found:
        assert hit["_explanation"]["value"] == hit["_score"]
        fine = hit["fields"]["encore"][0]["rank"] == "fine"
        assert hit["_explanation"]["description"].startswith("1 + tier + u" if fine else "s / (1 + s)")
        assert fine == (hit["_shard"] != f"[{index}][0]")


def test_parts_are_only_asked_for_where_they_are_wanted(node, index, fake):
    search(node, index)
    assert not any(request.explain for request in fake.requests)


def test_the_same_id_may_be_explained_again_with_another_outcome(node, index, fake):
    fine = {"request_id": "again", "now": 1}
    fake.behave = unavailable("overloaded")
    first = hits(search(node, index, body(explain=True, fine=fine)))
    fake.good()
    second = hits(search(node, index, body(explain=True, fine=fine)))
    assert all("[overloaded]" in hit["_explanation"]["description"] for hit in first)
    assert all(hit["_explanation"]["description"].startswith("1 + tier + u") for hit in second)
    assert all(hit["fields"]["encore"] == [FINE] for hit in second)


def test_explaining_through_other_queries(node, index, fake):
    plain = search(node, index, {"query": {"match": {"title": "song"}}, "explain": True})
    assert "tier" not in hits(plain)[0]["_explanation"]["description"]
