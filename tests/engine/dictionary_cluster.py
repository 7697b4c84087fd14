"""What the scenarios of dictionaries send and ask."""

import hashlib
import json
import math
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


def small(exported: Path, target: Path, word: str) -> Path:
    """A version of a thousand words of an exported one, and one more; a tenth of the bytes."""
    rows = (exported / "words.tsv").read_text().splitlines(keepends=True)[:1000]
    rows.append(f"{word}\t1000\t{math.log(1000)!r}\n")
    files = {name: (exported / name).read_bytes() for name in FILES} | {"words.tsv": "".join(rows).encode()}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    listing = "schema 1\n" + "".join(f"{name} {hashes[name]}\n" for name in FILES)
    version = hashlib.sha256(listing.encode()).hexdigest()[:12]
    manifest = json.loads((exported / "manifest.json").read_text()) | {
        "version": version,
        "files": hashes,
        "log_total": math.log(sum(int(row.split("\t")[1]) for row in rows)),
    }
    folder = target / version
    folder.mkdir()
    for name, content in (files | {"manifest.json": json.dumps(manifest).encode()}).items():
        (folder / name).write_bytes(content)
    return folder


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
