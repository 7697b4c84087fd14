"""Beside others: the plugin leaves GET / to an engine that answers it, and works under entitlements.

The module that answers GET / in a stock distribution is not on Maven Central, so a small plugin stands in
for it. In the same node another one tries what it has no right to.
"""

import os
from pathlib import Path

import httpx
import pytest

from ranker.engine.engines import ENGINES
from ranker.engine.home import assemble
from ranker.engine.node import EngineNode
from ranker.engine.plugin import plugin_zip
from ranker.engine.ports import any_free
from ranker.settings import Settings
from tests.engine.small_plugin import small_plugin

HERE = Path(__file__).parent
pytestmark = pytest.mark.only(
    "elasticsearch", reason="GET / of OpenSearch is its own; entitlements it has not"
)


@pytest.fixture(scope="module")
def url(jdk, cache, home, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    settings = Settings(data=folder / "data", cache=cache, engine_heap_megabytes=256)
    plugins = [
        plugin_zip(settings, jdk.home),
        small_plugin(HERE / "StockRootPlugin.java", "stock-root", home, jdk, folder),
        small_plugin(HERE / "OverreachPlugin.java", "overreach", home, jdk, folder),
    ]
    recipe = ENGINES["elasticsearch"].recipe
    engine_home = assemble(recipe, folder / "cache", jdk=jdk, environment=os.environ, plugins=plugins)
    assert engine_home.plugins == ("encore", "overreach", "stock-root")
    with EngineNode.start(settings, engine_home, jdk, port=any_free()) as engine:
        yield engine.url


def test_the_stock_answer_stays(url):
    assert httpx.get(url, trust_env=False).text == "the stock answer"
    assert httpx.head(url, trust_env=False).status_code == 200


def test_a_plugin_without_rights_gets_none(url):
    ends = dict(line.split() for line in httpx.get(f"{url}/_overreach", trust_env=False).text.splitlines())
    assert ends == dict.fromkeys(["connect", "listen", "read", "run"], "NotEntitledException")
