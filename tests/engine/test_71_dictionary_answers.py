"""What `_encore/dictionary` says and refuses; the two nodes were installed with a version."""

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.engine.dictionary_cluster import body, index_body, put, small, until

pytestmark = pytest.mark.node

PATH = "/_encore/dictionary"
NOBODYS = "0123456789ab"
EVERY = "[content.tsv, hmm.json, manifest.json, normalize.tsv, words.tsv]"


@pytest.fixture(scope="module")
def folder(dictionary_folder, tmp_path_factory):
    """A version of which no node has heard."""
    return small(dictionary_folder, tmp_path_factory.mktemp("second"), "晴天周杰伦")


@pytest.fixture
def sent(nodes, folder):
    """The version on every node; gone afterwards."""
    answer = put(nodes[0], folder)
    assert answer.json()["not_ready"] == {}, answer.text
    yield folder.name
    if nodes[0].http.get(f"{PATH}/{folder.name}").json().get("listed"):
        nodes[0].client.call("DELETE", f"{PATH}/{folder.name}")
    until(lambda: all(lying(node, folder.name) is None for node in nodes))


def refusal(answer, status=400):
    assert answer.status_code == status, answer.text
    return answer.json()["error"]["reason"]


def states(node, version):
    """By the nodes' names: how the version stands."""
    found = node.client.call("GET", f"{PATH}/{version}")["nodes"].values()
    return {one["node"]: one["state"] for one in found}


def copies(node, version):
    found = node.client.call("GET", f"{PATH}/{version}")["nodes"].values()
    return {one["node"]: one for one in found}


def lying(node, version):
    """Where the node keeps a version that came through the cluster."""
    return next(iter((node.engine.plan.data / "data").glob(f"**/encore/dictionary/{version}")), None)


def test_what_the_nodes_were_installed_with_is_listed_as_theirs(nodes):
    for node in nodes:
        found = node.client.call("GET", PATH)
        assert found["_nodes"] == {"total": 2, "successful": 2, "failed": 0}
        entry = found["versions"][node.dictionary]
        assert entry["listed"] is False
        assert set(entry["nodes"].values()) == {"ready"}
        one = copies(node, node.dictionary)["two"]
        assert (one["origin"], one["sha256"][:12]) == ("config", node.dictionary)


def test_one_version_has_its_files(nodes):
    found = nodes[0].client.call("GET", f"{PATH}/{nodes[0].dictionary}")
    assert found["files"] == {
        file.name: file.stat().st_size for file in sorted(nodes[0].dictionary_folder.iterdir())
    }


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_name_that_is_no_version_is_refused(nodes, method):
    content = {"json": {"files": {}}} if method == "PUT" else {}
    answer = nodes[0].http.request(method, f"{PATH}/etc", **content)
    assert refusal(answer) == "[etc] is no dictionary version: one has twelve hexadecimal digits"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_version_that_nobody_has_is_not_found(nodes, method):
    answer = nodes[0].http.request(method, f"{PATH}/{NOBODYS}")
    assert refusal(answer, 404) == f"no node has dictionary [{NOBODYS}], and it is not listed"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", f"the body of dictionary [{NOBODYS}] is no JSON: at byte [1] there is no name"),
        (
            "[]",
            f'the body of dictionary [{NOBODYS}] is to be {{"files": {{name: text}}}} with the names {EVERY}',
        ),
        ('{"url": "http://x/y"}', "unknown field [url] beside [files]"),
        ('{"files": {"../x": ""}}', f"[../x] is no file of a dictionary: there are {EVERY}"),
        ('{"files": {"words.tsv": 7}}', "[files.words.tsv] is to be the file's text"),
        ('{"files": {"words.tsv": ""}}', f"dictionary [{NOBODYS}] cannot be read: "),
    ],
)
def test_a_body_of_another_form_is_refused(nodes, content, reason):
    answer = nodes[0].http.put(
        f"{PATH}/{NOBODYS}", content=content, headers={"Content-Type": "application/json"}
    )
    assert refusal(answer).startswith(reason)


def test_no_path_and_no_address_is_a_parameter(nodes, folder):
    answer = put(nodes[0], folder, path="/etc")
    assert refusal(answer) == f"request [{PATH}/{folder.name}] contains unrecognized parameter: [path]"


def test_a_damaged_file_is_named(nodes, folder):
    content = body(folder)
    content["files"]["content.tsv"] = "30\t39\n"
    wanted = json.loads(content["files"]["manifest.json"])["files"]["content.tsv"]
    found = hashlib.sha256(b"30\t39\n").hexdigest()
    answer = nodes[0].http.put(f"{PATH}/{folder.name}", json=content)
    assert refusal(answer) == (
        f"dictionary [{folder.name}] is damaged: [content.tsv] has checksum [{found}] instead of [{wanted}]; "
        "take the folder again from where it was exported"
    )


def test_other_content_under_a_versions_name_is_refused(nodes, folder):
    content = body(folder)
    manifest = json.loads(content["files"]["manifest.json"])
    content["files"]["content.tsv"] = "30\t39\n"
    manifest["files"]["content.tsv"] = hashlib.sha256(b"30\t39\n").hexdigest()
    content["files"]["manifest.json"] = json.dumps(manifest)
    answer = nodes[0].http.put(f"{PATH}/{folder.name}", json=content)
    assert refusal(answer).startswith(f"the files of dictionary [{folder.name}] make version [")
    manifest["files"]["content.tsv"] = "0"
    answer = nodes[0].http.put(f"{PATH}/{NOBODYS}", json=body(folder))
    assert refusal(answer) == (
        f"dictionary [{NOBODYS}] has the manifest of version [{folder.name}]; a version is never renamed"
    )


def test_an_index_of_a_version_that_is_not_there_is_refused(nodes):
    answer = nodes[0].http.put("/nobodys", json=index_body(NOBODYS))
    assert (
        f"this node has no dictionary [{NOBODYS}]: PUT _encore/dictionary/{NOBODYS} sends it"
        in json.dumps(answer.json())
    )
    assert answer.status_code == 400


def test_two_who_send_it_at_once_do_no_harm(nodes, folder, sent):
    nodes[0].client.call("DELETE", f"{PATH}/{sent}")
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda node: put(node, folder), [*nodes, *nodes]))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert states(nodes[1], sent) == {"one": "ready", "two": "ready"}
    assert copies(nodes[1], sent)["two"]["in_memory"] is True


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_what_an_index_uses_is_not_deleted(nodes, sent, closed):
    nodes[0].client.call("PUT", "/users-of-it", index_body(sent))
    try:
        if closed:
            nodes[0].client.call("POST", "/users-of-it/_close")
        answer = nodes[1].http.delete(f"{PATH}/{sent}")
        assert refusal(answer, 409) == (
            f"dictionary [{sent}] is used by [users-of-it]: delete these indices, or build them with another "
            "version, first"
        )
        assert nodes[1].client.call("GET", PATH)["versions"][sent]["indices"] == ["users-of-it"]
    finally:
        nodes[0].client.call("DELETE", "/users-of-it")


def test_what_is_deleted_is_gone_from_every_node_and_can_come_again(nodes, folder, sent):
    assert lying(nodes[1], sent).is_dir()
    assert nodes[1].client.call("DELETE", f"{PATH}/{sent}") == {"version": sent, "result": "deleted"}
    assert nodes[0].http.put("/late", json=index_body(sent)).status_code == 400
    until(lambda: all(lying(node, sent) is None for node in nodes))
    assert nodes[0].http.get(f"{PATH}/{sent}").status_code == 404
    assert put(nodes[1], folder).status_code == 201


def test_what_a_node_was_installed_with_is_not_the_clusters_to_delete(nodes):
    version = nodes[0].dictionary
    assert refusal(nodes[0].http.delete(f"{PATH}/{version}"), 409) == (
        f"dictionary [{version}] lies in a node's config/encore/dictionary, where only whoever installs the "
        "node deletes it; POST _encore/dictionary/_reload then makes it known"
    )


def test_a_damaged_copy_is_fetched_anew_after_a_reload(nodes, sent):
    words = lying(nodes[1], sent) / "words.tsv"
    whole = words.read_bytes()
    words.write_bytes(whole[:-100])
    answer = nodes[0].client.call("POST", f"{PATH}/_reload")
    (two,) = (node for node in answer["nodes"].values() if node["node"] == "two")
    assert two["versions"][sent]["state"] == "corrupt"
    assert two["versions"][sent]["reason"].startswith(
        f"dictionary [{sent}] is damaged: [words.tsv] has checksum ["
    )
    until(lambda: states(nodes[0], sent) == {"one": "ready", "two": "ready"})
    assert (lying(nodes[1], sent) / "words.tsv").read_bytes() == whole


def test_a_folder_laid_into_the_configuration_is_available_after_a_reload(nodes, dictionary_folder, tmp_path):
    """And reaches the other node when an index names it.

    It is one that was never deleted: a node that deletes a copy looks for another in its configuration.
    """
    one, two = nodes
    folder = small(dictionary_folder, tmp_path, "流星雨晴天")
    laid = one.engine.plan.data / "config" / "encore" / "dictionary" / folder.name
    laid.mkdir()
    for file in folder.iterdir():
        (laid / file.name).write_bytes(file.read_bytes())
    assert one.http.put("/laid", json=index_body(folder.name)).status_code == 400
    one.client.call("POST", f"{PATH}/_reload")
    assert states(one, folder.name) == {"one": "ready", "two": "missing"}
    one.client.call("PUT", "/laid", index_body(folder.name, shards=2))
    try:
        until(lambda: states(one, folder.name) == {"one": "ready", "two": "ready"})
        health = one.client.call("GET", "/_cluster/health/laid?wait_for_status=green&timeout=60s")
        assert health["status"] == "green"
        assert copies(one, folder.name)["two"]["origin"] == "data"
    finally:
        one.client.call("DELETE", "/laid")
    until(lambda: states(two, folder.name)["two"] == "missing")
    for file in laid.iterdir():
        file.unlink()
    laid.rmdir()
    one.client.call("POST", f"{PATH}/_reload")
    assert one.http.get(f"{PATH}/{folder.name}").status_code == 404


def test_a_reload_works_twice_and_under_load(nodes, sent):
    def checks():
        found = nodes[0].client.call("GET", PATH + "/" + sent)["nodes"].values()
        return {one["node"]: one["checks"] for one in found}

    one = nodes[0]
    one.client.call("PUT", "/busy", index_body(sent, replicas=1))
    enough = threading.Event()
    answers = []

    def work(node, number):
        with_own = {"headers": {"Content-Type": "application/json"}}
        while not enough.is_set():
            written = node.http.put(f"/busy/_doc/{number}", json={"title": f"晴天周杰伦 {number}"})
            found = node.http.post(
                "/busy/_search", content='{"query": {"match": {"title": "晴天"}}}', **with_own
            )
            answers.extend([written.status_code, found.status_code])

    before = checks()
    try:
        with ThreadPoolExecutor(4) as threads:
            running = [threads.submit(work, nodes[number % 2], number) for number in range(4)]
            try:
                until(lambda: len(answers) > 8)
                for times in (1, 2):
                    answer = one.client.call("POST", f"{PATH}/_reload")
                    assert {
                        node["node"]: (node["versions"][sent]["state"], node["versions"][sent]["checks"])
                        for node in answer["nodes"].values()
                    } == {name: ("ready", count + times) for name, count in before.items()}
                seen = len(answers)
                until(lambda: len(answers) > seen + 8)
            finally:
                enough.set()  # or leaving the pool would wait for them
            for thread in running:
                thread.result()
        assert set(answers) <= {200, 201}
    finally:
        one.client.call("DELETE", "/busy")
