"""The clause finds, one call ranks: a search has one identity, and its answer tells of both."""

import pytest

from tests.engine.fake_ranker import unavailable
from tests.engine.fine_rank_songs import FINE, hits, ids, marks, ranker, search
from tests.engine.global_rerank import body
from tests.engine.recall_videos import GENERATION, VIDEOS, clause, entity, planning, videos


@pytest.fixture(scope="module")
def index(node):
    with videos(node, "global-recall", shards=3, dimensions=0, clock_offset_ms=-1_000) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node) as started:
        yield started


def asking(node, text: str = "晴天", **ask):
    return body(node, size=14, query=clause(text), ask={"query": text} | ask)


def test_plan_and_rank_are_of_one_search(node, index, fake):
    fake.plan = planning(entity("artist", ["田馥甄", "hebe"]))
    answer = search(node, index, asking(node, user="u1"))
    (plan,), (rank,) = fake.asked, fake.requests
    assert plan["request_id"] == rank.meta.request_id == answer.headers["X-Encore-Request-Id"]
    assert plan["now"] == rank.meta.now
    assert plan["generation"] == rank.meta.generation == GENERATION
    assert rank.ids == sorted(rank.ids, key=dict(zip(rank.ids, -rank.coarse, strict=True)).get)
    assert {"v01", "v02", "v03", "v09"} <= set(rank.ids) <= set(VIDEOS), "by words and by names"
    assert ids(answer) == sorted(rank.ids, key=lambda item: (int(item[1:]) % 4, int(item[1:])), reverse=True)
    assert marks(answer) == [FINE] * len(ids(answer))
    assert "X-Encore-Degraded" not in answer.headers


def test_the_hits_still_tell_their_route(node, index, fake):
    fake.plan = planning(entity("artist", ["田馥甄", "hebe"]))
    for hit in hits(search(node, index, asking(node))):
        by_words = {"v01", "v02", "v06"}
        assert ("encore.text" in hit["matched_queries"]) == (hit["_id"] in by_words)


def test_a_search_without_a_plan_is_ranked_and_says_so(node, index, fake):
    fake.behave_plan = unavailable("overloaded")
    answer = search(node, index, asking(node))
    assert marks(answer) == [FINE | {"plan": "text", "plan_cause": "overloaded"}] * len(ids(answer))
    assert answer.headers["X-Encore-Degraded"] == "overloaded"
    assert answer.headers["X-Encore-Request-Id"] == fake.requests[0].meta.request_id


def test_a_search_without_either_says_both(node, index, fake):
    fake.behave_plan = unavailable("overloaded")
    fake.behave = unavailable("deadline")
    answer = search(node, index, asking(node))
    both = {"rank": "coarse", "cause": "deadline", "plan": "text", "plan_cause": "overloaded"}
    assert marks(answer) == [both] * len(ids(answer))
    assert answer.headers["X-Encore-Degraded"] == "deadline,overloaded"
    assert ids(answer), "and finds by words"
