"""Terms as 32-bit hashes, and how rare each is in the catalogue."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ranker.features.identifiers import mapped

TermHashes = npt.NDArray[np.uint32]
_FILES: Final = ("term_hashes", "term_documents")


def term_hash(term: str) -> int:
    """CRC-32 of the term's UTF-8, never 0 (0 is padding). Two of 100,000 terms collide in one catalogue."""
    return zlib.crc32(term.encode()) or 1


def distinct_hashes(terms: Iterable[str]) -> list[int]:
    """Hashes of the terms, each once, in order of first appearance."""
    return list(dict.fromkeys(map(term_hash, terms)))


@dataclass(frozen=True)
class TermTable:
    """Documents a term stands in (title, tags or uploader): `hashes` uint32 sorted, `documents` int32."""

    hashes: TermHashes
    documents: npt.NDArray[np.int32]
    rows: int

    @classmethod
    def count(cls, columns: Sequence[TermHashes], rows: int) -> Self:
        """Count over columns of hashes, each (rows, width); a term twice in a row's column counts twice."""
        parts = [np.unique(column[column != 0], return_counts=True) for column in columns]
        hashes = np.concatenate([part[0] for part in parts])
        counts = np.concatenate([part[1] for part in parts])
        keys, inverse = np.unique(hashes, return_inverse=True)
        documents = np.bincount(inverse, counts, minlength=len(keys)).astype(np.int32)
        return cls(keys.astype(np.uint32), documents, rows)

    def weight(self, hashes: TermHashes) -> npt.NDArray[np.float32]:
        """Weight of each term, ln(1 + (N − d + ½)/(d + ½)) as BM25's idf, N rows, d documents with it."""
        documents = np.zeros(len(hashes))
        if len(self.hashes):
            at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
            documents = np.where(self.hashes[at] == hashes, self.documents[at], 0).astype(float)
        documents = np.minimum(documents, self.rows)
        return np.log1p((self.rows - documents + 0.5) / (documents + 0.5)).astype(np.float32)

    def weight_of(self, terms: Sequence[str]) -> npt.NDArray[np.float32]:
        """The same of the terms themselves, float32 (n,)."""
        return self.weight(np.array([term_hash(term) for term in terms], np.uint32))

    def save(self, folder: Path) -> None:
        """Write `term_hashes.npy` and `term_documents.npy`."""
        np.save(folder / "term_hashes.npy", self.hashes)
        np.save(folder / "term_documents.npy", self.documents)

    @classmethod
    def open(cls, folder: Path, rows: int) -> Self:
        """Memory-map what `save` wrote for a catalogue of `rows` rows."""
        hashes, documents = (mapped(folder / f"{name}.npy") for name in _FILES)
        return cls(hashes, documents, rows)
