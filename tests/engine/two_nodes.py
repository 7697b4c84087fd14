"""Two nodes of one engine that have formed a cluster."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from ranker.engine.home import EngineHome
from ranker.engine.java import Jdk
from ranker.engine.node import EngineNode
from ranker.engine.ports import any_free
from ranker.settings import Settings
from tests.engine.running_node import RunningNode
from tests.engine.spellings import CLUSTERS


@contextmanager
def two_nodes(
    home: EngineHome, jdk: Jdk, cache: Path, folder: Path, dictionary: Path
) -> Iterator[Sequence[RunningNode]]:
    """The nodes "one" and "two", with data folders of their own; stopped in the end."""
    spelling = CLUSTERS[home.engine]
    transport = str(any_free())
    cluster = {
        "discovery.type": spelling["discovery.type"],
        "discovery.seed_hosts": [f"127.0.0.1:{transport}"],
    }
    own: Sequence[dict[str, Any]] = (
        {"node.name": "one", "transport.port": transport, spelling["first"]: ["one"]},
        {"node.name": "two"},
    )
    with ExitStack() as stack:
        running = []
        for extra in own:
            settings = Settings(
                data=folder / extra["node.name"], cache=cache, engine=home.engine, engine_heap_megabytes=256
            )
            engine = EngineNode.start(
                settings, home, jdk, dictionaries=[dictionary], extra=cluster | extra, port=any_free()
            )
            stack.enter_context(engine)
            http = stack.enter_context(httpx.Client(base_url=engine.url, timeout=60, trust_env=False))
            running.append(RunningNode(home.engine, engine, http, dictionary))
        ready = running[1].client.call("GET", "/_cluster/health", wait_for_nodes=2, timeout="30s")
        assert ready["number_of_nodes"] == 2
        yield running
