"""Vectors on disk by text and encoder version, so that a second build encodes new titles only.

A folder holds one pair of files an encoder version: `VERSION.keys` (16 bytes of BLAKE2b of the text a
record) and `VERSION.vectors` (float32 rows in the same order). Vectors are written before their keys
and both under a lock, so a kill leaves at most vectors without keys, which the next writer cuts off.
Safe to delete.
"""

import fcntl
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ranker.recall.encoder import Progress, TitleEncoder, Vectors

_KEY_BYTES = 16
_PART = 2048  # texts encoded between two writes: a kill loses a few seconds of work
_UNIT_TOLERANCE = 1e-3  # |length − 1| beyond it is no vector of ours (a page lost in a power cut)


class VectorCache:
    """The cached vectors of one encoder. Several processes may share a folder."""

    def __init__(self, folder: Path, encoder: TitleEncoder) -> None:
        self.encoder = encoder
        folder.mkdir(parents=True, exist_ok=True)
        version = encoder.identity.version
        self._keys = folder / f"{version}.keys"
        self._vectors = folder / f"{version}.vectors"
        self._lock = folder / f"{version}.lock"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 (n, dimensions): cached ones, and new ones for the rest, now cached too."""
        keys = [_key(text) for text in texts]
        places = self._places()
        stored = self._stored(len(places))
        result = np.zeros((len(texts), self.encoder.identity.dimensions), np.float32)
        missing: dict[bytes, list[int]] = {}
        for row, key in enumerate(keys):
            place = places.get(key)
            if place is not None and _is_unit(stored[place]):
                result[row] = stored[place]
            else:
                missing.setdefault(key, []).append(row)
        done = len(texts) - sum(map(len, missing.values()))
        if progress:
            progress(done, len(texts))
        wanted = sorted(missing.items(), key=lambda item: len(texts[item[1][0]]))
        for start in range(0, len(wanted), _PART):
            part = wanted[start : start + _PART]
            vectors = self.encoder.encode([texts[rows[0]] for _, rows in part])
            self._append([key for key, _ in part], vectors)
            for (_, rows), vector in zip(part, vectors, strict=True):
                result[rows] = vector
                done += len(rows)
            if progress:
                progress(done, len(texts))
        return result

    def _places(self) -> dict[bytes, int]:
        if not self._keys.exists():
            return {}
        content = self._keys.read_bytes()
        count = min(len(content) // _KEY_BYTES, self._rows_written())
        return {content[i * _KEY_BYTES : (i + 1) * _KEY_BYTES]: i for i in range(count)}

    def _rows_written(self) -> int:
        return self._vectors.stat().st_size // self._row_bytes if self._vectors.exists() else 0

    @property
    def _row_bytes(self) -> int:
        return 4 * self.encoder.identity.dimensions

    def _stored(self, rows: int) -> Vectors:
        if not rows:
            return np.zeros((0, self.encoder.identity.dimensions), np.float32)
        shape = (self._rows_written(), self.encoder.identity.dimensions)
        return np.memmap(self._vectors, np.float32, "r", shape=shape)

    def _append(self, keys: list[bytes], vectors: Vectors) -> None:
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self._keys.open("ab") as key_file, self._vectors.open("ab") as vector_file:
                count = min(key_file.tell() // _KEY_BYTES, vector_file.tell() // self._row_bytes)
                key_file.truncate(count * _KEY_BYTES)
                vector_file.truncate(count * self._row_bytes)
                vector_file.write(vectors.astype("<f4", copy=False).tobytes())
                vector_file.flush()
                key_file.write(b"".join(keys))


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest()


def _is_unit(vector: Vectors) -> bool:
    return abs(float(vector @ vector) - 1.0) < _UNIT_TOLERANCE
