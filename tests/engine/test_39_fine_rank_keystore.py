"""The ranker's token lies in the engine's keystore, and a changed one is taken while the node runs."""

import subprocess
from pathlib import Path

import pytest

from tests.engine.fine_rank_songs import FINE, marks, ranker, search, songs, using

TOOL = Path(__file__).with_name("WriteKeystore.java")
WRAPPERS = {
    "elasticsearch": "org.elasticsearch.common.settings.KeyStoreWrapper",
    "opensearch": "org.opensearch.common.settings.KeyStoreWrapper",
}


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "keystore") as name:
        yield name


@pytest.fixture
def keystore(node, home, jdk):
    """Writes the node's keystore and lets it be read; without a token afterwards."""
    config = node.engine.plan.data / "config"

    def write(*entries: str):
        command = [str(jdk.java), "-cp", f"{home.path}/lib/*", str(TOOL), WRAPPERS[node.product], str(config)]
        subprocess.run([*command, *entries], check=True, capture_output=True)
        (answer,) = node.client.call("POST", "/_nodes/reload_secure_settings")["nodes"].values()
        return answer.get("reload_exception")

    yield write
    assert write() is None


def tokens(fake):
    return [headers.get("Authorization") for headers in fake.headers]


def test_a_changed_token_is_taken_without_a_restart(node, index, keystore):
    with ranker(node) as fake:
        search(node, index)
        assert keystore("encore.ranker.token", "first") is None
        search(node, index)
        assert keystore("encore.ranker.token", "second") is None
        search(node, index)
        assert keystore() is None
        search(node, index)
        assert tokens(fake) == [None, "Bearer first", "Bearer second", None]


def test_a_token_that_is_none_is_refused_and_the_old_one_stays(node, index, keystore):
    with ranker(node) as fake:
        assert keystore("encore.ranker.token", "first") is None
        refused = keystore("encore.ranker.token", "with its line's end\n")
        assert refused["reason"] == (
            "the token's character [5] of [20] is [U+0020]: a token has visible ASCII characters only"
        )
        assert marks(search(node, index))[0] == FINE
        assert tokens(fake) == ["Bearer first"]
        assert "line's end" not in str(refused)


def test_a_ranker_elsewhere_keeps_the_token_that_it_needs(node, index, keystore):
    assert keystore("encore.ranker.token", "first") is None
    with using(node, "https://ranker.example:443"):
        refused = keystore()
        assert refused["reason"].startswith(
            "ranker address [https://ranker.example:443] is not on this machine"
        )
