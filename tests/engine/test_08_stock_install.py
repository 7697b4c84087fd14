"""A stock installation takes the zip by its own installer, starts, and can do what the README promises."""

import shutil
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.engine.fine_rank_songs import FINE, FINE_ORDER, ids, marks, ranker, search, songs
from tests.engine.running_node import RunningNode
from tests.engine.stock_opensearch import stock_opensearch

CHECK = Path(__file__).parent / "StockInstall.java"
PERMISSIONS = ["java.net.SocketPermission * connect,resolve"]
OPENSEARCH = pytest.mark.only("opensearch", reason="its makers publish the whole distribution")


@pytest.mark.only("elasticsearch", reason="its installer's program is not published, what it calls is")
def test_the_installers_checks_find_nothing_wrong(jdk, home, plugin, tmp_path):
    with zipfile.ZipFile(plugin) as content:
        content.extractall(tmp_path)
    command = [str(jdk.java), "-cp", f"{home.path}/lib/*", str(CHECK), str(tmp_path), str(home.path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "encore 0.1.0 for 9.5.3",
        "files [READ_WRITE] <DATA>/encore/dictionary",
        "manage_threads",
        "outbound_network",
    ]


@pytest.fixture(scope="module")
def stock(jdk):
    with stock_opensearch(jdk) as made:
        yield made


@pytest.fixture(scope="module")
def installed(stock, plugin):
    """What the installer said."""
    said = stock.run("opensearch-plugin", "install", "--batch", plugin.as_uri())
    stock.run("opensearch-keystore", "create")
    stock.run("opensearch-keystore", "add", "--stdin", "encore.ranker.token", stdin="s3cret")
    return said


@pytest.fixture(scope="module")
def node(stock, installed, dictionary_folder):
    shutil.copytree(
        dictionary_folder, stock.home / "config" / "encore" / "dictionary" / dictionary_folder.name
    )
    with stock.started() as http:
        yield RunningNode("opensearch", SimpleNamespace(url=str(http.base_url)), http, dictionary_folder)


@OPENSEARCH
def test_the_installer_asks_for_the_rights_of_the_policy(stock, installed):
    assert [
        line.removeprefix("* ") for line in installed.splitlines() if line.startswith("* ")
    ] == PERMISSIONS
    assert "-> Installed encore with folder name encore" in installed
    assert stock.run("opensearch-plugin", "list").splitlines()[-1] == "encore"


@OPENSEARCH
def test_the_analyzer_reads_the_dictionary_of_its_configuration(node):
    body = {
        "tokenizer": {"type": "encore_jieba", "dictionary": node.dictionary, "mode": "cut"},
        "filter": [{"type": "encore_content"}],
        "text": "周杰倫《会不会》",
    }
    tokens = node.client.call("POST", "/_analyze", body)["tokens"]
    assert [token["token"] for token in tokens] == ["周杰伦", "会不会"]
    assert node.client.call("GET", "/_encore/dictionary")["versions"][node.dictionary]["nodes"].popitem()[
        1
    ] == ("ready")


@OPENSEARCH
def test_the_ranker_is_called_with_the_keystores_token(node):
    with ranker(node) as fake, songs(node, "stock", shards=2) as index:
        answer = search(node, index)
        assert ids(answer) == FINE_ORDER[:10]
        assert marks(answer) == [FINE] * 10
        assert "X-Encore-Degraded" not in answer.headers
        assert {headers["Authorization"] for headers in fake.headers} == {"Bearer s3cret"}


@OPENSEARCH
def test_removed_it_is_gone(stock, node):
    """Last: what ran goes on running, the next start is without it."""
    assert "-> removing [encore]" in stock.run("opensearch-plugin", "remove", "encore")
    assert "encore" not in stock.run("opensearch-plugin", "list").splitlines()
    assert not (stock.home / "plugins" / "encore").exists()
