import copy
import json

import pytest

from ranker.engine.index.dialect import translate
from ranker.engine.index.mapping import MAPPING
from ranker.errors import InvalidInputError

BODY = json.loads(MAPPING.read_text("utf-8"))


def vector(**changes):
    field = {"type": "dense_vector", "dims": 2, "similarity": "dot_product"} | changes
    return {"mappings": {"properties": {"near": field}}}


def test_elasticsearch_reads_it_as_it_stands():
    assert translate(BODY, "elasticsearch") == BODY


def test_opensearch_gets_vectors_with_every_choice_written_out():
    before = copy.deepcopy(BODY)
    body = translate(BODY, "opensearch")
    assert body["mappings"]["properties"]["title_vector"] == {
        "type": "knn_vector",
        "dimension": 512,
        "space_type": "cosinesimil",
        "method": {
            "name": "hnsw",
            "engine": "lucene",
            "parameters": {
                "m": 16,
                "ef_construction": 100,
                "encoder": {"name": "sq", "parameters": {"bits": 7}},
            },
        },
    }
    assert body["mappings"]["_source"] == {"excludes": ["title_vector"]}
    assert body["settings"]["index"] == {**BODY["settings"]["index"], "knn": True}
    assert before == BODY


def test_all_else_is_the_same():
    body = translate(BODY, "opensearch")
    del body["settings"]["index"]["knn"], body["mappings"]["_source"]
    body["mappings"]["properties"]["title_vector"] = BODY["mappings"]["properties"]["title_vector"]
    assert body == BODY


def test_without_vectors_nothing_changes():
    body = {"mappings": {"properties": {"title": {"type": "text"}}}, "settings": {"number_of_shards": 1}}
    assert translate(body, "opensearch") == body


def test_vectors_inside_of_objects_are_found():
    inside = vector(index_options={"type": "hnsw"})["mappings"]
    body = translate({"mappings": {"properties": {"part": inside}}}, "opensearch")
    assert body["settings"] == {"index": {"knn": True}}
    assert body["mappings"]["_source"] == {"excludes": ["part.near"]}
    assert body["mappings"]["properties"]["part"]["properties"]["near"]["method"] == {
        "name": "hnsw",
        "engine": "lucene",
        "parameters": {},
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"similarity": "l2_norm"},
            "field [near] has similarity [l2_norm], which OpenSearch is not given: "
            "choose one of [dot_product, cosine]",
        ),
        (
            {"index_options": {"type": "bbq_hnsw"}},
            "field [near] has index options of type [bbq_hnsw], which OpenSearch is not given: "
            "choose one of [int8_hnsw, hnsw]",
        ),
    ],
)
def test_what_has_no_counterpart_is_refused(changes, message):
    with pytest.raises(InvalidInputError) as caught:
        translate(vector(**changes), "opensearch")
    assert str(caught.value) == message
