"""Fill `index_mappings/videos.v1.json` with what one generation is made of."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ranker.engine.index.dialect import translate
from ranker.errors import EncoreError, MissingPartError
from ranker.recall.encoder import EncoderIdentity
from ranker.settings import PROJECT, Engine

MAPPING = PROJECT / "index_mappings" / "videos.v1.json"


@dataclass(frozen=True)
class Made:
    """What a generation is made of; it goes into the index's `_meta` and analyzers."""

    generation: str
    dictionary: str
    encoder: EncoderIdentity
    clock_offset_ms: int


def fill(made: Made, engine: Engine = "elasticsearch", path: Path = MAPPING) -> dict[str, Any]:
    """The body that creates the index, as the engine reads it: each `${name}` is the typed value.

    Raises:
        EncoreError: The file asks for a value that there is not, or its vectors are of another length.
        MissingPartError: There is no such file.
    """
    values = {
        "generation": made.generation,
        "dictionary": made.dictionary,
        "encoder": made.encoder.as_json(),
        "clock_offset_ms": made.clock_offset_ms,
    }
    body: dict[str, Any] = _filled(json.loads(_read(path)), values, path.name)
    dimensions = body["mappings"]["properties"]["title_vector"]["dims"]
    if dimensions != made.encoder.dimensions:
        raise EncoreError(
            f"[{path.name}] has vectors of [{dimensions}] dimensions and encoder [{made.encoder.name}] "
            f"makes [{made.encoder.dimensions}]; change one"
        )
    return translate(body, engine)


def analysis(dictionary: str, path: Path = MAPPING) -> dict[str, Any]:
    """The file's analyzers over a dictionary version, for an index that needs nothing else of it."""
    settings = json.loads(_read(path))["settings"]["analysis"]
    filled: dict[str, Any] = _filled(settings, {"dictionary": dictionary}, path.name)
    return filled


def version(engine: Engine = "elasticsearch", path: Path = MAPPING) -> str:
    """Twelve hex digits that change with what the engine is given."""
    content = _read(path)
    if engine != "elasticsearch":  # which reads the file as it stands
        content = json.dumps(translate(json.loads(content), engine)).encode()
    return hashlib.sha256(content).hexdigest()[:12]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingPartError(
            f"no mapping at [{path}]: work from a checkout, installed with `pip install -e`"
        ) from None


def _filled(node: Any, values: dict[str, Any], file: str) -> Any:
    if isinstance(node, dict):
        return {key: _filled(child, values, file) for key, child in node.items()}
    if isinstance(node, list):
        return [_filled(child, values, file) for child in node]
    if isinstance(node, str) and node.startswith("${"):
        name = node[2:-1]
        if name not in values:
            raise EncoreError(f"[{file}] asks for [{node}]; there is [{', '.join(values)}]")
        return values[name]
    return node
