"""What a node of bare artifacts scores with, without scripting: all that coarse ranking needs."""

import pytest

from tests.engine.spellings import VECTOR_SETTINGS, VECTORS, nearest

VIDEOS = {
    "live": {
        "title": "周杰伦 晴天 现场",
        "tags": "live",
        "popularity": 2.0,
        "vector": [1.0, 0.0],
        "reviewed": True,
    },
    "cover": {
        "title": "晴天 翻唱",
        "tags": "周杰伦",
        "popularity": 8.0,
        "vector": [0.8, 0.6],
        "reviewed": True,
    },
    "other": {
        "title": "七里香",
        "tags": "周杰伦",
        "popularity": 1.0,
        "vector": [0.0, 1.0],
        "reviewed": False,
    },
}


@pytest.fixture(scope="module")
def index(node):
    text = {"type": "text", "analyzer": "whitespace"}
    properties = {
        "title": text,
        "tags": text,
        "popularity": {"type": "float"},
        "vector": VECTORS[node.product],
        "reviewed": {"type": "boolean"},
    }
    node.client.create("parts", {"properties": properties}, VECTOR_SETTINGS[node.product])
    node.client.fill("parts", VIDEOS.items())
    yield "parts"
    node.client.drop("parts")


def ids(answer) -> list[str]:
    return [hit["_id"] for hit in answer["hits"]["hits"]]


@pytest.mark.parametrize("kind", ["best_fields", "most_fields", "cross_fields"])
def test_multi_match_over_title_and_tags(node, index, kind):
    query = {"multi_match": {"query": "周杰伦 晴天", "type": kind, "fields": ["title^2", "tags"]}}
    assert set(ids(node.client.search(index, query=query))) == set(VIDEOS)


def test_field_value_factor_reads_a_number(node, index):
    query = {
        "function_score": {
            "query": {"match_all": {}},
            "functions": [{"field_value_factor": {"field": "popularity", "factor": 0.5, "modifier": "ln1p"}}],
        }
    }
    assert ids(node.client.search(index, query=query)) == ["cover", "live", "other"]


def test_nearest_vectors_with_a_filter(node, index):
    """As many as asked for, though a nearer one is filtered away."""
    body = nearest(node, "vector", [0.0, 1.0], 2, filter={"term": {"reviewed": True}})
    assert ids(node.client.search(index, **body)) == ["cover", "live"]


def test_words_and_vectors_in_one_search(node, index):
    words = {"proximity": {"title": {"query": "周杰伦 晴天", "_name": "near"}}}
    found = node.client.search(index, **nearest(node, "vector", [0.0, 1.0], 1, words=words, _name="vector"))
    named = {hit["_id"]: hit["matched_queries"] for hit in found["hits"]["hits"]}
    assert named == {"live": ["near"], "cover": ["near"], "other": ["vector"]}


@pytest.mark.only("elasticsearch", reason="OpenSearch's distribution has painless")
def test_scripts_are_not_there_and_nothing_needs_them(node, index):
    script = {"script_score": {"query": {"match_all": {}}, "script": {"source": "1"}}}
    answer = node.http.post(f"/{index}/_search", json={"query": script})
    assert answer.status_code == 400
    assert "script_lang not supported [painless]" in answer.text
