"""A dictionary sent to one node reaches every node of the cluster; they share no folder."""

import pytest

from tests.engine.dictionary_cluster import ALL, cluster, green, index_body, put, terms

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def members(jdk, cache, home, tmp_path_factory):
    with cluster(["one", "two"], tmp_path_factory, cache, home, jdk) as made:
        yield made


def test_it_is_on_every_node_when_the_answer_comes(members, dictionary_folder):
    one, two = members
    answer = put(one, dictionary_folder)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert found["result"] == "created"
    assert found["nodes"] == {"total": 2, "ready": 2}
    assert found["not_ready"] == {}
    for member in members:
        lying = member.sent / dictionary_folder.name
        assert {file.name for file in lying.iterdir()} == ALL
        assert not member.config.exists()
    assert (two.sent / dictionary_folder.name / "words.tsv").read_bytes() == (
        dictionary_folder / "words.tsv"
    ).read_bytes()


def test_sent_again_to_any_node_it_changes_nothing(members, dictionary_folder):
    for member in members:
        answer = put(member, dictionary_folder)
        assert (answer.status_code, answer.json()["result"]) == (200, "unchanged")


def test_an_index_with_replicas_uses_it_on_both(members, dictionary_folder):
    one, _ = members
    one.call("PUT", "/songs", index_body(dictionary_folder.name, replicas=1))
    green(one, "songs")
    for member in members:
        assert terms(member, "songs", "周杰倫会不会") == ["周杰伦", "会不会"]


def test_the_list_says_who_has_what_and_who_uses_it(members, dictionary_folder):
    ids = members[0].ids()
    for member in members:
        found = member.get("/_encore/dictionary")["versions"]
        assert list(found) == [dictionary_folder.name]
        entry = found[dictionary_folder.name]
        assert entry["files"] == 5
        assert entry["bytes"] == sum(file.stat().st_size for file in dictionary_folder.iterdir())
        assert entry["sha256"].startswith(dictionary_folder.name)
        assert entry["nodes"] == {ids["one"]: "ready", ids["two"]: "ready"}
        assert entry["indices"] == ["songs"]


def test_a_node_that_lost_its_data_fetches_it_and_takes_its_shards(members, dictionary_folder):
    one, two = members
    one.call("PUT", "/songs/_doc/1?refresh=true", {"title": "周杰倫会不会"})
    two.stop()
    two.forget_everything()
    two.start()
    two.answers()
    one.get("/_cluster/health?wait_for_nodes=2&timeout=30s")
    green(one, "songs")
    assert (two.sent / dictionary_folder.name / "words.tsv").is_file()
    assert two.get("/songs/_search?q=title:周杰伦&preference=_only_local")["hits"]["total"]["value"] == 1
    found = one.get("/_encore/dictionary/" + dictionary_folder.name)["nodes"].values()
    assert {node["node"]: node["state"] for node in found} == {"one": "ready", "two": "ready"}


def test_it_survives_the_restart_of_the_whole_cluster(members, dictionary_folder):
    for member in reversed(members):
        member.stop()
    for member in members:
        member.start()
    for member in members:
        member.answers()
    green(members[0], "songs")
    assert members[1].get("/songs/_search?q=title:周杰伦")["hits"]["total"]["value"] == 1
