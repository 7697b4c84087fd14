"""`encore dictionary …` and the doctor's comparison, on a real node that is named by its address alone."""

import json

import pytest
from typer.testing import CliRunner

from ranker.cli.main import app
from ranker.engine import dictionary_checks
from ranker.engine.rest import EngineRest
from ranker.text.dictionary import DictionaryWord, export
from tests.engine.dictionary_cluster import index_body

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """An installation that has exported a version."""
    return tmp_path_factory.mktemp("installation")


@pytest.fixture(scope="module")
def version(data):
    return export([DictionaryWord("晴天流星雨")], data / "dictionary")


@pytest.fixture
def encore(node, data, monkeypatch):
    monkeypatch.setenv("ENCORE_DATA", str(data))
    monkeypatch.setenv("ENCORE_ENGINE", node.product)
    monkeypatch.setenv("ENCORE_ENGINE_URL", node.url)

    def run(*arguments, exit_code=0):
        done = CliRunner().invoke(app, ["dictionary", *arguments])
        assert done.exit_code == exit_code, (done.output, done.exception)
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    return run


def test_a_version_is_sent_listed_compared_kept_while_used_and_pruned(encore, node, data, version):
    sent = encore("put", version, "--json")
    assert sent == {"version": version, "created": True, "nodes": 1}
    assert encore("put", str(data / "dictionary" / version)) == (
        f"{version} was there already, and is on 1 nodes\n"
    )
    listed = encore("list", "--json")
    assert listed["not_ready"] == []
    assert listed["versions"][version]["listed"] is True
    lines = {line.split()[0]: line.split() for line in encore("list").splitlines()}
    assert lines[version][1:4] == ["1", "of", "1"]
    assert lines[version][5:] == ["cluster", "-"]
    assert lines[node.dictionary][5] == "configuration"

    node.client.call("PUT", "/uses-it", index_body(version))
    try:
        with EngineRest(node.url) as rest:
            found = {
                check.name: check
                for check in dictionary_checks.compared(rest, {version: data / "dictionary" / version})
            }
        assert found[f"dictionary {version}"].found == "the same content on 1 of 1 nodes; used by uses-it"
        assert found[f"tokens by {version}"].state == "ok"
        assert version not in encore("prune", "--dry-run", "--json")["unused"]
        done = CliRunner().invoke(app, ["dictionary", "delete", version])
        assert str(done.exception) == (
            f"the engine refused [DELETE /_encore/dictionary/{version}] with [409]: dictionary [{version}] "
            "is used by [uses-it]: delete these indices, or build them with another version, first"
        )
    finally:
        node.client.call("DELETE", "/uses-it")
    assert version in encore("prune", "--dry-run", "--json")["unused"]
    assert version in encore("prune", "--json")["deleted"]
    assert version not in encore("list", "--json")["versions"]


def test_a_version_that_is_deleted_can_be_sent_again(encore, version):
    encore("put", version)
    assert encore("delete", version) == f"{version} is deleted\n"
    assert encore("put", version) == f"{version} is new on 1 nodes\n"
    assert encore("delete", version, "--json") == {"deleted": [version]}
