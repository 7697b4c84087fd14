"""One real node for the whole session: the engine with the plugin and a small dictionary."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from elasticsearch import Elasticsearch

from ranker.engine.engines import ENGINES
from ranker.engine.home import EngineHome, assemble
from ranker.engine.java import Jdk, find_jdk
from ranker.engine.node import EngineNode
from ranker.engine.plugin import plugin_zip
from ranker.engine.ports import any_free
from ranker.settings import PROJECT, Settings
from ranker.text.dictionary import DictionaryWord, export

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


@dataclass(frozen=True)
class RunningNode:
    """What a scenario needs of the node."""

    engine: EngineNode
    url: str
    client: Elasticsearch
    http: httpx.Client
    dictionary: str
    dictionary_folder: Path


@pytest.fixture(scope="session")
def jdk() -> Jdk:
    return find_jdk(os.environ)


@pytest.fixture(scope="session")
def cache() -> Path:
    return Path(os.environ.get("ENCORE_CACHE", PROJECT / ".encore" / "cache"))


@pytest.fixture(scope="session")
def home(jdk: Jdk, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> EngineHome:
    settings = Settings(data=tmp_path_factory.mktemp("build"), cache=cache)
    archive = plugin_zip(settings, jdk.home)
    recipe = ENGINES[settings.engine].recipe
    return assemble(recipe, cache, jdk=jdk, environment=os.environ, plugins=[archive])


@pytest.fixture(scope="session")
def dictionary_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dictionary")
    return target / export([DictionaryWord(name) for name in NAMES], target)


@pytest.fixture(scope="session")
def node(
    jdk: Jdk, cache: Path, home: EngineHome, dictionary_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningNode]:
    settings = Settings(data=tmp_path_factory.mktemp("node"), cache=cache, engine_heap_megabytes=512)
    with (
        EngineNode.start(settings, home, jdk, dictionaries=[dictionary_folder], port=any_free()) as engine,
        Elasticsearch(engine.url, request_timeout=60) as client,
        httpx.Client(base_url=engine.url, timeout=60, trust_env=False) as http,
    ):
        yield RunningNode(engine, engine.url, client, http, dictionary_folder.name, dictionary_folder)
