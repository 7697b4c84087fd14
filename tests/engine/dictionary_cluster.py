"""What the scenarios of dictionaries send and ask."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from ranker.text.dictionary import FILES
from tests.engine.fake_ranker import wait_until
from tests.engine.running_node import RunningNode

DEADLINE_SECONDS = 90.0
ALL = {"manifest.json", *FILES}


def until(holds: Callable[[], Any]) -> None:
    """Waits until it is true; fails at the deadline."""
    wait_until(holds, DEADLINE_SECONDS)


def body(folder: Path) -> dict[str, Any]:
    """What a PUT of a dictionary folder carries."""
    return {"files": {name: (folder / name).read_bytes().decode() for name in sorted(ALL)}}


def put(node: RunningNode, folder: Path, **parameters: str) -> httpx.Response:
    content = json.dumps(body(folder), ensure_ascii=False).encode()
    return node.http.put(
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


def terms(node: RunningNode, index: str, text: str) -> list[str]:
    found = node.client.call("POST", f"/{index}/_analyze", {"analyzer": "cut", "text": text})
    return [token["token"] for token in found["tokens"]]
