"""A clause where queries may stand, and a clear word where it may not."""

import json

import pytest

from ranker.recall.coarse import coarse_query
from tests.engine.fake_ranker import unavailable
from tests.engine.fine_rank_songs import ranker
from tests.engine.recall_videos import clause, entity, hits, ids, marks, planning, scores, search, videos

HEBE = clause("hebe")
FOUND = {"v03", "v09", "v10"}  # by the artist's names; by words v09 alone


@pytest.fixture(scope="module")
def index(node):
    with videos(node, "clause-stands", shards=2) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node) as started:
        started.plan = planning(entity("artist", ["田馥甄", "hebe"]))
        yield started


QUERIES = {
    "must": {"bool": {"must": [HEBE]}},
    "should": {"bool": {"should": [HEBE, {"term": {"video_id": "v03"}}]}},
    "filter": {"bool": {"filter": [HEBE]}},
    "constant_score": {"constant_score": {"filter": HEBE}},
    "dis_max": {"dis_max": {"queries": [HEBE, {"term": {"video_id": "v03"}}]}},
    "boosting": {
        "boosting": {"positive": HEBE, "negative": {"term": {"video_id": "v03"}}, "negative_boost": 0.5}
    },
    "function_score": {"function_score": {"query": HEBE, "weight": 2}},
}


@pytest.mark.parametrize("place", QUERIES)
def test_within_another_query(node, index, fake, place):
    assert set(ids(search(node, index, QUERIES[place]))) == FOUND
    fake.behave_plan = unavailable("overloaded")
    answer = search(node, index, QUERIES[place])
    assert answer.headers["X-Encore-Degraded"] == "overloaded"
    assert {mark["plan_cause"] for mark in marks(answer)} == {"overloaded"}


def test_must_not(node, index, fake):
    found = ids(search(node, index, {"bool": {"must_not": [HEBE]}}))
    assert len(found) == 11
    assert not FOUND & set(found)


def test_nested_parts_have_no_titles(node, index, fake):
    answer = search(node, index, {"nested": {"path": "parts", "query": HEBE}})
    assert ids(answer) == []


def test_as_post_filter(node, index, fake):
    assert set(ids(search(node, index, {"match_all": {}}, post_filter=HEBE))) == FOUND


def test_in_an_aggregation(node, index, fake):
    body = {"size": 0, "aggs": {"hers": {"filter": HEBE}}}
    answer = node.http.post(f"/{index}/_search", json=body)
    assert answer.json()["aggregations"]["hers"]["doc_count"] == 3
    fake.behave_plan = unavailable("overloaded")
    answer = node.http.post(f"/{index}/_search", json=body)
    assert answer.json()["aggregations"]["hers"]["doc_count"] == 1
    assert answer.headers["X-Encore-Degraded"] == "overloaded"


def test_as_the_query_of_a_rescore(node, index, fake):
    rescore = {"window_size": 20, "query": {"rescore_query": HEBE, "rescore_query_weight": 100}}
    found = ids(search(node, index, {"match_all": {}}, rescore=rescore))
    assert set(found[:3]) == FOUND


def test_to_highlight_by(node, index, fake):
    highlight = {"fields": {"title": {"highlight_query": HEBE}}}
    found = search(node, index, {"match_all": {}}, highlight=highlight)
    marked = {hit["_id"] for hit in hits(found) if "highlight" in hit}
    assert marked == {"v03", "v09"}


def test_asked_alike_in_several_places_it_is_asked_once(node, index, fake):
    body = {"aggs": {"hers": {"filter": HEBE}}, "post_filter": HEBE}
    answer = search(node, index, {"bool": {"should": [HEBE, HEBE]}}, **body)
    assert set(ids(answer)) == FOUND
    assert len(fake.asked) == 1


def test_of_several_clauses_the_first_has_the_names(node, index, fake):
    both = {"bool": {"should": [HEBE, clause("晴天", _name="second")]}}
    by_id = {hit["_id"]: hit["matched_queries"] for hit in hits(search(node, index, both))}
    assert set(by_id["v02"]) == {"second", "encore.popularity"}
    assert {"coarse_score", "encore.text", "encore.entity.artist"} <= set(by_id["v09"])
    assert {asked["text"] for asked in fake.asked} == {"hebe", "晴天"}
    assert len({asked["request_id"] for asked in fake.asked}) == 1


def test_to_count(node, index, fake):
    answer = node.http.post(f"/{index}/_count", json={"query": HEBE})
    assert answer.json()["count"] == 3
    assert len(fake.asked) == 1


def test_in_an_msearch(node, index, fake):
    fake.plan = lambda request: {
        "entities": [entity("artist", ["田馥甄" if request["text"] == "hebe" else "邓紫棋"])]
    }
    queries = [HEBE, clause("gem"), {"match_all": {}}, HEBE]
    lines = "".join(f"{{}}\n{json.dumps({'query': query})}\n" for query in queries)
    answer = node.http.post(
        f"/{index}/_msearch", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )
    found = [{hit["_id"] for hit in one["hits"]["hits"]} for one in answer.json()["responses"]]
    assert found[0] == found[3] == FOUND
    assert found[1] == {"v07"}
    assert len(fake.asked) == 3
    assert len({asked["request_id"] for asked in fake.asked}) == 3
    assert "X-Encore-Request-Id" not in answer.headers


def test_only_the_hits_of_an_msearch_tell(node, index, fake):
    fake.behave_plan = unavailable("overloaded")
    lines = "".join(f"{{}}\n{json.dumps({'query': query})}\n" for query in (HEBE, coarse_query("hebe")))
    answer = node.http.post(
        f"/{index}/_msearch", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )
    assert "X-Encore-Degraded" not in answer.headers
    ours, plain = (one["hits"]["hits"] for one in answer.json()["responses"])
    assert [hit["fields"]["encore"] for hit in ours] == [[{"plan": "text", "plan_cause": "overloaded"}]]
    assert all("fields" not in hit for hit in plain)


def test_in_a_scroll_the_plan_is_made_once(node, index, fake):
    opened = node.http.post(f"/{index}/_search?scroll=1m", json={"query": HEBE, "size": 2}).json()
    more = node.http.post("/_search/scroll", json={"scroll": "1m", "scroll_id": opened["_scroll_id"]}).json()
    found = {hit["_id"] for page in (opened, more) for hit in page["hits"]["hits"]}
    node.http.request("DELETE", "/_search/scroll", json={"scroll_id": opened["_scroll_id"]})
    assert found == FOUND
    assert len(fake.asked) == 1


def test_through_an_alias(node, index, fake):
    node.http.post("/_aliases", json={"actions": [{"add": {"index": index, "alias": "clause-alias"}}]})
    assert set(ids(search(node, "clause-alias", HEBE))) == FOUND
    assert (fake.asked[0]["index"], fake.asked[0]["generation"]) == (index, "videos-g1")


def test_through_an_alias_with_a_filter(node, index, fake):
    popular = {"range": {"plays": {"gte": 1000}}}
    action = {"add": {"index": index, "alias": "clause-popular", "filter": popular}}
    node.http.post("/_aliases", json={"actions": [action]}).raise_for_status()
    assert ids(search(node, "clause-popular", HEBE)) == ["v03"]


def test_beside_an_index_without_a_generation(node, index, fake):
    with videos(node, "clause-plain", generation=None) as plain:
        found = search(node, f"{index},{plain}", HEBE)
        assert len(ids(found)) == 6
        assert (fake.asked[0]["index"], fake.asked[0]["generation"]) == (index, "videos-g1")
        fake.forget()
        search(node, plain, HEBE)
        assert (fake.asked[0]["index"], fake.asked[0]["generation"]) == (plain, plain)
        with videos(node, "clause-plain-2", generation=None) as other:
            answer = search(node, f"{plain},{other}", HEBE)
            assert answer.headers["X-Encore-Degraded"] == "generation_unknown"


def test_two_indices_of_one_generation(node, index, fake):
    with videos(node, "clause-stands-2") as other:
        assert len(ids(search(node, f"{index},{other}", HEBE))) == 6
        assert len(fake.asked) == 1


def test_no_index(node, fake):
    answer = node.http.post("/no-such-index/_search", json={"query": HEBE})
    assert answer.status_code == 404
    answer = node.http.post("/no-such-*/_search", json={"query": HEBE})
    assert answer.status_code == 200
    assert answer.json()["hits"]["total"]["value"] == 0


def test_to_validate(node, index, fake):
    answer = node.http.post(f"/{index}/_validate/query?explain=true", json={"query": HEBE}).json()
    assert answer["valid"], answer
    assert "hebe" in answer["explanations"][0]["explanation"]


def test_to_explain_one_document(node, index, fake):
    answer = node.http.post(f"/{index}/_explain/v09", json={"query": HEBE})
    assert answer.json()["matched"]
    assert answer.json()["explanation"]["value"] == pytest.approx(
        scores(search(node, index, HEBE))["v09"], rel=1e-6
    )
    fake.behave_plan = unavailable("overloaded")
    answer = node.http.post(f"/{index}/_explain/v03", json={"query": HEBE})
    assert not answer.json()["matched"]
    assert answer.headers["X-Encore-Degraded"] == "overloaded"


UNPLANNED = (
    "[encore] gets its plan while the coordinating node rewrites a search, and stands here where that cannot "
    "be done: a stored query or an alias's filter takes ordinary queries only"
)


def test_an_aliass_filter_takes_none(node, index, fake):
    action = {"add": {"index": index, "alias": "clause-hers", "filter": HEBE}}
    answer = node.http.post("/_aliases", json={"actions": [action]})
    assert answer.status_code == 400, answer.text
    assert UNPLANNED in answer.text
    assert not fake.asked


def test_an_index_filter_asks_for_none(node, index, fake):
    """The engines take a filter that fails for one that says nothing, or for one that nothing passes."""
    answer = node.http.post(f"/{index}/_field_caps?fields=title", json={"index_filter": HEBE})
    assert answer.status_code == 200
    assert not fake.asked


@pytest.mark.only("opensearch", reason="the parts of Elasticsearch that there are write nothing by query")
def test_no_write_goes_by_what_it_finds(node, index, fake):
    for action in ("_delete_by_query", "_update_by_query"):
        answer = node.http.post(f"/{index}/{action}", json={"query": {"bool": {"filter": [HEBE]}}})
        assert answer.status_code == 400, answer.text
        assert (
            "[encore] cannot choose the documents of a [by query] write: what it finds depends on the "
            "ranker's health; search with it and write by ids, or use ordinary queries"
        ) in answer.text
    assert not fake.asked
    assert node.http.post(f"/{index}/_count", json={"query": HEBE}).json()["count"] == 3


@pytest.mark.only("opensearch", reason="the parts of Elasticsearch that there are store no queries")
def test_a_stored_query_takes_none(node, fake):
    properties = {"query": {"type": "percolator"}, "title": {"type": "text"}}
    node.client.create("clause-stored", {"properties": properties})
    try:
        answer = node.http.put("/clause-stored/_doc/1", json={"query": HEBE})
        assert answer.status_code == 400, answer.text
        assert UNPLANNED in answer.text
        assert not fake.asked
    finally:
        node.client.drop("clause-stored")
