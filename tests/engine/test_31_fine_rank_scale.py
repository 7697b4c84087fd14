"""One scale on every shard: fine is 1 + tier + u, coarse is s / (1 + s); so what fell back comes last."""

import numpy as np
import pytest

from tests.engine.fake_ranker import answering, number, only_shard, unavailable
from tests.engine.fine_rank_songs import (
    BY_HEAT,
    COARSE_ORDER,
    FINE,
    FINE_ORDER,
    body,
    coarse_score,
    fine_score,
    hits,
    ids,
    marks,
    ranker,
    search,
    song,
    songs,
)


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "scale") as name:
        yield name


@pytest.fixture(scope="module")
def halves(node):
    with songs(node, "scale-halves", shards=2) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node) as started:
        yield started


def assert_scores(answer, expected):
    found = {hit["_id"]: np.float32(hit["_score"]) for hit in hits(answer)}
    assert found == {item: expected(number(item)) for item in found}
    assert [hit["_score"] for hit in hits(answer)] == sorted(
        (hit["_score"] for hit in hits(answer)), reverse=True
    )
    assert answer.json()["hits"]["max_score"] == hits(answer)[0]["_score"]


def test_fine_scores_are_one_plus_tier_plus_u(node, index, fake):
    answer = search(node, index, body(size=40))
    assert ids(answer) == FINE_ORDER
    assert_scores(answer, fine_score)
    assert marks(answer) == [FINE] * 40


def test_marks_tell_scored_from_stored(node, index, fake):
    fake.stored = lambda request: list(range(len(request.ids)))
    assert marks(search(node, index, body(size=40))) == [{"rank": "fine", "mark": "stored"}] * 40
    fake.stored = lambda request: [request.ids.index("v017")]
    found = {hit["_id"]: hit["fields"]["encore"][0] for hit in hits(search(node, index, body(size=40)))}
    assert [item for item, mark in found.items() if mark != FINE] == ["v017"]
    assert found["v017"] == {"rank": "fine", "mark": "stored"}


def test_a_ranker_that_does_not_say_leaves_the_mark_out(node, index, fake):
    fake.behave = answering(lambda good: good.replace(b'"marks"', b'"other"'))
    assert marks(search(node, index, body(size=40))) == [{"rank": "fine"}] * 40


def test_coarse_scores_are_s_over_one_plus_s(node, index, fake):
    fake.behave = unavailable("overloaded")
    answer = search(node, index, body(size=40))
    assert ids(answer) == COARSE_ORDER
    assert_scores(answer, coarse_score)
    assert hits(answer)[-1]["_score"] == 0


def test_shards_are_merged_on_the_scale(node, halves, fake):
    answer = search(node, halves, body(size=40))
    assert ids(answer) == FINE_ORDER
    assert_scores(answer, fine_score)
    assert len(fake.requests) == 2


def test_the_hits_of_a_shard_that_fell_back_come_last_and_are_marked(node, halves, fake):
    fake.behave = only_shard(1, unavailable("model_server_unavailable"))
    answer = search(node, halves, body(size=40))
    fine = {item for request in fake.requests if request.meta.shard == 0 for item in request.ids}
    coarse = set(COARSE_ORDER) - fine
    assert len(fine) > 5
    assert len(coarse) > 5
    assert ids(answer) == [item for item in FINE_ORDER if item in fine] + [
        i for i in COARSE_ORDER if i in coarse
    ]
    assert marks(answer) == [FINE] * len(fine) + [
        {"rank": "coarse", "cause": "model_server_unavailable"}
    ] * len(coarse)
    assert_scores(answer, lambda n: fine_score(n) if f"v{n:03d}" in fine else coarse_score(n))
    assert answer.headers["X-Encore-Degraded"] == "model_server_unavailable"


def test_the_header_tells_of_a_shard_whose_hits_are_not_on_the_page(node, halves, fake):
    fake.behave = only_shard(1, unavailable("model_server_unavailable"))
    answer = search(node, halves, body(size=3))
    assert marks(answer) == [FINE] * 3
    assert answer.headers["X-Encore-Degraded"] == "model_server_unavailable"


def test_two_causes_are_both_told(node, halves, fake):
    def behave(handler, good):
        unavailable(["overloaded", "deadline"][handler.scored.meta.shard])(handler, good)

    fake.behave = behave
    answer = search(node, halves, body(size=40))
    assert answer.headers["X-Encore-Degraded"] == "deadline,overloaded"
    assert {mark["cause"] for mark in marks(answer)} == {"deadline", "overloaded"}


def test_ties_keep_the_coarse_order(node, index, fake):
    fake.score = lambda request: ([2] * len(request.ids), [0.5] * len(request.ids))
    assert ids(search(node, index, body(size=40))) == COARSE_ORDER


def test_the_extremes_of_u_stay_in_their_tier(node, index, fake):
    largest = np.nextafter(1.0, 0.0)
    fake.score = lambda request: ([1] * len(request.ids), [largest] * len(request.ids))
    answer = search(node, index, body(size=40))
    assert {np.float32(hit["_score"]) for hit in hits(answer)} == {np.nextafter(np.float32(3), np.float32(0))}


def test_the_window_bounds_what_is_ranked(node, index, fake):
    answer = search(node, index, body(window=10, size=10))
    assert sorted(fake.requests[0].ids) == sorted(COARSE_ORDER[:10])
    assert ids(answer) == [item for item in FINE_ORDER if item in COARSE_ORDER[:10]]


def test_the_usual_window_is_ten(node, index, fake):
    request = body(size=10)
    del request["rescore"]["window_size"]
    search(node, index, request)
    assert len(fake.requests[0].ids) == 10


def test_a_video_without_an_id_stays_coarse(node, fake):
    with songs(node, "scale-nameless") as name:
        node.client.write(name, "nameless", song(100) | {"video_id": None}, refresh=True)
        answer = search(node, name, body(window=41, size=41))
        assert "nameless" not in fake.requests[0].ids
        assert len(fake.requests[0].ids) == 40
        assert ids(answer) == [*FINE_ORDER, "nameless"]
        assert marks(answer)[-1] == {"rank": "coarse"}
        assert np.float32(hits(answer)[-1]["_score"]) == coarse_score(100)


def test_many_segments_and_deleted_videos(node, fake):
    with songs(node, "scale-segments") as name:
        for n in range(40, 60):
            node.client.write(name, f"v{n:03d}", song(n), refresh=True)
        node.client.delete(name, "v039")
        answer = search(node, name, body(window=100, size=59))
        expected = sorted(set(range(60)) - {39}, key=lambda n: (n % 4, n), reverse=True)
        assert [number(item) for item in ids(answer)] == expected
        assert_scores(answer, fine_score)


def test_no_hit_is_no_call(node, index, fake):
    answer = search(node, index, body() | {"query": {"match": {"title": "nothing"}}})
    assert ids(answer) == []
    assert "X-Encore-Request-Id" in answer.headers
    assert not fake.requests


def test_size_zero_is_no_call(node, index, fake):
    answer = search(node, index, body(size=0, aggs={"groups": {"terms": {"field": "group"}}}))
    assert len(answer.json()["aggregations"]["groups"]["buckets"]) == 10
    assert not fake.requests


NO_GROUPS = "OpenSearch refuses collapse beside any rescore"


@pytest.mark.only("elasticsearch", reason=NO_GROUPS)
def test_groups_are_headed_by_coarse_score_and_ranked(node, halves, fake):
    answer = search(node, halves, body(size=10, collapse={"field": "group"}))
    assert len(ids(answer)) == 10
    groups = [hit["fields"]["group"][0] for hit in hits(answer)]
    assert len(set(groups)) == 10
    assert_scores(answer, fine_score)
    assert marks(answer) == [FINE] * 10


@pytest.mark.only("elasticsearch", reason=NO_GROUPS)
def test_groups_with_inner_hits(node, index, fake):
    answer = search(
        node, index, body(size=3, collapse={"field": "group", "inner_hits": {"name": "more", "size": 2}})
    )
    assert marks(answer) == [FINE] * 3
    assert all(len(hit["inner_hits"]["more"]["hits"]["hits"]) == 2 for hit in hits(answer))


@pytest.mark.only("opensearch", reason="Elasticsearch ranks groups")
def test_groups_are_refused(node, index, fake):
    answer = node.http.post(f"/{index}/_search", json=body(collapse={"field": "group"}))
    assert answer.status_code == 400
    assert answer.json()["error"]["reason"] == (
        "[fine_rank] cannot stand beside [collapse] of field [group], as OpenSearch rescores no groups: "
        "leave one of them out"
    )
    assert not fake.requests


def test_nested_inner_hits_are_not_marked(node, index, fake):
    nested = {"nested": {"path": "parts", "query": {"match_all": {}}, "inner_hits": {}}}
    query = {"bool": {"must": [BY_HEAT], "filter": [nested]}}
    answer = search(node, index, body(size=3) | {"query": query})
    assert marks(answer) == [FINE] * 3
    for hit in hits(answer):
        for part in hit["inner_hits"]["parts"]["hits"]["hits"]:
            assert "encore" not in part.get("fields", {})


@pytest.mark.parametrize(
    "more",
    [
        {"fields": ["title", "group"]},
        {"docvalue_fields": ["video_id"]},
        {"stored_fields": "_none_", "_source": False},
        {"stored_fields": [], "_source": False},
        {"highlight": {"fields": {"title": {}}}},
        {"_source": True, "version": True, "seq_no_primary_term": True},
        {"profile": True},
        {"track_total_hits": True, "post_filter": {"range": {"heat": {"gte": 0}}}},
        {"sort": ["_score"]},
        {"sort": [{"_score": "desc"}], "track_scores": True},
        {"search_type": "dfs_query_then_fetch"},
    ],
    ids=",".join,
)
def test_other_parts_of_a_search_go_along(node, halves, fake, more):
    request = body(size=40) | {key: value for key, value in more.items() if key != "search_type"}
    parameters = {key: value for key, value in more.items() if key == "search_type"}
    answer = search(node, halves, request, **parameters)
    assert marks(answer) == [FINE] * 40
    if "stored_fields" not in more or more["stored_fields"] != "_none_":
        assert ids(answer) == FINE_ORDER
    if "fields" in more:
        assert hits(answer)[0]["fields"]["title"] == ["song 39"]


def test_named_queries_tell_the_coarse_score(node, halves, fake):
    request = body(size=5)
    request["query"] = {"function_score": BY_HEAT["function_score"] | {"_name": "coarse_score"}}
    answer = search(node, halves, request, include_named_queries_score="true")
    for hit in hits(answer):
        assert hit["matched_queries"] == {"coarse_score": float(number(hit["_id"]))}
