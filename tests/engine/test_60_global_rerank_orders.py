"""One ranker call orders the whole search, whatever the number of shards."""

import json
import time

import numpy as np
import pytest

from tests.engine.fake_ranker import number
from tests.engine.fine_rank_songs import (
    BY_HEAT,
    COARSE_ORDER,
    FINE,
    FINE_ORDER,
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
from tests.engine.global_rerank import body, over
from tests.engine.spellings import point_in_time

AHEAD = -1_000_000_000


@pytest.fixture(scope="module", params=[1, 3], ids=["one-shard", "three-shards"])
def index(node, request):
    with songs(
        node, f"global-{request.param}", shards=request.param, generation="g-7", clock_offset_ms=AHEAD
    ) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node) as started:
        yield started


def test_one_call_has_the_window_in_coarse_order(node, index, fake):
    answer = search(node, index, body(node, size=40))
    (request,) = fake.requests
    assert request.ids == COARSE_ORDER
    assert request.coarse.tolist() == [float(number(item)) for item in COARSE_ORDER]
    assert ids(answer) == FINE_ORDER
    assert marks(answer) == [FINE] * 40
    assert [np.float32(hit["_score"]) for hit in hits(answer)] == [
        fine_score(number(item)) for item in FINE_ORDER
    ]
    assert answer.json()["hits"]["max_score"] == hits(answer)[0]["_score"]
    assert answer.json()["hits"]["total"] == {"value": 40, "relation": "eq"}
    assert set(hits(answer)[0]) == {"_index", "_id", "_score", "fields"}


def test_the_call_says_who_searches_and_that_it_is_global(node, index, fake):
    ask = {
        "query": "周杰伦 晴天",
        "user": "u42",
        "context": {"device": "phone", "page": 2},
        "config": "calm",
        "request_id": "my-own_id.1~",
        "now": 1_760_000_000_000,
    }
    answer = search(node, index, body(node, ask=ask))
    assert answer.headers["X-Encore-Request-Id"] == "my-own_id.1~"
    assert "X-Encore-Degraded" not in answer.headers
    meta = fake.requests[0].meta
    assert {name: getattr(meta, name) for name in ask} == ask
    assert (meta.index, meta.generation, meta.shard, meta.stage) == (index, "g-7", 0, "global")


def test_what_is_missing_is_filled_in_on_the_indices_clock(node, index, fake):
    before = time.time_ns() // 1_000_000
    answers = [search(node, index, body(node)) for _ in range(3)]
    after = time.time_ns() // 1_000_000
    sent = [request.meta.request_id for request in fake.requests]
    assert sent == [answer.headers["X-Encore-Request-Id"] for answer in answers]
    assert len(set(sent)) == 3
    assert all(before + AHEAD <= request.meta.now <= after + AHEAD for request in fake.requests)


def test_pages_are_of_one_order(node, index, fake):
    ask = {"request_id": "pages", "now": 1}
    pages = [search(node, index, body(node, size=8, ask=ask, **{"from": start})) for start in range(0, 40, 8)]
    assert [item for page in pages for item in ids(page)] == FINE_ORDER
    assert [len(request.ids) for request in fake.requests] == [40] * 5


@pytest.mark.parametrize("window", [10, 25])
def test_the_window_is_the_best_of_the_whole_search(node, index, fake, window):
    answer = search(node, index, body(node, size=10, ask={"rank_window_size": window}))
    (request,) = fake.requests
    assert request.ids == COARSE_ORDER[:window]
    assert ids(answer) == [item for item in FINE_ORDER if item in COARSE_ORDER[:window]][:10]
    assert answer.json()["hits"]["total"]["value"] == 40


def test_the_window_has_a_default(node, index, fake):
    asked = body(node)
    (said,) = asked["retriever"].values() if "retriever" in asked else asked["ext"].values()
    del said["rank_window_size"]
    assert ids(search(node, index, asked)) == FINE_ORDER[:10]


def test_ties_keep_the_coarse_order(node, index, fake):
    fake.score = lambda request: ([2] * len(request.ids), [0.5] * len(request.ids))
    assert ids(search(node, index, body(node, size=40))) == COARSE_ORDER


def test_a_coarse_score_of_zero_is_safe(node, fake):
    with songs(node, "global-zero", shards=3) as name:
        nothing = {"bool": {"filter": {"match": {"title": "song"}}}}
        answer = search(node, name, body(node, size=40, query=nothing))
        assert ids(answer) == FINE_ORDER
        assert set(fake.requests[0].coarse.tolist()) == {0.0}
        fake.score = lambda request: ([0] * len(request.ids), [0.0] * len(request.ids))
        flat = search(node, name, body(node, size=40, query=nothing))
        assert {hit["_score"] for hit in hits(flat)} == {1.0}


def test_a_video_without_an_id_comes_last_and_is_marked(node, fake):
    with songs(node, "global-nameless", shards=3) as name:
        nameless = {key: value for key, value in song(50).items() if key != "video_id"}
        node.client.write(name, "nameless", nameless, refresh=True)
        answer = search(node, name, body(node, size=41, ask={"rank_window_size": 41}))
        assert ids(answer) == [*FINE_ORDER, "nameless"]
        assert marks(answer)[-1] == {"rank": "coarse"}
        assert np.float32(hits(answer)[-1]["_score"]) == coarse_score(50)
        assert len(fake.requests[0].ids) == 40


def test_a_search_without_a_hit_asks_nobody(node, index, fake):
    answer = search(node, index, body(node, query={"match": {"title": "nothing"}}))
    assert hits(answer) == []
    assert answer.headers["X-Encore-Request-Id"]
    assert not fake.requests


def test_a_search_for_its_count_alone_asks_nobody(node, index, fake):
    answer = search(
        node, index, body(node, size=0, aggs={"groups": {"terms": {"field": "group", "size": 20}}})
    )
    assert answer.json()["hits"]["total"]["value"] == 40
    assert len(answer.json()["aggregations"]["groups"]["buckets"]) == 10
    assert not fake.requests


def test_aggregations_and_totals_are_of_all_that_matches(node, index, fake):
    answer = search(
        node,
        index,
        body(
            node,
            size=5,
            ask={"rank_window_size": 5},
            aggs={"heat": {"max": {"field": "heat"}}, "n": {"value_count": {"field": "group"}}},
        ),
    )
    assert answer.json()["aggregations"] == {"heat": {"value": 39.0}, "n": {"value": 40}}
    assert len(fake.requests[0].ids) == 5


@pytest.mark.only("elasticsearch", reason="a pipeline has no filters of its own")
def test_filters_of_the_retriever_reach_the_inner_one(node, index, fake):
    for filters in ({"term": {"group": "g3"}}, [{"term": {"group": "g3"}}]):
        fake.forget()
        answer = search(node, index, body(node, ask={"filter": filters}))
        assert fake.requests[0].ids == ["v033", "v023", "v013", "v003"]
        assert ids(answer) == [item for item in FINE_ORDER if item.endswith("3")]


def test_a_least_score_is_on_the_one_scale(node, index, fake):
    answer = search(node, index, body(node, size=40, ask={"min_score": 3}))
    assert ids(answer) == [item for item in FINE_ORDER if number(item) % 4 >= 2]


def test_a_least_score_below_the_ranking_is_coarse(node, index, fake):
    if node.product == "elasticsearch":
        request = over({"standard": {"query": BY_HEAT, "min_score": 30}}, size=40)
    else:
        request = body(node, size=40, min_score=30)
    answer = search(node, index, request)
    assert fake.requests[0].ids == COARSE_ORDER[:10]
    assert ids(answer) == [item for item in FINE_ORDER if number(item) >= 30]


def test_what_the_page_shows_is_fetched_for_the_page(node, index, fake):
    answer = search(
        node,
        index,
        body(
            node,
            size=2,
            _source=["title"],
            fields=["heat"],
            docvalue_fields=["group"],
            highlight={"fields": {"title": {}}},
            version=True,
            query={"match": {"title": {"query": "song", "_name": "words"}}},
        ),
    )
    first, second = hits(answer)
    for hit in (first, second):
        assert set(hit["_source"]) == {"title"}
        assert set(hit["fields"]) == {"heat", "group", "encore"}
        assert hit["highlight"]["title"][0].startswith("<em>song</em>")
        assert hit["matched_queries"] == ["words"]
        assert hit["_version"] == 1


def test_in_a_point_in_time(node, index, fake):
    with point_in_time(node, index) as pit:
        answer = node.http.post("/_search", json=body(node, size=40, pit={"id": pit}))
        assert answer.status_code == 200, answer.text
        assert ids(answer) == FINE_ORDER
        assert fake.requests[0].meta.generation == "g-7"
        assert "sort" not in hits(answer)[0]


def test_the_searches_of_an_msearch_have_ids_of_their_own_and_only_hits_tell(node, index, fake):
    lines = [
        {},
        body(node, size=3),
        {},
        body(node, size=3, ask={"request_id": "second"}),
        {},
        {"query": {"match_all": {}}},
    ]
    answer = node.http.post(
        f"/{index}/_msearch",
        content="".join(json.dumps(line) + "\n" for line in lines),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code == 200
    assert "X-Encore-Request-Id" not in answer.headers
    first, second, plain = answer.json()["responses"]
    for part in (first, second):
        assert [hit["_id"] for hit in part["hits"]["hits"]] == FINE_ORDER[:3]
        assert [hit["fields"]["encore"] for hit in part["hits"]["hits"]] == [[FINE]] * 3
    assert all("fields" not in hit for hit in plain["hits"]["hits"])
    assert "second" in {request.meta.request_id for request in fake.requests}
    assert len(fake.requests) == 2


def test_with_the_statistics_of_all_shards(node, index, fake):
    answer = search(node, index, body(node, size=40), search_type="dfs_query_then_fetch")
    assert ids(answer) == FINE_ORDER
    assert len(fake.requests) == 1


@pytest.mark.only("elasticsearch", reason="OpenSearch has no retrievers")
def test_over_a_compound_retriever(node, index, fake):
    halved = {
        "function_score": {
            "query": {"match_all": {}},
            "field_value_factor": {"field": "heat", "factor": 0.5},
            "boost_mode": "replace",
        }
    }
    inner = {
        "rescorer": {
            "retriever": {"standard": {"query": BY_HEAT}},
            "rescore": {"window_size": 40, "query": {"rescore_query": halved, "query_weight": 0}},
        }
    }
    answer = search(node, index, over(inner, size=40))
    (request,) = fake.requests
    assert request.ids == COARSE_ORDER
    assert request.coarse.tolist() == pytest.approx([number(item) / 2 for item in COARSE_ORDER])
    assert ids(answer) == FINE_ORDER
    assert marks(answer) == [FINE] * 40


def test_a_later_page_says_which_hits_were_stored(node, index, fake):
    fake.stored = lambda request: [i for i, item in enumerate(request.ids) if number(item) % 3 == 0]
    answer = search(node, index, body(node, size=40))
    assert marks(answer) == [
        FINE | {"mark": "stored" if number(hit["_id"]) % 3 == 0 else "scored"} for hit in hits(answer)
    ]


def test_each_search_is_ranked_anew(node, index, fake):
    for _ in range(3):
        search(node, index, body(node, ask={"request_id": "same", "now": 1}), request_cache="true")
    assert len(fake.requests) == 3


def test_several_indices_of_one_generation_are_one_window(node, index, fake):
    with songs(node, "global-other", generation="g-7", clock_offset_ms=AHEAD) as other:
        answer = search(node, f"{index},{other}", body(node, size=10, ask={"rank_window_size": 80}))
        (request,) = fake.requests
        assert len(request.ids) == 80
        assert ids(answer)[:2] == ["v039", "v039"]
