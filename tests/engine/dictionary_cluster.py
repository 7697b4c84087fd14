"""Nodes that form a cluster and share no folder, and what the scenarios of dictionaries ask of them."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from ranker.engine.node import EngineNode
from ranker.engine.plan import plan
from ranker.engine.ports import any_free
from ranker.settings import Settings
from ranker.text.dictionary import FILES
from tests.engine.spellings import CLUSTERS

DEADLINE_SECONDS = 90.0
ALL = {"manifest.json", *FILES}


class Member:
    """One node of the cluster, which can be stopped and started again."""

    def __init__(self, name: str, settings: Settings, home: Any, jdk: Any, extra: dict[str, Any]) -> None:
        self.name, self.settings = name, settings
        self._home, self._jdk, self._extra = home, jdk, extra | {"node.name": name}
        self.start()

    def start(self) -> None:
        """Starts the process; `answers` waits for it."""
        made = plan(self.settings, self._home, self._jdk, extra=self._extra, port=any_free())
        self.engine = EngineNode.launch(made)
        self.http = httpx.Client(base_url=self.engine.url, timeout=120, trust_env=False)

    def answers(self) -> None:
        """Waits until it has a master."""
        until(self._answers)

    def stop(self) -> None:
        self.http.close()
        self.engine.stop()

    def forget_everything(self) -> None:
        """Empties its data folder; only while it is stopped."""
        shutil.rmtree(self.engine.plan.data / "data")

    @property
    def sent(self) -> Path:
        """Where it keeps what came through the cluster."""
        found = sorted((self.engine.plan.data / "data").glob("**/encore/dictionary"))
        return found[0] if found else self.engine.plan.data / "data" / "encore" / "dictionary"

    @property
    def config(self) -> Path:
        """Where dictionaries may be laid by hand."""
        return self.engine.plan.data / "config" / "encore" / "dictionary"

    def get(self, path: str) -> Any:
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def ids(self) -> dict[str, str]:
        """Every node's id by its name."""
        return {node["name"]: key for key, node in self.get("/_nodes")["nodes"].items()}

    def _answers(self) -> bool:
        assert self.engine.alive(), self.engine.plan.log.read_text()[-3000:]
        try:
            seen = self.http.get("/_cluster/state/master_node?local=true").json()
        except httpx.HTTPError:
            return False
        return bool(seen.get("master_node"))


def until(holds: Callable[[], Any], deadline_seconds: float = DEADLINE_SECONDS) -> Any:
    """What is true at last; fails at the deadline."""
    end = time.monotonic() + deadline_seconds
    while True:
        found = holds()
        if found or time.monotonic() > end:
            assert found, "not true in time"
            return found
        time.sleep(0.05)


@contextmanager
def cluster(names: list[str], folders: Any, cache: Path, home: Any, jdk: Any) -> Iterator[list[Member]]:
    """A cluster of new nodes; the first is its first master."""
    transport = any_free()
    spelling = CLUSTERS[home.engine]
    seeds = [f"127.0.0.1:{transport}"]
    shared = {"discovery.type": spelling["discovery.type"], "discovery.seed_hosts": seeds}
    with ExitStack() as stack:
        members = []
        for name in names:
            extra = dict(shared)
            if not members:
                extra |= {"transport.port": str(transport), spelling["first"]: [name]}
            data = folders.mktemp(name)
            settings = Settings(data=data, cache=cache, engine=home.engine, engine_heap_megabytes=320)
            member = Member(name, settings, home, jdk, extra)
            stack.callback(member.stop)
            members.append(member)
        for member in members:
            member.answers()
        members[0].get(f"/_cluster/health?wait_for_nodes={len(names)}&timeout=30s")
        yield members


def body(folder: Path) -> dict[str, Any]:
    """What a PUT of a dictionary folder carries."""
    return {"files": {name: (folder / name).read_bytes().decode() for name in sorted(ALL)}}


def put(member: Member, folder: Path, **parameters: str) -> httpx.Response:
    content = json.dumps(body(folder), ensure_ascii=False).encode()
    return member.http.put(
        f"/_encore/dictionary/{folder.name}",
        content=content,
        params=parameters,
        headers={"Content-Type": "application/json"},
    )


def index_body(version: str, *, replicas: int = 0, shards: int = 1) -> dict[str, Any]:
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "index.unassigned.node_left.delayed_timeout": "0",
            "analysis": {
                "tokenizer": {"cut": {"type": "encore_jieba", "dictionary": version}},
                "char_filter": {"plain": {"type": "encore_normalize", "dictionary": version}},
                "analyzer": {"cut": {"type": "custom", "tokenizer": "cut"}},
                "normalizer": {"plain": {"type": "custom", "char_filter": ["plain"]}},
            },
        },
        "mappings": {
            "properties": {
                "title": {"type": "text", "analyzer": "cut"},
                "tag": {"type": "keyword", "normalizer": "plain"},
            }
        },
    }


def terms(member: Member, index: str, text: str) -> list[str]:
    found = member.call("POST", f"/{index}/_analyze", {"analyzer": "cut", "text": text})
    return [token["token"] for token in found["tokens"]]


def green(member: Member, index: str) -> None:
    health = member.get(f"/_cluster/health/{index}?wait_for_status=green&timeout={DEADLINE_SECONDS:.0f}s")
    assert health["status"] == "green", member.http.get("/_cluster/allocation/explain").text
