"""Sums by key: how often something happened, looked up for 500 keys at once.

A key is a pair of non-negative 32-bit numbers (a query's hash and a video's row, a user's row and an
artist's row, …). Keys are sorted, so all pairs of one first part lie side by side. Tables are immutable;
`merge` makes a new one, so that statistics "as of a day" are one table a day.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ranker.features.identifiers import mapped

Keys = npt.NDArray[np.uint64]
Sums = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
_SHIFT: Final = np.uint64(32)
_LOW: Final = np.uint64(0xFFFFFFFF)
_MOST_RANGES: Final = 50_000  # of things kept at hand, some megabytes


def pair_keys(first: Ints, second: Ints) -> Keys:
    """One 64-bit key of each pair, both in [0, 2³²); broadcasts."""
    return np.asarray((first.astype(np.uint64) << _SHIFT) | second.astype(np.uint64))


def unpair(keys: Keys) -> tuple[Ints, Ints]:
    """The pairs behind the keys."""
    return (keys >> _SHIFT).astype(np.int64), (keys & _LOW).astype(np.int64)


@dataclass(frozen=True)
class SumTable:
    """`keys` uint64 (m,) sorted and distinct, `sums` float32 (m, width). Arrays may be memory-mapped."""

    keys: Keys
    sums: Sums
    _ranges: dict[int, tuple[int, int]] = field(default_factory=dict, init=False, compare=False, repr=False)

    @classmethod
    def make(cls, keys: Keys, values: Sums) -> Self:
        """Sum values (n, width) by key (n,)."""
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        starts = np.flatnonzero(np.concatenate((ordered[:1] == ordered[:1], ordered[1:] != ordered[:-1])))
        if not len(starts):
            return cls(keys, np.empty((0, values.shape[1]), np.float32))
        return cls(ordered[starts], np.add.reduceat(values[order], starts, axis=0, dtype=np.float32))

    @classmethod
    def empty(cls, width: int) -> Self:
        """A table without keys."""
        return cls(np.empty(0, np.uint64), np.empty((0, width), np.float32))

    def merge(self, keys: Keys, values: Sums) -> "SumTable":
        """This table's sums plus values (n, width) by key (n,)."""
        return SumTable.make(np.concatenate((self.keys, keys)), np.concatenate((self.sums, values)))

    def of(self, first: int) -> Sums:
        """Sums of (first, 0), (width,): of a table keyed by one thing; zeros where absent or below 0."""
        start, end = self.range(first)
        row: Sums = self.sums[start] if start < end else np.zeros(self.sums.shape[1], np.float32)
        return row

    def range(self, first: int) -> tuple[int, int]:
        """[start, end) of first's pairs; kept, as the same things are asked for again and again."""
        found = self._ranges.get(first)
        if found is None:
            if first < 0 or not len(self.keys):
                return 0, 0
            base = np.uint64(first) << _SHIFT
            start = int(self.keys.searchsorted(base))
            end = start + int(self.keys[start:].searchsorted(base | _LOW, "right"))
            if len(self._ranges) >= _MOST_RANGES:
                self._ranges.clear()
            found = self._ranges[first] = start, end
        return found

    def save(self, folder: Path, name: str) -> None:
        """Write `<name>.keys.npy` and `<name>.sums.npy`."""
        np.save(folder / f"{name}.keys.npy", self.keys)
        np.save(folder / f"{name}.sums.npy", self.sums)

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Memory-map what `save` wrote."""
        return cls(*(mapped(folder / f"{name}.{part}.npy") for part in ("keys", "sums")))
