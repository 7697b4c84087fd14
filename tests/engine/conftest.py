"""Real nodes for the whole session, with the plugin and a small dictionary: one of each engine in turn."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from ranker.engine.engines import ENGINES
from ranker.engine.home import EngineHome, assemble
from ranker.engine.java import Jdk, find_jdk
from ranker.engine.node import EngineNode
from ranker.engine.plugin import plugin_zip
from ranker.engine.ports import any_free
from ranker.settings import PROJECT, Engine, Settings
from ranker.text.dictionary import DictionaryWord, export
from tests.engine.running_node import RunningNode
from tests.engine.two_nodes import two_nodes

NAMES = (
    "周杰伦",
    "晴天",
    "会不会",
    "蜜雪冰城",
    "田馥甄",
    "小幸运",
    "七里香",
    "邓紫棋",
    "光年之外",
    "说好不哭",
)


@pytest.fixture(scope="session")
def jdk() -> Jdk:
    return find_jdk(os.environ)


@pytest.fixture(scope="session")
def cache() -> Path:
    return Path(os.environ.get("ENCORE_CACHE", PROJECT / ".encore" / "cache"))


@pytest.fixture(scope="session")
def plugin(product: Engine, jdk: Jdk, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin's zip for this engine."""
    settings = Settings(data=tmp_path_factory.mktemp("build"), cache=cache, engine=product)
    return plugin_zip(settings, jdk.home)


@pytest.fixture(scope="session")
def home(product: Engine, jdk: Jdk, cache: Path, plugin: Path) -> EngineHome:
    return assemble(ENGINES[product].recipe, cache, jdk=jdk, environment=os.environ, plugins=[plugin])


@pytest.fixture(scope="session")
def dictionary_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dictionary")
    return target / export([DictionaryWord(name) for name in NAMES], target)


@pytest.fixture(scope="session")
def node(
    jdk: Jdk, cache: Path, home: EngineHome, dictionary_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningNode]:
    data = tmp_path_factory.mktemp("node")
    settings = Settings(data=data, cache=cache, engine=home.engine, engine_heap_megabytes=512)
    with (
        EngineNode.start(settings, home, jdk, dictionaries=[dictionary_folder], port=any_free()) as started,
        httpx.Client(base_url=started.url, timeout=60, trust_env=False) as http,
    ):
        yield RunningNode(home.engine, started, http, dictionary_folder)


@pytest.fixture(scope="session")
def nodes(
    jdk: Jdk, cache: Path, home: EngineHome, dictionary_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sequence[RunningNode]]:
    """Two nodes that have formed a cluster of their own."""
    with two_nodes(home, jdk, cache, tmp_path_factory.mktemp("cluster"), dictionary_folder) as running:
        yield running
