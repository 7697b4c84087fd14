"""How fast documents are indexed: the project's analyzers against the engine's own `standard`.

Two indices of one mapping but for the analyzers take the same documents, chunk by chunk in turns, the first
to come changing with each chunk: whatever else the machine does falls on both alike.
"""

import http.client
import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from ranker.catalog.video import Video
from ranker.engine.index import mapping
from ranker.engine.index.documents import document
from ranker.engine.rest import EngineRest
from ranker.errors import EncoreError
from ranker.evaluation.load import connect
from ranker.recall.encoder import EncoderIdentity

LEAST_SHARE: Final = 0.7
OURS: Final = "encore"
STANDARD: Final = "standard"
_PREFIX: Final = "encore-bench-indexing-"
_BULK: Final = 1_000
_CHUNK: Final = 5_000
_ROUNDED: Final = 6
_encode = msgspec.json.Encoder().encode
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class IndexingSpeed:
    """Seconds of each chunk by index, as the client saw them, and what the engine itself counted in all."""

    documents: int
    chunk: int
    seconds: Mapping[str, Sequence[float]]
    engine_seconds: Mapping[str, float]
    vectors: bool

    @property
    def share(self) -> float:
        """Our speed over that of `standard`: the median of the chunks' ratios."""
        pairs = zip(self.seconds[STANDARD], self.seconds[OURS], strict=True)
        return statistics.median(standard / ours for standard, ours in pairs)

    @property
    def enough(self) -> bool:
        """Whether the share is as large as it must be."""
        return self.share >= LEAST_SHARE

    def as_json(self) -> dict[str, Any]:
        """{"documents", "encore": {"documents_a_second", "engine_seconds"}, "standard": …, "share", …}."""
        found: dict[str, Any] = {"documents": self.documents, "vectors": self.vectors}
        for name in (OURS, STANDARD):
            found[name] = {
                "documents_a_second": round(self.chunk / statistics.median(self.seconds[name])),
                "engine_seconds": round(self.engine_seconds[name], 2),
            }
        return found | {"share": round(self.share, 3), "at_least": LEAST_SHARE, "ok": self.enough}


def measure(
    engine: EngineRest,
    dictionary: str,
    videos: Sequence[Video],
    count: int,
    vectors: bool,
    progress: Progress,
) -> IndexingSpeed:
    """Index `count` documents into each of two new indices, which are deleted in the end.

    The videos come again and again, under new ids. Before it counts, two chunks warm the engine up.

    Args:
        engine: A node with the plugin.
        dictionary: A version that it has.
        videos: What is indexed.
        count: Documents that count.
        vectors: Whether each has a vector; they cost the same in both and hide what text costs.
        progress: Told (what, done, in all).
    """
    if not videos:
        raise EncoreError("there is no document to index; name a file that has some")
    bodies = _bulks(videos, vectors)
    with _indices(engine, dictionary, vectors) as names, _connection(engine) as connection:
        seconds: dict[str, list[float]] = {name: [] for name in names}
        chunk = min(_CHUNK, count)
        chunks = -(-count // chunk)
        for number in range(-2, chunks):
            bulks = list(itertools.islice(bodies, -(-chunk // _BULK)))
            if number == 0:
                before = {name: _engine_seconds(engine, index) for name, index in names.items()}
            order = list(names) if number % 2 else list(reversed(names))
            for name in order:
                took = _index(connection, names[name], bulks)
                if number >= 0:
                    seconds[name].append(took)
            progress("documents", max(0, number + 1) * chunk, chunks * chunk)
        counted = {name: _engine_seconds(engine, index) - before[name] for name, index in names.items()}
    return IndexingSpeed(chunks * chunk, chunk, seconds, counted, vectors)


def _bulks(videos: Sequence[Video], vectors: bool) -> Iterator[bytes]:
    """Bodies of bulk requests, without end."""
    chance = random.Random(7)
    endless = (
        msgspec.structs.replace(video, video_id=str(i)) for i, video in enumerate(itertools.cycle(videos))
    )
    while True:
        lines = []
        for video in itertools.islice(endless, _BULK):
            fields = document(video, _vector(chance) if vectors else [])
            if not vectors:
                del fields["title_vector"]
            lines += [_encode({"index": {"_id": video.video_id}}), _encode(fields)]
        yield b"\n".join([*lines, b""])


def _vector(chance: random.Random) -> list[float]:
    cells = [chance.gauss(0, 1) for _ in range(_dimensions())]
    length = sum(cell * cell for cell in cells) ** 0.5
    return [round(cell / length, _ROUNDED) for cell in cells]


def _dimensions() -> int:
    return int(
        msgspec.json.decode(mapping.MAPPING.read_bytes())["mappings"]["properties"]["title_vector"]["dims"]
    )


@contextmanager
def _indices(engine: EngineRest, dictionary: str, vectors: bool) -> Iterator[dict[str, str]]:
    """Names of the two indices by what analyses in them."""
    identity = EncoderIdentity("none", "none", _dimensions())
    body = mapping.fill(mapping.Made("bench", dictionary, identity, 0), engine.product().engine)
    body["settings"]["index"] |= {"refresh_interval": "-1"}
    if not vectors:
        del body["mappings"]["properties"]["title_vector"]
    names = {name: f"{_PREFIX}{name}" for name in (OURS, STANDARD)}
    try:
        for name, index in names.items():
            engine.call("DELETE", f"/{index}", parameters={"ignore_unavailable": "true"})
            engine.call("PUT", f"/{index}", body if name == OURS else with_standard(body))
        yield names
    finally:
        for index in names.values():
            engine.call("DELETE", f"/{index}", parameters={"ignore_unavailable": "true"})


def with_standard(body: Mapping[str, Any]) -> dict[str, Any]:
    """The index's body with `standard` for each of our analyzers and without our normalizer."""

    def replaced(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        kept = {name: replaced(part) for name, part in value.items() if name != "normalizer"}
        return kept | ({"analyzer": "standard"} if "analyzer" in value else {})

    settings = {name: part for name, part in body["settings"].items() if name != "analysis"}
    return {**body, "settings": settings, "mappings": replaced(body["mappings"])}


@contextmanager
def _connection(engine: EngineRest) -> Iterator[http.client.HTTPConnection]:
    connection = connect(engine.url)
    try:
        yield connection
    finally:
        connection.close()


def _index(connection: http.client.HTTPConnection, index: str, bulks: Sequence[bytes]) -> float:
    """Seconds until the bulks are indexed and can be searched."""
    began = time.perf_counter()
    for bulk in bulks:
        answer = _post(connection, f"/{index}/_bulk?filter_path=errors,items.*.error", bulk)
        if answer.get("errors"):
            raise EncoreError(f"[{index}] refused a document: [{answer['items'][0]}]")
    _post(connection, f"/{index}/_refresh", b"")
    return time.perf_counter() - began


def _post(connection: http.client.HTTPConnection, path: str, body: bytes) -> dict[str, Any]:
    connection.request("POST", path, body, {"Content-Type": "application/x-ndjson"})
    response = connection.getresponse()
    data = response.read()
    if response.status != 200:
        raise EncoreError(f"[{path}] was answered with [{response.status}]: [{data[:300].decode()}]")
    answer: dict[str, Any] = msgspec.json.decode(data)
    return answer


def _engine_seconds(engine: EngineRest, index: str) -> float:
    total = engine.call("GET", f"/{index}/_stats/indexing")["_all"]["primaries"]["indexing"]
    return float(total["index_time_in_millis"]) / 1000
