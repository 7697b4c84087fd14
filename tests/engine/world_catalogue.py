"""A thousand videos of a sample world, found in every way, and scores that tell what a ranker was sent."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

from ranker.recall.coarse import coarse_query, fine_rank, popularity
from ranker.serving.wire import ScoreRequest
from ranker.world.generate import generate
from ranker.world.store import World
from tests.engine import global_rerank
from tests.engine.fake_ranker import encode_floats
from tests.engine.recall_videos import clause, entity, mapping, settings

EVERYTHING = 1000  # as many hits as the catalogue has videos; also the widest window
WAYS = (
    "coarse",
    "coarse, fine_rank",
    "clause",
    "clause, vector",
    "clause, vector, fine_rank",
    "clause, vector, global",
)


@dataclass(frozen=True)
class Catalogue:
    """The world's public tables, as an index takes them and as a plan looks them up."""

    world: World

    @classmethod
    def make(cls, folder: Path) -> "Catalogue":
        return cls(generate("small", 7, folder / "small"))

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        columns = ("video_id", "title", "tags", "uploader", "plays")
        rows = self.world.videos.select(columns).to_dicts()
        return {
            row["video_id"]: row
            | {"popularity": popularity(row["plays"]), "title_vector": direction(row["title"])}
            for row in rows
        }

    def queries(self, count: int) -> list[str]:
        """The first that were asked, each once."""
        return self.world.searches["query"].unique(maintain_order=True).head(count).to_list()

    @cached_property
    def _artists(self) -> list[list[str]]:
        return [[row["name"], *row["aliases"]] for row in self.world.artists.to_dicts()]

    def plan(self, request: dict[str, Any]) -> dict[str, Any]:
        """The artists that the text names, and its direction for those who ask."""
        text = request["text"]
        named = [names[:8] for names in self._artists if any(name in text for name in names)]
        found: dict[str, Any] = {"entities": [entity("artist", names, 0, 1) for names in named[:16]]}
        if request["options"]["vector"]:
            found["vector"] = encode_floats(direction(text))
        return found


def direction(text: str) -> list[float]:
    """A unit vector that is the text's own."""
    angle = crc32(text.encode()) / 2**32 * math.pi
    other = crc32(text[::-1].encode()) / 2**32 * math.pi
    return [
        math.cos(angle),
        math.sin(angle) * math.cos(other),
        math.sin(angle) * math.sin(other) * 0.6,
        math.sin(angle) * math.sin(other) * 0.8,
    ]


def by_what_was_sent(request: ScoreRequest) -> tuple[list[int], list[float]]:
    """A candidate's tier is of its id, its u of its coarse score: one bit of either changes the score."""
    tiers = [crc32(item.encode()) % 4 for item in request.ids]
    return tiers, [float(coarse) / (1 + float(coarse)) for coarse in request.coarse]


@contextmanager
def filled(node, catalogue: Catalogue, name: str, *, shards: int, replicas: int = 0) -> Iterator[str]:
    """The index with the world's videos, each copy of a shard written as one segment; dropped afterwards.

    Vectors are whole floats here. In eight bits a number, as the product's mapping has them, Elasticsearch
    gives each copy of a shard a scale of its own, now and then another one: in scores the third digit.
    """
    chosen = settings(node.product, node.dictionary, shards) | {
        "number_of_replicas": replicas,
        "refresh_interval": "-1",  # none but the bulk's own, so that no segment ends before
    }
    fields = mapping(node.product)
    if node.product == "elasticsearch":
        fields["properties"]["title_vector"] |= {"index_options": {"type": "hnsw"}}
    node.client.create(name, fields, chosen)
    try:
        node.client.fill(name, catalogue.documents.items())
        yield name
    finally:
        node.client.drop(name)


def found(
    node,
    index: str,
    way: str,
    text: str,
    *,
    size: int = EVERYTHING,
    window: int = EVERYTHING,
    **parameters: str,
) -> dict[str, float]:
    """Score by id, best first, of a search in one of `WAYS` that every shard and the ranker answered."""
    routes = ["text", "entity", "vector"] if "vector" in way else ["text", "entity"]
    query = clause(text, routes=routes) if "clause" in way else coarse_query(text)
    body: dict[str, Any] = {"query": query, "size": size, "_source": False}
    if "fine_rank" in way:
        body["rescore"] = fine_rank(text, window=window)
    if "global" in way:
        body = global_rerank.body(node, size, query=query, ask={"query": text, "rank_window_size": window})
    answer = node.http.post(f"/{index}/_search", json=body, params=parameters)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["_shards"]["failed"] == 0, said["_shards"]
    assert "X-Encore-Degraded" not in answer.headers, answer.headers["X-Encore-Degraded"]
    return {hit["_id"]: hit["_score"] for hit in said["hits"]["hits"]}


def overlap(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """The share of the shorter page that stands on both; 1 for two empty ones."""
    return (
        len(set(ours) & set(theirs)) / min(len(ours), len(theirs))
        if ours and theirs
        else float(ours == theirs)
    )
