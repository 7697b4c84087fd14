import math

import pytest

from ranker.recall.coarse import (
    VECTOR_BOOST,
    coarse_query,
    fine_rank,
    knn_clause,
    popularity,
    recall_clause,
    search_body,
)


def test_the_coarse_query_is_words_and_nearness_times_popularity():
    assert coarse_query("周杰伦 晴天") == {
        "function_score": {
            "_name": "coarse_score",
            "query": {
                "bool": {
                    "must": [
                        {
                            "multi_match": {
                                "query": "周杰伦 晴天",
                                "type": "cross_fields",
                                "fields": ["title", "tags", "uploader"],
                                "operator": "or",
                            }
                        }
                    ],
                    "should": [{"proximity": {"title.cut": {"query": "周杰伦 晴天", "boost": 4.0}}}],
                }
            },
            "functions": [
                {"weight": 1.0},
                {
                    "field_value_factor": {
                        "field": "popularity",
                        "factor": 0.05,
                        "modifier": "none",
                        "missing": 0,
                    }
                },
            ],
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }


def test_a_fine_search_names_query_user_and_window():
    body = search_body("晴天", "u42", size=20, from_=40, window=100, explain=True)
    assert body["rescore"] == {"window_size": 100, "fine_rank": {"query": "晴天", "user": "u42"}}
    assert (body["size"], body["from"], body["explain"]) == (20, 40, True)
    assert body["query"] == coarse_query("晴天")


def test_the_clause_leaves_the_recall_to_the_engine():
    body = search_body("晴天", "u42", routes=("text", "entity"))
    assert body["query"] == {"encore": {"text": "晴天", "user": "u42", "routes": ["text", "entity"]}}
    assert "knn" not in body
    assert recall_clause("晴天") == {"encore": {"text": "晴天", "routes": ["text", "entity"]}}


def test_what_is_not_asked_for_is_not_sent():
    assert set(search_body("晴天", fine=False)) == {"query", "size", "_source"}
    assert fine_rank("晴天") == {"window_size": 500, "fine_rank": {"query": "晴天"}}


def test_vectors_join_the_words():
    body = search_body("晴天", knn=[0.6, 0.8], window=50)
    assert body["knn"] == knn_clause([0.6, 0.8], 50)
    assert body["knn"]["k"] == 50
    assert body["knn"]["num_candidates"] == 100
    assert body["knn"]["query_vector"] == [0.6, 0.8]


def test_for_opensearch_vectors_are_a_query_beside_the_words():
    body = search_body("晴天", knn=[0.6, 0.8], window=50, engine="opensearch")
    words, near = body["query"]["bool"]["should"]
    assert words == coarse_query("晴天")
    assert near == {
        "knn": {
            "title_vector": {
                "vector": [0.6, 0.8],
                "k": 50,
                "method_parameters": {"ef_search": 100},
                "boost": VECTOR_BOOST,
                "_name": "vector_score",
            }
        }
    }
    assert "knn" not in body


def test_popularity_is_the_log_of_plays():
    assert popularity(0) == 0
    assert popularity(-5) == 0
    assert popularity(99) == pytest.approx(math.log(100))
