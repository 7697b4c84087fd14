"""On an engine that answers GET / itself, as a stock distribution does, the plugin leaves it alone.

That module is not on Maven Central, so a small plugin stands in for it.
"""

import os
import subprocess
import zipfile
from pathlib import Path

import httpx
import pytest

from ranker.engine.elasticsearch.home import VERSION, assemble
from ranker.engine.elasticsearch.node import EngineNode
from ranker.engine.plugin import plugin_zip
from ranker.engine.ports import any_free
from ranker.settings import Settings

SOURCE = Path(__file__).with_name("StockRootPlugin.java")
DESCRIPTOR = """\
name=stock-root
description=Stands in for the stock module
version=1
classname=StockRootPlugin
java.version=21
elasticsearch.version={version}
"""


@pytest.fixture(scope="module")
def stock_root(home, jdk, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stock-root")
    compiler = [str(jdk.javac), "--release", "21", "-nowarn", "-proc:none", "-cp", f"{home.path}/lib/*"]
    subprocess.run([*compiler, "-d", str(folder), str(SOURCE)], check=True, capture_output=True)
    jar, archive = folder / "stock-root.jar", folder / "stock-root.zip"
    with zipfile.ZipFile(jar, "w") as opened:
        for compiled in folder.glob("*.class"):
            opened.write(compiled, compiled.name)
    with zipfile.ZipFile(archive, "w") as opened:
        opened.write(jar, jar.name)
        opened.writestr("plugin-descriptor.properties", DESCRIPTOR.format(version=VERSION))
    return archive


def test_the_stock_answer_stays(jdk, cache, stock_root, tmp_path):
    settings = Settings(data=tmp_path / "data", cache=cache, engine_heap_megabytes=256)
    plugins = [plugin_zip(settings, jdk.home), stock_root]
    both = assemble(tmp_path / "cache", jdk=jdk, environment=os.environ, plugins=plugins)
    assert both.plugins == ("encore", "stock-root")
    with EngineNode.start(settings, both, jdk, port=any_free()) as engine:
        assert httpx.get(engine.url, trust_env=False).text == "the stock answer"
        assert httpx.head(engine.url, trust_env=False).status_code == 200
