"""Seven titles whose positions a reader can count: words between blanks, one position each."""

from collections.abc import Iterator
from contextlib import contextmanager

INDEX = "proximity-titles"

TITLES = {
    "next": "周杰伦 晴天",
    "gap": "周杰伦 现场 晴天",
    "turned": "晴天 周杰伦",
    "far": "周杰伦 演唱会 全程 高清 第一 首 晴天",
    "artist": "周杰伦 七里香",
    "song": "朗朗 的 晴天",
    "neither": "田馥甄 小幸运",
}
PLAYS = {"next": 0.0, "gap": 1.0, "turned": 2.0, "far": 3.0, "artist": 40.0, "song": 5.0, "neither": 6.0}

MAPPING = {
    "dynamic": "strict",
    "properties": {
        "title": {
            "type": "text",
            "analyzer": "whitespace",
            "fields": {"raw": {"type": "keyword"}, "bare": {"type": "text", "index_options": "freqs"}},
        },
        "also": {"type": "alias", "path": "title"},
        "plays": {"type": "float"},
    },
}


@contextmanager
def titles(node, *, shards: int = 1) -> Iterator[str]:
    """The index with the seven titles in it, dropped afterwards."""
    name = f"{INDEX}-{shards}"
    node.client.create(name, MAPPING, {"number_of_shards": shards})
    try:
        for key, title in TITLES.items():
            node.client.write(name, key, {"title": title, "plays": PLAYS[key]})
        node.client.refresh(name)
        yield name
    finally:
        node.client.drop(name)


def near(text: str = "周杰伦 晴天", field: str = "title", **options) -> dict:
    """A proximity query."""
    return {"proximity": {field: {"query": text, **options}}}


def scores(node, index: str, query: dict, parameters: dict | None = None, **body) -> dict[str, float]:
    """Score by document id, best first."""
    found = node.client.search(index, parameters, query=query, size=20, **body)
    return {hit["_id"]: hit["_score"] for hit in found["hits"]["hits"]}
