def test_the_node_answers_and_is_ready(node):
    health = node.client.call("GET", "/_cluster/health")
    assert health["number_of_nodes"] == 1
    assert health["status"] in ("green", "yellow")


def test_it_listens_on_loopback_only(node):
    published = node.http.get("/_nodes/http,transport").json()["nodes"].popitem()[1]
    for layer in ("http", "transport"):
        assert [address.rpartition(":")[0] for address in published[layer]["bound_address"]] == ["127.0.0.1"]


def test_waiting_rescorers_leave_search_threads(node):
    pools = node.http.get("/_nodes/thread_pool").json()["nodes"].popitem()[1]["thread_pool"]
    assert pools["search"]["size"] == 8 + 4


def test_the_plugin_is_installed(node):
    plugins = node.http.get("/_nodes/plugins").json()["nodes"].popitem()[1]["plugins"]
    others = {"elasticsearch": [], "opensearch": ["opensearch-knn"]}[node.product]
    assert sorted(plugin["name"] for plugin in plugins) == ["encore", *others]


def test_the_dictionary_lies_in_the_nodes_configuration(node):
    folder = node.engine.plan.data / "config" / "encore" / "dictionary" / node.dictionary
    assert {file.name for file in folder.iterdir()} == {f.name for f in node.dictionary_folder.iterdir()}
