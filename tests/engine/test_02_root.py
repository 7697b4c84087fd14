"""GET / and HEAD /: what the official client asks before anything else."""

from importlib.metadata import version

import pytest
from elasticsearch import Elasticsearch
from opensearchpy import OpenSearch

from ranker.engine.rest import EngineRest, Product

OURS = "OpenSearch's server answers GET / itself, Elasticsearch leaves it to a module that Maven lacks"


@pytest.mark.only("elasticsearch", reason=OURS)
def test_get_root_names_node_cluster_and_version(node):
    answer = node.http.get("/")
    assert answer.status_code == 200
    assert answer.headers["X-elastic-product"] == "Elasticsearch"
    body = answer.json()
    assert set(body) == {"name", "cluster_name", "cluster_uuid", "version", "tagline"}
    assert body["tagline"] == "You Know, for Search"
    number = node.http.get("/_nodes").json()["nodes"].popitem()[1]["version"]
    assert body["version"]["number"] == number
    assert set(body["version"]) == {
        "number",
        "build_flavor",
        "build_type",
        "build_hash",
        "build_date",
        "build_snapshot",
        "lucene_version",
        "minimum_wire_compatibility_version",
        "minimum_index_compatibility_version",
    }
    state = node.http.get("/_cluster/state/metadata").json()
    assert (body["cluster_name"], body["cluster_uuid"]) == (state["cluster_name"], state["cluster_uuid"])


@pytest.mark.only("elasticsearch", reason=OURS)
def test_it_is_pretty_unless_asked_otherwise(node):
    assert node.http.get("/").text.startswith('{\n  "name" : ')
    assert "\n" not in node.http.get("/?pretty=false").text


def test_head_root_answers_without_a_body(node):
    answer = node.http.head("/")
    assert (answer.status_code, answer.content) == (200, b"")


def test_an_unknown_parameter_is_refused(node):
    answer = node.http.get("/?prety")
    assert answer.status_code == 400
    assert "unrecognized parameter: [prety]" in answer.json()["error"]["reason"]


@pytest.mark.only("elasticsearch", reason="its client asks which product answers")
def test_the_official_client_accepts_the_node(node):
    assert version("elasticsearch").startswith("9.")
    with Elasticsearch(node.url) as client:
        assert client.ping()
        assert client.info()["version"]["number"].startswith("9.")
        client.cluster.health()  # checks the product on its first answer, and raises if it is another


@pytest.mark.only("opensearch", reason="its client")
def test_the_official_client_of_opensearch_accepts_the_node(node):
    assert version("opensearch-py").startswith("3.")
    with OpenSearch(node.url) as client:
        assert client.ping()
        assert client.info()["version"]["distribution"] == "opensearch"
        assert client.cluster.health()["number_of_nodes"] == 1


def test_our_own_client_tells_the_products_apart(node):
    with EngineRest(node.url) as rest:
        number = rest.call("GET", "/_nodes")["nodes"].popitem()[1]["version"]
        assert rest.product() == Product(node.product, number)
