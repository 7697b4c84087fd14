"""Proximity stands beside BM25 and popularity in ordinary bool, function_score and dis_max queries."""

import pytest

from tests.engine.proximity_titles import PLAYS, near, scores, titles


@pytest.fixture(scope="module")
def index(node):
    with titles(node) as name:
        yield name


def test_in_a_bool_it_adds_to_bm25(node, index):
    match = {"match": {"title": "周杰伦 晴天"}}
    alone = scores(node, index, match)
    both = scores(node, index, {"bool": {"must": [match], "should": [near(boost=4)]}})
    tight = scores(node, index, near(boost=4))
    assert both == {key: pytest.approx(alone[key] + tight[key], rel=1e-6) for key in alone}
    assert next(iter(both)) == "next"


def test_as_a_filter_it_scores_nothing(node, index):
    found = scores(node, index, {"bool": {"filter": [near()]}})
    assert found == dict.fromkeys(["next", "gap", "turned", "far", "artist", "song"], 0)


def test_must_not_leaves_the_others(node, index):
    assert list(scores(node, index, {"bool": {"must_not": [near()]}})) == ["neither"]


def test_popularity_multiplies_or_adds(node, index):
    popular = {"field_value_factor": {"field": "plays"}, "boost_mode": "sum"}
    found = scores(node, index, {"function_score": {"query": near(boost=10), **popular}})
    tight = scores(node, index, near(boost=10))
    assert found == {key: pytest.approx(tight[key] + PLAYS[key], rel=1e-6) for key in tight}
    assert next(iter(found)) == "artist"  # 5 + 40


def test_dis_max_takes_the_best(node, index):
    query = {"dis_max": {"queries": [near(), near("七里香", boost=7)]}}
    assert scores(node, index, query)["artist"] == 7


def test_a_named_query_gives_its_score(node, index):
    query = {"bool": {"must": [{"match": {"title": "周杰伦"}}], "should": [near(_name="near", boost=2)]}}
    found = node.client.search(
        index, {"include_named_queries_score": True}, query=query, _source=False, size=20
    )
    named = {hit["_id"]: hit["matched_queries"]["near"] for hit in found["hits"]["hits"]}
    tight = scores(node, index, near(boost=2))
    del tight["song"]  # it lacks the word that must match
    assert named == tight


def test_the_whole_coarse_query_on_a_node_of_bare_artifacts(node, index):
    """Everything that coarse ranking needs: multi_match, proximity, field_value_factor, a named top query."""
    query = {
        "function_score": {
            "query": {
                "bool": {
                    "must": [{"multi_match": {"query": "周杰伦 晴天", "fields": ["title^2", "title.bare"]}}],
                    "should": [near(boost=8)],
                }
            },
            "functions": [{"field_value_factor": {"field": "plays", "modifier": "log1p", "missing": 0}}],
            "boost_mode": "sum",
            "_name": "coarse_score",
        }
    }
    found = node.client.search(index, {"include_named_queries_score": True}, query=query)
    first = found["hits"]["hits"][0]
    assert first["_id"] in ("next", "turned", "gap")
    assert first["matched_queries"]["coarse_score"] == pytest.approx(first["_score"])


def test_top_hits_are_the_same_with_and_without_counting_all(node, index):
    with_all = node.client.search(index, query=near(), size=3, track_total_hits=True)
    skipping = node.client.search(index, query=near(), size=3, track_total_hits=False)
    assert [h["_id"] for h in with_all["hits"]["hits"]] == [h["_id"] for h in skipping["hits"]["hits"]]


@pytest.mark.parametrize("search_type", ["query_then_fetch", "dfs_query_then_fetch"])
def test_statistics_of_all_shards_change_nothing(node, index, search_type):
    with titles(node, shards=2) as split:
        assert scores(node, split, near(), {"search_type": search_type}) == scores(node, index, near())


def test_values_of_a_list_stand_apart(node):
    """The engine puts 100 positions between them: words are neighbours inside a value only."""
    node.client.create("lists", {"properties": {"title": {"type": "text"}}})
    try:
        for key, title in {"one": "a b", "two": ["a", "b"]}.items():
            node.client.write("lists", key, {"title": title}, refresh=True)
        found = scores(node, "lists", near("a b", window_weight=1))
        assert found == {"one": 1, "two": pytest.approx((1 + 1 / (1 + 100 / 4)) / 2)}
    finally:
        node.client.drop("lists")


def test_min_score_cuts(node, index):
    assert list(scores(node, index, near(), min_score=0.9)) == ["next", "gap", "turned"]


def test_in_a_rescore_by_query(node, index):
    rescore = {"window_size": 10, "query": {"rescore_query": near(boost=100), "query_weight": 0}}
    found = scores(node, index, {"match": {"title": "周杰伦 晴天"}}, rescore=rescore)
    assert next(iter(found)) == "next"
    assert found["next"] == pytest.approx(100)


def test_in_counts_and_aggregations(node, index):
    counted = node.client.call("POST", f"/{index}/_count", {"query": near()})
    assert counted["count"] == 6
    found = node.client.search(
        index, size=0, aggs={"near": {"filter": near(), "aggs": {"plays": {"sum": {"field": "plays"}}}}}
    )
    assert found["aggregations"]["near"]["plays"]["value"] == sum(PLAYS.values()) - PLAYS["neither"]
