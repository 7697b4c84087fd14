"""The zip that a stock install takes: what stands in it, and that its rights are enough and no more."""

import os
import re
import zipfile

import httpx
import pytest
import yaml

from ranker.engine.engines import ENGINES
from ranker.engine.home import assemble
from ranker.engine.node import EngineNode
from ranker.engine.plugin import plugin_zip
from ranker.engine.ports import any_free
from ranker.settings import Settings
from tests.engine.fine_rank_songs import COARSE_ORDER, ids, ranker, search, songs, stats
from tests.engine.running_node import RunningNode


@pytest.fixture(scope="module")
def archive(plugin):
    with zipfile.ZipFile(plugin) as opened:
        yield opened


POLICIES = {"elasticsearch": "entitlement-policy.yaml", "opensearch": "plugin-security.policy"}


def test_descriptor_policy_and_jars_stand_at_its_root(product, archive):
    names = sorted(archive.namelist())
    assert [name for name in names if not name.endswith(".jar")] == sorted(
        [POLICIES[product], "plugin-descriptor.properties"]
    )
    assert [name.rpartition("-")[0] for name in names if name.endswith(".jar")] == [
        "encore-core",
        f"encore-{product}",
    ]


def test_the_descriptor_fits_the_node(archive, node):
    lines = archive.read("plugin-descriptor.properties").decode().splitlines()
    descriptor = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    info = node.http.get("/_nodes").json()["nodes"].popitem()[1]
    assert descriptor[f"{node.product}.version"] == info["version"]
    assert descriptor["java.version"] == "21"
    assert descriptor["name"] == "encore"
    installed = next(
        plugin
        for plugin in node.http.get("/_nodes/plugins").json()["nodes"].popitem()[1]["plugins"]
        if plugin["name"] == "encore"
    )
    for key, field in {"name": "name", "version": "version", "classname": "classname"}.items():
        assert installed[field] == descriptor[key]


def test_the_policy_asks_for_what_is_needed_only(product, archive):
    policy = archive.read(POLICIES[product]).decode()
    if product == "elasticsearch":
        kept = {"relative_path": "encore/dictionary", "relative_to": "data", "mode": "read_write"}
        assert yaml.safe_load(policy) == {
            "ALL-UNNAMED": ["outbound_network", "manage_threads", {"files": [kept]}]
        }
    else:  # threads, and files of the node's own folders, need no right there
        assert re.findall(r"permission (.+);", policy) == [
            'java.net.SocketPermission "*", "connect,resolve"',
        ]


def test_the_same_sources_give_the_same_zip(product, jdk, plugin, tmp_path):
    again = plugin_zip(Settings(data=tmp_path, cache=tmp_path, engine=product), jdk.home)
    assert again != plugin
    assert again.read_bytes() == plugin.read_bytes()


@pytest.mark.only("opensearch", reason="where test_04 has a plugin without rights")
def test_without_its_policy_it_calls_nobody(product, jdk, cache, plugin, tmp_path):
    bare = tmp_path / plugin.name
    with zipfile.ZipFile(plugin) as whole, zipfile.ZipFile(bare, "w") as less:
        for name in whole.namelist():
            if name != POLICIES[product]:
                less.writestr(name, whole.read(name))
    recipe = ENGINES[product].recipe
    home = assemble(recipe, tmp_path / "cache", jdk=jdk, environment=os.environ, plugins=[bare])
    settings = Settings(data=tmp_path / "data", cache=cache, engine=product, engine_heap_megabytes=256)
    with (
        EngineNode.start(settings, home, jdk, port=any_free()) as started,
        httpx.Client(base_url=started.url, timeout=60, trust_env=False) as http,
    ):
        node = RunningNode(product, started, http, tmp_path)
        with ranker(node) as fake, songs(node, "bare") as index:
            answer = search(node, index)
            assert ids(answer) == COARSE_ORDER[:10]
            assert answer.headers["X-Encore-Degraded"] == "internal_error"
            assert "SecurityException" in stats(node)["last_failure"]["internal_error"]["reason"]
            assert not fake.requests
