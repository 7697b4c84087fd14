"""A dictionary sent to one node reaches every node of the cluster; they share no folder."""

import shutil

import pytest

from ranker.text.dictionary import DictionaryWord, export
from tests.engine.dictionary_cluster import ALL, index_body, put, terms, until
from tests.engine.two_nodes import green, node_ids, together

pytestmark = pytest.mark.node

TITLE = {"match": {"title": "周杰伦"}}
LOCAL = {"preference": "_only_local"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A version that no node was installed with."""
    target = tmp_path_factory.mktemp("travels")
    return target / export([DictionaryWord("周杰伦"), DictionaryWord("会不会")], target)


@pytest.fixture(scope="module")
def members(nodes, folder):
    """The two nodes, which have neither the version nor its index in the end."""
    yield nodes
    nodes[0].client.drop("songs")
    nodes[0].client.call("DELETE", f"/_encore/dictionary/{folder.name}")


def test_it_is_on_every_node_when_the_answer_comes(members, folder):
    one, two = members
    answer = put(one, folder)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert found["result"] == "created"
    assert found["nodes"] == {"total": 2, "ready": 2}
    assert found["not_ready"] == {}
    for member in members:
        lying = member.sent / folder.name
        assert {file.name for file in lying.iterdir()} == ALL
        assert not (member.config / folder.name).exists()
    assert (two.sent / folder.name / "words.tsv").read_bytes() == (folder / "words.tsv").read_bytes()


def test_sent_again_to_any_node_it_changes_nothing(members, folder):
    for member in members:
        answer = put(member, folder)
        assert (answer.status_code, answer.json()["result"]) == (200, "unchanged")


def test_an_index_with_replicas_uses_it_on_both(members, folder):
    one, _ = members
    one.client.call("PUT", "/songs", index_body(folder.name, replicas=1))
    green(one, "songs")
    for member in members:
        assert terms(member, "songs", "周杰倫会不会") == ["周杰伦", "会不会"]


def test_the_list_says_who_has_what_and_who_uses_it(members, folder):
    ids = node_ids(members[0])
    for member in members:
        found = member.client.call("GET", "/_encore/dictionary")["versions"]
        assert set(found) == {folder.name, member.dictionary}
        entry = found[folder.name]
        assert entry["files"] == 5
        assert entry["bytes"] == sum(file.stat().st_size for file in folder.iterdir())
        assert entry["sha256"].startswith(folder.name)
        assert entry["nodes"] == {ids["one"]: "ready", ids["two"]: "ready"}
        assert entry["indices"] == ["songs"]


def test_a_node_that_lost_its_data_fetches_it_and_takes_its_shards(members, folder):
    one, two = members
    one.client.write("songs", "1", {"title": "周杰倫会不会"}, refresh=True)
    two.stop()
    two.forget_everything()
    two.start()
    together(members)
    green(one, "songs")
    assert (two.sent / folder.name / "words.tsv").is_file()
    assert two.client.search("songs", LOCAL, query=TITLE)["hits"]["total"]["value"] == 1
    found = one.client.call("GET", "/_encore/dictionary/" + folder.name)["nodes"].values()
    assert {node["node"]: node["state"] for node in found} == {"one": "ready", "two": "ready"}


def restart(members, between=lambda member: None):
    for member in reversed(members):
        member.stop()
    for member in members:
        between(member)
        member.start()
    together(members)


def test_it_survives_the_restart_of_the_whole_cluster(members):
    restart(members)
    green(members[0], "songs")
    assert members[1].client.search("songs", query=TITLE)["hits"]["total"]["value"] == 1


def test_shards_wait_for_it_where_every_copy_was_lost(members, folder):
    """Nothing fails for good: the shards say what they wait for, and open when it comes."""
    version = folder.name
    restart(members, lambda member: shutil.rmtree(member.sent / version))
    one, two = members

    def reasons():
        asked = {"index": "songs", "shard": 0, "primary": True}
        explained = one.http.post("/_cluster/allocation/explain", json=asked).json()
        return {
            decider["explanation"]
            for node in explained.get("node_allocation_decisions", [])
            for decider in node["deciders"]
            if decider["decider"] == "encore_dictionary"
        }

    waits = f"index [songs] needs dictionary [{version}], which this node cannot use yet: no other node gave "
    until(lambda: any(reason.startswith(waits) for reason in reasons()))
    assert one.client.call("GET", "/_cluster/health/songs")["status"] == "red"
    found = two.client.call("GET", f"/_encore/dictionary/{version}")["nodes"].values()
    assert {node["state"] for node in found} == {"missing"}
    answer = put(two, folder)
    assert (answer.status_code, answer.json()["not_ready"]) == (200, {})
    green(one, "songs")
    assert one.client.search("songs", query=TITLE)["hits"]["total"]["value"] == 1
