"""Fourteen videos to be found by words, by names and by nearness, and plans for finding them."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ranker.recall.coarse import popularity
from ranker.settings import Engine
from tests.engine.fake_ranker import encode_floats
from tests.engine.spellings import VECTOR_SETTINGS, VECTORS

GENERATION = "videos-g1"
DIMENSIONS = 4
VIDEOS: dict[str, tuple[str, list[str], str, int]] = {
    "v01": ("周杰伦 晴天 演唱会现场", ["周杰伦", "现场"], "杰威尔音乐", 5_000_000),
    "v02": ("晴天 翻唱 吉他弹唱", ["翻唱"], "小明的琴房", 12_000),
    "v03": ("田馥甄《小幸运》官方MV", ["田馥甄", "官方"], "华研国际", 900_000),
    "v04": ("小幸运 钢琴版", ["钢琴"], "小明的琴房", 3_000),
    "v05": ("七里香 周杰伦", ["七里香"], "杰威尔音乐", 2_000_000),
    "v06": ("今天是晴天 出去走走", ["日常"], "小红", 40),
    "v07": ("邓紫棋 光年之外", ["邓紫棋", "光年之外"], "蜂鸟音乐", 7_000_000),
    "v08": ("光年之外 女声翻唱", ["翻唱", "现场"], "小红", 500),
    "v09": ("hebe 演唱会", ["hebe"], "路人甲", 100),
    "v10": ("你要的小美好", [], "田馥甄", 60),
    "v11": ("说好不哭", ["周杰伦"], "搬运工", 0),
    "v12": ("蜜雪冰城 主题曲", ["广告"], "蜜雪冰城", 10_000_000),
    "v13": ("会不会", ["情歌"], "刘大壮", 70_000),
    "v14": ("杰伦 周末 晴朗的天", ["日常"], "小红", 15),
}


def vector_of(video_id: str) -> list[float]:
    """A unit vector whose first part falls with the number: v01 is nearest to `EAST`."""
    angle = int(video_id[1:]) * math.pi / 40
    return [math.cos(angle), math.sin(angle), 0.0, 0.0]


EAST = [1.0, 0.0, 0.0, 0.0]


def mapping(
    product: Engine, generation: str | None = GENERATION, dimensions: int = DIMENSIONS, **meta: Any
) -> dict[str, Any]:
    """The fields that a recall looks at; no vectors where `dimensions` is 0."""
    named = {} if generation is None else {"generation": generation}
    words = {"type": "text", "analyzer": "encore_search", "index_options": "offsets"}
    cut = {"type": "text", "analyzer": "encore_cut", "index_options": "offsets"}
    tags = {"type": "text", "analyzer": "encore_search", "fields": {"keyword": {"type": "keyword"}}}
    near = VECTORS[product] | {LENGTH[product]: dimensions}
    return {
        "dynamic": "strict",
        "_meta": named | meta,
        "properties": {
            "video_id": {"type": "keyword"},
            "title": words | {"fields": {"cut": cut}},
            "tags": tags,
            "uploader": tags,
            "plays": {"type": "long"},
            "popularity": {"type": "float"},
            "parts": {"type": "nested", "properties": {"name": {"type": "keyword"}}},
        }
        | ({"title_vector": near} if dimensions else {}),
    }


LENGTH = {"elasticsearch": "dims", "opensearch": "dimension"}


def settings(product: Engine, dictionary: str, shards: int) -> dict[str, Any]:
    """One analyzer for terms that overlap, one for terms that don't."""

    def tokenizer(mode: str) -> dict[str, str]:
        return {"type": "encore_jieba", "dictionary": dictionary, "mode": mode}

    def analyzer(name: str) -> dict[str, Any]:
        return {"type": "custom", "tokenizer": name, "filter": ["encore_content"]}

    return {
        **VECTOR_SETTINGS[product],
        "number_of_shards": shards,
        "number_of_replicas": 0,
        "analysis": {
            "tokenizer": {"encore_cut": tokenizer("cut"), "encore_search": tokenizer("search")},
            "filter": {"encore_content": {"type": "encore_content"}},
            "analyzer": {name: analyzer(name) for name in ("encore_cut", "encore_search")},
        },
    }


@contextmanager
def videos(
    node,
    name: str,
    *,
    shards: int = 1,
    generation: str | None = GENERATION,
    dimensions: int = DIMENSIONS,
    more: dict[str, dict[str, Any]] | None = None,
    **meta: Any,
) -> Iterator[str]:
    """The index with the videos in it, dropped afterwards.

    Args:
        more: Further documents, by id.
        meta: Further entries of `_meta`.
    """
    node.client.create(
        name,
        mapping(node.product, generation, dimensions, **meta),
        settings(node.product, node.dictionary, shards),
    )
    try:
        documents = {video_id: document(video_id, dimensions) for video_id in VIDEOS} | (more or {})
        node.client.fill(name, documents.items())
        yield name
    finally:
        node.client.drop(name)


def document(video_id: str, dimensions: int = DIMENSIONS) -> dict[str, Any]:
    title, tags, uploader, plays = VIDEOS[video_id]
    source = {
        "video_id": video_id,
        "title": title,
        "tags": tags,
        "uploader": uploader,
        "plays": plays,
        "popularity": popularity(plays),
        "parts": [{"name": "intro"}],
    }
    return source | ({"title_vector": vector_of(video_id)} if dimensions else {})


def clause(text: str = "周杰伦 晴天", **options: Any) -> dict[str, Any]:
    """The clause under "query"."""
    return {"encore": {"text": text, **options}}


def search(node, index: str, query: dict[str, Any], *, status: int = 200, **body: Any):
    """The HTTP answer of a search with scores of named queries."""
    sent = {"query": query, "size": 20, "_source": False} | body
    answer = node.http.post(f"/{index}/_search?include_named_queries_score=true", json=sent)
    assert answer.status_code == status, answer.text
    return answer


def hits(answer) -> list[dict[str, Any]]:
    return answer.json()["hits"]["hits"]


def scores(answer) -> dict[str, float]:
    """Score by id, best first."""
    return {hit["_id"]: hit["_score"] for hit in hits(answer)}


def ids(answer) -> list[str]:
    return [hit["_id"] for hit in hits(answer)]


def marks(answer) -> list[dict[str, Any] | None]:
    return [hit.get("fields", {}).get("encore", [None])[0] for hit in hits(answer)]


def entity(
    kind: str, names: Sequence[str], start: int = 0, end: int = 4, trust: float = 1.0
) -> dict[str, Any]:
    """One entity of a plan."""
    return {
        "kind": kind,
        "id": f"{kind}-{names[0]}",
        "surface": names[-1],
        "names": list(names),
        "start": start,
        "end": end,
        "trust": trust,
        "alias": len(names) > 1,
    }


def planning(*entities: dict[str, Any], vector: Sequence[float] | None = None, **parts: Any):
    """What a fake ranker answers to whoever asks: these entities; a vector only to those who ask for one."""

    def plan(request: dict[str, Any]) -> dict[str, Any]:
        found = {"entities": list(entities)} | parts
        if vector is not None and request["options"]["vector"]:
            found["vector"] = encode_floats(vector)
        return found

    return plan


def plan_stats(node) -> dict[str, Any]:
    """The one node's statistics of asking for plans."""
    (only,) = node.http.get("/_encore/stats").json()["nodes"].values()
    return only["plan"]
