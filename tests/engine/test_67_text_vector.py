"""A text in the place of a query vector, wherever Elasticsearch takes one: `query_vector_builder`."""

import json
import math

import pytest

from tests.engine import fake_ranker
from tests.engine.fake_ranker import slow, unavailable
from tests.engine.fine_rank_songs import FINE, ids, marks, patience, ranker, search, using
from tests.engine.global_rerank import over
from tests.engine.recall_videos import DIMENSIONS, EAST, GENERATION, planning, vector_of, videos
from tests.engine.test_61_global_rerank_refuses import refused

pytestmark = pytest.mark.only("elasticsearch", reason="OpenSearch's nearest neighbours take no builder")

NEAR_EAST = [f"v{n:02d}" for n in range(1, 6)]


@pytest.fixture(scope="module")
def index(node):
    with videos(node, "text-vector", shards=3) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node, breaker__failures=1000) as started:
        started.plan = planning(vector=EAST)
        yield started


def near(text: object = "周杰伦 晴天", **more):
    return {
        "field": "title_vector",
        "k": 5,
        "num_candidates": 14,
        "query_vector_builder": {"encore": {"text": text, **more}},
    }


def places(text: object = "周杰伦 晴天", **more):
    """Where a search takes it, and what else it has there."""
    clause = {name: value for name, value in near(text, **more).items() if name != "k"} | {"k": 5}
    return {
        "knn": {"knn": near(text, **more)},
        "query": {"query": {"knn": clause}, "size": 5},
        "retriever": {"retriever": {"knn": near(text, **more)}},
    }


@pytest.mark.parametrize("place", places())
def test_the_nearest_to_the_text(node, index, fake, place):
    answer = search(node, index, places()[place] | {"_source": False})
    assert ids(answer) == NEAR_EAST
    (asked,) = fake.asked
    assert (asked["text"], asked["index"], asked["generation"]) == ("周杰伦 晴天", index, GENERATION)
    assert asked["options"] == {"routes": ["vector"], "vector": True}
    assert "user" not in asked


def test_as_by_the_vector_itself(node, index, fake):
    fake.plan = planning(vector=vector_of("v09"))
    written = {"field": "title_vector", "k": 5, "num_candidates": 14, "query_vector": vector_of("v09")}
    ours, theirs = (search(node, index, {"knn": knn, "_source": False}).json() for knn in (near(), written))
    assert ours["hits"] == theirs["hits"]


def test_filters_hold_before_the_nearest_are_chosen(node, index, fake):
    knn = near() | {"filter": {"range": {"plays": {"lt": 1_000}}}}
    assert ids(search(node, index, {"knn": knn, "_source": False})) == ["v06", "v08", "v09", "v10", "v11"]


def test_beside_words_they_add_up(node, index, fake):
    answer = search(
        node, index, {"query": {"match": {"title": "hebe"}}, "knn": near(), "size": 6, "_source": False}
    )
    assert set(ids(answer)) == {*NEAR_EAST, "v09"}


def test_one_text_is_asked_for_once_a_search(node, index, fake):
    two = [near(), near() | {"boost": 2}]
    search(node, index, {"knn": two})
    assert len(fake.asked) == 1
    search(node, index, {"knn": [near("晴天"), near("小幸运")]})
    assert {asked["text"] for asked in fake.asked[1:]} == {"晴天", "小幸运"}


def test_below_a_global_rank_they_are_one_search(node, index, fake):
    answer = search(node, index, over({"knn": near()}, size=5))
    (plan,), (rank,) = fake.asked, fake.requests
    assert rank.ids == NEAR_EAST
    assert rank.coarse.tolist() == pytest.approx(
        [(1 + math.cos(n * math.pi / 40)) / 2 for n in range(1, 6)], rel=1e-5
    )
    assert plan["request_id"] == rank.meta.request_id == answer.headers["X-Encore-Request-Id"]
    assert ids(answer) == ["v03", "v02", "v05", "v01", "v04"]
    assert marks(answer) == [FINE] * 5


def test_in_a_compound_retriever(node, index, fake):
    rescored = {"rescore_query": {"match_all": {}}, "query_weight": 1, "rescore_query_weight": 0}
    inner = {"retriever": {"knn": near()}, "rescore": {"window_size": 5, "query": rescored}}
    answer = search(node, index, {"retriever": {"rescorer": inner}, "_source": False})
    assert ids(answer) == NEAR_EAST
    assert fake.asked[0]["generation"] == GENERATION


FAULTS = {
    "down": (fake_ranker.hanging_up, "ranker_unavailable"),
    "slow": (slow(30), "timeout"),
    "overloaded": (unavailable("overloaded"), "overloaded"),
    "unknown generation": (unavailable("generation_unknown"), "generation_unknown"),
    "garbage": (lambda handler, good: handler.answer(b"what?"), "bad_plan"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("place", places())
def test_without_a_vector_there_is_no_answer(node, index, fake, fault, place):
    fake.behave_plan, cause = FAULTS[fault]
    patience(node, "300ms" if cause == "timeout" else "5s")
    answer = node.http.post(f"/{index}/_search", json=places()[place])
    assert answer.status_code == 503
    assert answer.json()["error"]["reason"] == (
        f"[encore] has no vector for [周杰伦 晴天] because of [{cause}]: search by the query [encore], "
        "which goes on by the words alone, or try again"
    )


def test_a_vector_of_another_size(node, index, fake):
    fake.plan = planning(vector=[1.0] + [0.0] * DIMENSIONS)
    answer = node.http.post(f"/{index}/_search", json={"knn": near()})
    assert answer.status_code == 503
    assert "[bad_plan]" in answer.json()["error"]["reason"]


def test_no_ranker_at_all(node, index):
    with using(node):
        answer = node.http.post(f"/{index}/_search", json={"knn": near()})
        assert answer.status_code == 503
        assert "[ranker_unavailable]" in answer.json()["error"]["reason"]


@pytest.mark.parametrize("place", places())
@pytest.mark.parametrize(
    ("text", "more", "reason"),
    [
        (7, {}, "[encore] [text] must be a string, got [7]"),
        (" ", {}, "[encore] [text] [ ] is blank: say what is searched for"),
        ("歌" * 513, {}, "[encore] [text] of [513] characters exceeds the limit of [512]"),
        ("晴天", {"user": "u1"}, "[encore] does not know [user]: it takes [text]"),
    ],
)
def test_what_is_no_text_is_refused(node, index, fake, place, text, more, reason):
    assert reason in refused(node, index, places(text, **more)[place])
    assert not fake.asked


def test_an_index_without_vectors(node, fake):
    with videos(node, "text-vector-none", dimensions=0) as name:
        assert "[encore] makes a vector for [title_vector], which index [text-vector-none] lacks" in refused(
            node, name, {"knn": near()}
        )


def test_each_search_of_an_msearch_asks_for_its_own(node, index, fake):
    lines = [{}, {"knn": near("晴天"), "_source": False}, {}, {"knn": near("小幸运"), "_source": False}]
    answer = node.http.post(
        f"/{index}/_msearch",
        content="".join(json.dumps(line) + "\n" for line in lines),
        headers={"Content-Type": "application/x-ndjson"},
    )
    for one in answer.json()["responses"]:
        assert [hit["_id"] for hit in one["hits"]["hits"]] == NEAR_EAST
    assert len({asked["request_id"] for asked in fake.asked}) == 2
