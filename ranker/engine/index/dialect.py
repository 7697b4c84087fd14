"""One mapping for both engines: written as Elasticsearch reads it, translated for OpenSearch.

OpenSearch's field of vectors has another name and other options, and its default library is not there: a
field that does not name Lucene would end the node at its first flush. So the method is always written out.
Hits carry no vectors, as in Elasticsearch; here that means that a copy of an index by `_reindex` has none.
"""

from collections.abc import Mapping
from typing import Any, Final

from ranker.errors import InvalidInputError
from ranker.settings import Engine

_VECTOR: Final = "dense_vector"
# Scores are (1 + cosine) / 2 on both sides: for vectors of length 1 that is Elasticsearch's `dot_product`.
_SPACES: Final = {"dot_product": "cosinesimil", "cosine": "cosinesimil"}
# Seven bits a number, as Elasticsearch's int8_hnsw keeps them; none: whole floats.
_ENCODERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "int8_hnsw": {"encoder": {"name": "sq", "parameters": {"bits": 7}}},
    "hnsw": {},
}


def translate(body: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    """The body that creates an index, as this engine reads it; the given one is left as it is.

    Args:
        body: {"settings": {…}, "mappings": {…}}, as Elasticsearch reads it.
        engine: Who will read it.

    Raises:
        InvalidInputError: A field of vectors has a similarity or a graph without counterpart.
    """
    if engine == "elasticsearch":
        return dict(body)
    fields, vectors = _fields(body["mappings"].get("properties", {}))
    if not vectors:
        return dict(body)
    settings, mappings = body.get("settings", {}), body["mappings"]
    return {
        **body,
        "settings": {**settings, "index": {**settings.get("index", {}), "knn": True}},
        "mappings": {**mappings, "_source": {"excludes": vectors}, "properties": fields},
    }


def _fields(properties: Mapping[str, Any], prefix: str = "") -> tuple[dict[str, Any], list[str]]:
    """The fields translated, and the full names of those that hold vectors."""
    done, vectors = {}, []
    for name, field in properties.items():
        inner, found = _fields(field.get("properties", {}), f"{prefix}{name}.")
        done[name] = {**field, "properties": inner} if inner else field
        vectors += found
        if field.get("type") == _VECTOR:
            done[name] = _vector(name, field)
            vectors.append(f"{prefix}{name}")
    return done, vectors


def _vector(name: str, field: Mapping[str, Any]) -> dict[str, Any]:
    graph = field.get("index_options", {})
    kind, similarity = graph.get("type", "int8_hnsw"), field.get("similarity", "cosine")
    if similarity not in _SPACES:
        raise InvalidInputError(
            f"field [{name}] has similarity [{similarity}], which OpenSearch is not given: "
            f"choose one of [{', '.join(_SPACES)}]"
        )
    if kind not in _ENCODERS:
        raise InvalidInputError(
            f"field [{name}] has index options of type [{kind}], which OpenSearch is not given: "
            f"choose one of [{', '.join(_ENCODERS)}]"
        )
    parameters = {own: graph[own] for own in ("m", "ef_construction") if own in graph}
    return {
        "type": "knn_vector",
        "dimension": field["dims"],
        "space_type": _SPACES[similarity],
        "method": {"name": "hnsw", "engine": "lucene", "parameters": {**parameters, **_ENCODERS[kind]}},
    }
