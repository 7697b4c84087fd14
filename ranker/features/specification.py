"""The contract between a model version and the code that feeds it; lies beside each `model.onnx`.

A model trained on other features, in another order or by other formulas than this code has would be fed
nonsense in silence: so the specification is loaded with every version and refused where it doesn't fit.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from ranker.errors import InvalidInputError
from ranker.features.families import all_features, dense_features, match_features
from ranker.features.ids import ID_FEATURES
from ranker.features.priors import Priors
from ranker.features.request import MOST_TERMS
from ranker.features.terms import term_hash

FILE: Final = "specification.json"
SCHEMA: Final = 1
QUERY_WORDS: Final = MOST_TERMS  # width of `query_words`; more are cut, fewer padded with 0
PADDING: Final = 0
_WORDS: Final = ("meaning", "unit")  # told to people; what a model is fed doesn't depend on them


@dataclass(frozen=True)
class Specification:
    """What one training produced models for.

    `ids[name]` are the known values of an id feature; code i + 1 is value i, code 0 is everything rare or
    unknown. `words` is the towers' vocabulary: code i + 1 is word i, then `buckets` codes take the unknown
    ones by hash, 0 is padding. `dictionary` is the version that the words were cut with; another
    generation's may differ, then some words fall into other codes.
    """

    dense: tuple[str, ...]
    match: tuple[str, ...]
    features: tuple[dict[str, Any], ...]
    ids: dict[str, tuple[str, ...]]
    words: tuple[str, ...]
    buckets: int
    priors: Priors
    dictionary: str
    trained_until: int

    @classmethod
    def make(
        cls,
        *,
        ids: dict[str, Sequence[str]],
        words: Sequence[str],
        buckets: int,
        priors: Priors,
        dictionary: str,
        trained_until: int,
    ) -> Self:
        """The specification of this code's features; training ended at `trained_until`, UTC milliseconds."""
        return cls(
            tuple(feature.name for feature in dense_features()),
            tuple(feature.name for feature in match_features()),
            tuple(feature.as_dict() for feature in all_features()),
            {name: tuple(ids.get(name, ())) for name in ID_FEATURES},
            tuple(words),
            buckets,
            priors,
            dictionary,
            trained_until,
        )

    @property
    def cardinalities(self) -> list[int]:
        """Codes of each id feature, the rare one included, in the order of the tensor `ids`."""
        return [len(values) + 1 for values in self.ids.values()]

    @property
    def word_codes(self) -> int:
        """Codes of the towers' words, padding and buckets included."""
        return 1 + len(self.words) + self.buckets

    @cached_property
    def _vocabulary(self) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
        hashes = np.array([term_hash(word) for word in self.words], np.uint32)
        order = np.argsort(hashes, kind="stable")
        return hashes[order], order.astype(np.int64)

    def codes_of_terms(self, terms: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """Codes of term hashes, of the same shape; 0 for padding."""
        hashes, order = self._vocabulary
        codes = 1 + len(self.words) + (terms % np.uint32(self.buckets)).astype(np.int64)
        if len(hashes):
            at = np.minimum(np.searchsorted(hashes, terms), len(hashes) - 1)
            codes = np.where(hashes[at] == terms, order[at] + 1, codes)
        return np.where(terms == 0, PADDING, codes)

    def query_words(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """`query_words`, int64 (1, QUERY_WORDS)."""
        padded = np.zeros((1, QUERY_WORDS), np.uint32)
        hashes = [term_hash(word) for word in words[:QUERY_WORDS]]
        padded[0, : len(hashes)] = hashes
        return self.codes_of_terms(padded)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, without its hash."""
        return {
            "schema": SCHEMA,
            "dense": list(self.dense),
            "match": list(self.match),
            "features": list(self.features),
            "ids": {name: list(values) for name, values in self.ids.items()},
            "words": list(self.words),
            "buckets": self.buckets,
            "priors": self.priors.as_dict(),
            "dictionary": self.dictionary,
            "trained_until": self.trained_until,
        }

    @cached_property
    def hash(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of the JSON form: equal for models trained together."""
        return _hash(self.as_dict())

    def save(self, folder: Path) -> None:
        """Write `specification.json`."""
        data = self.as_dict() | {"hash": self.hash}
        (folder / FILE).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a version's specification and check it against this code.

        Raises:
            InvalidInputError: It is missing, damaged, or of other features than this code computes.
        """
        path = folder / FILE
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InvalidInputError(
                f"the specification [{path}] can't be read: [{error}]; train again"
            ) from None
        stored = data.pop("hash", "")
        if data.get("schema") != SCHEMA:
            raise InvalidInputError(
                f"the specification [{path}] has schema [{data.get('schema')}], this program reads"
                f" [{SCHEMA}]; train again"
            )
        if stored != _hash(data):
            raise InvalidInputError(
                f"the specification [{path}] has hash [{stored}], its content [{_hash(data)}]; train again"
            )
        _check_features(path, data["features"])
        for name, own in (("dense", dense_features()), ("match", match_features())):
            _check_order(path, name, data[name], [feature.name for feature in own])
        _check_order(path, "ids", list(data["ids"]), list(ID_FEATURES))
        return cls(
            tuple(data["dense"]),
            tuple(data["match"]),
            tuple(data["features"]),
            {name: tuple(values) for name, values in data["ids"].items()},
            tuple(data["words"]),
            data["buckets"],
            Priors.of(data["priors"]),
            data["dictionary"],
            data["trained_until"],
        )


def _hash(data: dict[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _check_order(path: Path, what: str, stored: list[str], own: list[str]) -> None:
    if stored == own:
        return
    for i, (theirs, ours) in enumerate(zip(stored, own, strict=False)):
        if theirs != ours:
            raise InvalidInputError(
                f"the specification [{path}] has [{theirs}] as {what} feature [{i}], this program [{ours}];"
                " train again"
            )
    raise InvalidInputError(
        f"the specification [{path}] has [{len(stored)}] {what} features, this program [{len(own)}];"
        " train again"
    )


def _check_features(path: Path, stored: list[dict[str, Any]]) -> None:
    own = [feature.as_dict() for feature in all_features()]
    _check_order(path, "computed", [f["name"] for f in stored], [f["name"] for f in own])
    for theirs, ours in zip(stored, own, strict=True):
        for key, value in ours.items():
            if key not in _WORDS and theirs.get(key) != value:
                raise InvalidInputError(
                    f"the specification [{path}] says {key} [{theirs.get(key)}] of feature"
                    f" [{ours['name']}], this program [{value}]; train again"
                )
