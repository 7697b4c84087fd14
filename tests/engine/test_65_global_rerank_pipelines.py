"""OpenSearch: kept pipelines, an index's default one, and values from pipeline, search and clause."""

import json

import pytest

from tests.engine.fine_rank_songs import BY_HEAT, FINE, FINE_ORDER, hits, ids, marks, ranker, search, songs
from tests.engine.global_rerank import PIPELINE, pipeline

pytestmark = pytest.mark.only("opensearch", reason="Elasticsearch has no search pipelines")

PLAIN = {"query": BY_HEAT, "_source": False}


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "pipelines", shards=3, generation="g-1") as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node) as started:
        yield started


@pytest.fixture
def kept(node):
    node.client.call(
        "PUT", "/_search/pipeline/ranked", pipeline(rank_window_size=40, config="calm", user="u0")
    )
    yield "ranked"
    node.client.call("DELETE", "/_search/pipeline/ranked")


def test_a_kept_pipeline_is_named_by_the_search(node, index, fake, kept):
    asked = PLAIN | {"ext": {"encore_rerank": {"query": "周杰伦", "user": "u42"}}}
    answer = search(node, index, asked, search_pipeline=kept)
    assert ids(answer) == FINE_ORDER[:10]
    meta = fake.requests[0].meta
    assert (meta.query, meta.user, meta.config) == ("周杰伦", "u42", "calm"), "the search's word counts first"
    assert len(fake.requests[0].ids) == 40


def test_a_search_that_says_nothing_of_it_is_left_alone(node, index, fake, kept):
    answer = search(node, index, PLAIN, search_pipeline=kept)
    assert ids(answer) == [f"v{n:03d}" for n in range(39, 29, -1)]
    assert all("fields" not in hit for hit in hits(answer))
    assert "X-Encore-Request-Id" not in answer.headers
    assert not fake.requests


def test_an_indexs_default_pipeline(node, index, fake, kept):
    node.client.call("PUT", f"/{index}/_settings", {"index.search.default_pipeline": kept})
    try:
        asked = PLAIN | {"ext": {"encore_rerank": {"query": "song"}}}
        assert ids(search(node, index, asked)) == FINE_ORDER[:10]
        assert ids(search(node, index, PLAIN))[0] == "v039"
        lines = [{}, asked, {}, PLAIN]
        answer = node.http.post(
            f"/{index}/_msearch",
            content="".join(json.dumps(line) + "\n" for line in lines),
            headers={"Content-Type": "application/x-ndjson"},
        )
        ranked, plain = answer.json()["responses"]
        assert [hit["fields"]["encore"] for hit in ranked["hits"]["hits"]] == [[FINE]] * 10
        assert all("fields" not in hit for hit in plain["hits"]["hits"])
        assert len(fake.requests) == 2
    finally:
        node.client.call("PUT", f"/{index}/_settings", {"index.search.default_pipeline": None})


def test_a_pipeline_in_the_search_may_hold_all(node, index, fake):
    whole = PLAIN | {"search_pipeline": pipeline(query="song", user="u1", rank_window_size=20)}
    answer = search(node, index, whole)
    assert marks(answer) == [FINE] * 10
    assert fake.requests[0].meta.user == "u1"
    assert len(fake.requests[0].ids) == 20


def test_the_clause_says_what_is_searched_for(node, index, fake):
    clause = {"encore": {"text": "song 7", "user": "u7", "routes": ["text"]}}
    node.client.call("PUT", "/_search/pipeline/ranked", PIPELINE)
    try:
        for query in (clause, {"bool": {"must": clause}}):
            fake.forget()
            asked = {"query": query, "_source": False}
            answer = node.http.post(f"/{index}/_search", json=asked, params={"search_pipeline": "ranked"})
            if answer.status_code == 200:
                meta = fake.requests[0].meta
                assert (meta.query, meta.user) == ("song 7", "u7")
                assert meta.request_id == answer.headers["X-Encore-Request-Id"]
    finally:
        node.client.call("DELETE", "/_search/pipeline/ranked")


def test_other_processors_stand_before_and_behind(node, index, fake):
    several = {
        "request_processors": [
            {"filter_query": {"query": {"term": {"group": "g3"}}}},
            {"encore_rerank": {"query": "song", "rank_window_size": 40}},
        ],
        "response_processors": [
            {"encore_rerank": {}},
            {"rename_field": {"field": "title", "target_field": "name"}},
        ],
    }
    answer = search(node, index, {"query": BY_HEAT, "_source": ["title"], "search_pipeline": several})
    assert ids(answer) == [item for item in FINE_ORDER if item.endswith("3")]
    assert [set(hit["_source"]) for hit in hits(answer)] == [{"name"}] * 4


def test_the_video_id_shows_only_where_it_is_asked_for(node, index, fake):
    asked = PLAIN | {"search_pipeline": pipeline(query="song"), "size": 2}
    assert [set(hit["fields"]) for hit in hits(search(node, index, asked))] == [{"encore"}] * 2
    shown = hits(search(node, index, asked | {"docvalue_fields": ["video_id"]}))
    assert [hit["fields"]["video_id"] for hit in shown] == [[hit["_id"]] for hit in shown]


def test_its_work_is_counted_by_the_engine(node, index, fake, kept):
    search(node, index, PLAIN | {"ext": {"encore_rerank": {"query": "song"}}}, search_pipeline=kept)
    (stats,) = node.client.call("GET", "/_nodes/stats/search_pipeline")["nodes"].values()
    assert stats["search_pipeline"]["pipelines"]["ranked"]["response_processors"][0].keys() == {
        "encore_rerank"
    }
