"""A small Chinese encoder: titles and queries to unit vectors, until trained towers take its place.

The model is BAAI's bge-small-zh-v1.5 (MIT), int8: 4 layers, 512 dimensions, vocabulary 21,128. A folder
holds `model.onnx`, `tokenizer.json`, `NOTICE` and `manifest.json` (schema, name, version, dimensions);
`ranker.engine.encoder` makes one.

The vector of a text is the last layer's at [CLS], of length 1. The model quantises activations a batch
at a time, so a text's vector moves a little with its batch (cosine 0.98 and up): whoever needs the same
vector twice keeps it (`ranker.recall.vector_cache`).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ranker.errors import MissingPartError

SCHEMA = 1
LONGEST_TOKENS = 128  # sites allow titles of 80 characters; what lies beyond is cut
_BATCH_TOKENS = 1024  # rows × longest of a batch; measured best of 256 to 4096 on 1 and 2 cores (cache size)

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (texts done, texts in all)."""


@dataclass(frozen=True)
class EncoderIdentity:
    """Which encoder made a vector; recorded in the index's `_meta`."""

    name: str
    version: str
    dimensions: int

    def as_json(self) -> dict[str, str | int]:
        """The same as a JSON object."""
        return asdict(self)


class TitleEncoder:
    """Encodes texts on the CPU. Thread-safe; holds about 100 MB."""

    def __init__(self, identity: EncoderIdentity, session: Any, tokenizer: Any) -> None:
        self.identity = identity
        self._session = session
        self._tokenizer = tokenizer

    @classmethod
    def open(cls, folder: Path, threads: int = 1) -> Self:
        """Load the encoder of a folder.

        Args:
            folder: As `ranker.engine.encoder` makes it.
            threads: That one call may use; 0: as many as there are cores.

        Raises:
            MissingPartError: The folder is absent, incomplete or of another schema.
        """
        import onnxruntime

        identity = read_identity(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            folder / "model.onnx", options, providers=["CPUExecutionProvider"]
        )
        return cls(identity, session, _tokenizer(folder / "tokenizer.json"))

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 (n, dimensions), in the order of `texts`."""
        vectors = np.zeros((len(texts), self.identity.dimensions), np.float32)
        encodings = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        done = 0
        for rows in by_length([len(ids) for ids in encodings]):
            vectors[rows] = self._batch([encodings[row] for row in rows])
            done += len(rows)
            if progress:
                progress(done, len(texts))
        return vectors

    def _batch(self, rows: list[list[int]]) -> Vectors:
        longest = max(map(len, rows))
        ids = np.zeros((len(rows), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(rows):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (states,) = self._session.run(["last_hidden_state"], inputs)
        first: Vectors = states[:, 0, :]
        unit: Vectors = first / np.linalg.norm(first, axis=1, keepdims=True)
        return unit


def by_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows in batches of near-equal length, each at most `_BATCH_TOKENS` tokens with its padding."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[row] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def read_identity(folder: Path) -> EncoderIdentity:
    """The name, version and dimensions that a folder's manifest states.

    Raises:
        MissingPartError: No manifest there, or one of another schema.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise MissingPartError(
            f"[{folder}] is no encoder: {error}; delete it, and it is fetched again"
        ) from None
    if manifest.get("schema") != SCHEMA:
        raise MissingPartError(
            f"encoder [{folder}] has schema [{manifest.get('schema')}] and [{SCHEMA}] is read: delete it"
        )
    return EncoderIdentity(manifest["name"], manifest["version"], manifest["dimensions"])


def write_manifest(folder: Path, name: str, dimensions: int) -> EncoderIdentity:
    """Name the encoder by its content: version = first 12 hex digits of SHA-256 over model and tokenizer."""
    digest = hashlib.sha256()
    for file in ("model.onnx", "tokenizer.json"):
        digest.update((folder / file).read_bytes())
    identity = EncoderIdentity(name, digest.hexdigest()[:12], dimensions)
    manifest = {"schema": SCHEMA, **identity.as_json()}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    return identity


def _tokenizer(path: Path) -> Any:
    """The folder's tokenizer, lower-casing: as shipped it is not, and Latin capitals become [UNK]."""
    import tokenizers

    described = json.loads(path.read_text("utf-8"))
    described["normalizer"]["lowercase"] = True
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(described))
    tokenizer.enable_truncation(LONGEST_TOKENS)
    tokenizer.no_padding()
    return tokenizer
