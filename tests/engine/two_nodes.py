"""Two nodes of one engine that have formed a cluster: one pair for all scenarios that need two.

They share no folder. Each can be stopped, killed and started again; whoever does leaves both running.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ranker.engine.home import EngineHome
from ranker.engine.java import Jdk
from ranker.engine.node import EngineNode
from ranker.engine.plan import plan
from ranker.engine.ports import any_free
from ranker.settings import Settings
from tests.engine.fake_ranker import FakeRanker, wait_until
from tests.engine.running_node import RunningNode
from tests.engine.spellings import CLUSTERS

HEAP_MEGABYTES = 640  # the breakers count garbage too, and OpenSearch collects none for them
JOIN_SECONDS = 120.0


@dataclass
class _Start:
    """What a start needs, so that a later one is the same node."""

    settings: Settings
    home: EngineHome
    jdk: Jdk
    dictionary: Path
    extra: Mapping[str, Any]

    def launch(self) -> EngineNode:
        made = plan(
            self.settings,
            self.home,
            self.jdk,
            dictionaries=[self.dictionary],
            extra=self.extra,
            port=any_free(),
        )
        return EngineNode.launch(made)


@dataclass
class ClusterNode(RunningNode):
    """One of the two.

    Attributes:
        name: "one", who is the first master, or "two".
        own_ranker: The ranker that this node alone calls, unless the cluster's settings name others.
    """

    name: str
    own_ranker: FakeRanker
    _start: _Start

    def start(self) -> None:
        """Starts the process on the folders that it has, at another port; `joins` waits for it."""
        self.engine = self._start.launch()
        self.http = _http(self.engine)

    def joins(self) -> None:
        """Waits until it has a master."""
        wait_until(self._has_master, JOIN_SECONDS)

    def stop(self) -> None:
        """Closes it down in order; harmless when it is gone."""
        self.http.close()
        self.engine.stop()

    def kill(self) -> None:
        """As a power cut would."""
        self.engine.kill()
        self.http.close()

    def forget_everything(self) -> None:
        """Empties its data folder; only while it is stopped."""
        shutil.rmtree(self._data)

    @property
    def sent(self) -> Path:
        """Where it keeps the dictionaries that came through the cluster."""
        found = sorted(self._data.glob("**/encore/dictionary"))
        return found[0] if found else self._data / "encore" / "dictionary"

    @property
    def config(self) -> Path:
        """Where dictionaries are laid by hand."""
        return self.engine.plan.data / "config" / "encore" / "dictionary"

    @property
    def _data(self) -> Path:
        return self.engine.plan.data / "data"

    def _has_master(self) -> bool:
        assert self.engine.alive(), self.engine.plan.log.read_text()[-3000:]
        try:
            seen = self.http.get("/_cluster/state/master_node?local=true").json()
        except httpx.HTTPError:
            return False
        return bool(seen.get("master_node"))


@contextmanager
def two_nodes(
    home: EngineHome, jdk: Jdk, cache: Path, folder: Path, dictionary: Path
) -> Iterator[Sequence[ClusterNode]]:
    """The nodes "one" and "two", installed with the dictionary; stopped in the end."""
    spelling = CLUSTERS[home.engine]
    transport = str(any_free())
    cluster = {
        "discovery.type": spelling["discovery.type"],
        "discovery.seed_hosts": [f"127.0.0.1:{transport}"],
        # A killed coordinator's searches stay open on the other node, and OpenSearch opens no new copy of a
        # shard there until they are found idle; this is how often it looks.
        "search.keep_alive_interval": "1s",
    }
    own: Mapping[str, Mapping[str, Any]] = {
        "one": {"transport.port": transport, spelling["first"]: ["one"]},
        "two": {},
    }
    with ExitStack() as stack:
        running = []
        for name, extra in own.items():  # both boot at once
            fake = stack.enter_context(FakeRanker())
            settings = Settings(
                data=folder / name, cache=cache, engine=home.engine, engine_heap_megabytes=HEAP_MEGABYTES
            )
            mine = {"node.name": name, "encore.ranker.addresses": [fake.address]}
            start = _Start(settings, home, jdk, dictionary, cluster | extra | mine)
            engine = start.launch()
            node = ClusterNode(home.engine, engine, _http(engine), dictionary, name, fake, start)
            stack.callback(node.stop)
            running.append(node)
        together(running)
        yield running


def together(nodes: Sequence[ClusterNode]) -> None:
    """Waits until both are in one cluster."""
    for node in nodes:
        node.joins()
    for node in nodes:
        ready = node.client.call("GET", "/_cluster/health", wait_for_nodes=2, timeout="60s")
        assert ready["number_of_nodes"] == 2


def green(node: ClusterNode, index: str) -> None:
    """Waits until every copy of the index is where it belongs."""
    answer = node.http.get(f"/_cluster/health/{index}", params={"wait_for_status": "green", "timeout": "90s"})
    assert answer.status_code == 200, node.http.get("/_cluster/allocation/explain").text


def node_ids(node: ClusterNode) -> dict[str, str]:
    """Every node's id by its name."""
    return {found["name"]: key for key, found in node.client.call("GET", "/_nodes")["nodes"].items()}


def _http(engine: EngineNode) -> httpx.Client:
    return httpx.Client(base_url=engine.url, timeout=120, trust_env=False)
