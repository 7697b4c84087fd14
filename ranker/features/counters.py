"""Sums by key: how often something happened, looked up for 500 keys at once.

A key is a pair of non-negative 32-bit numbers (a query's hash and a video's row, a user's row and an
artist's row, …). Tables are immutable; `merge` makes a new one, so that statistics "as of a day" are one
table a day.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ranker.features.identifiers import mapped

Keys = npt.NDArray[np.uint64]
Sums = npt.NDArray[np.float32]
_FEWEST_BITS: Final = 1


def pair_keys(first: npt.ArrayLike, second: npt.ArrayLike) -> Keys:
    """One 64-bit key of each pair, both in [0, 2³²); broadcasts. Scattered, so that buckets are even."""
    keys = (np.asarray(first).astype(np.uint64) << np.uint64(32)) | np.asarray(second).astype(np.uint64)
    # The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection, so keys stay distinct.
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(keys ^ (keys >> np.uint64(31)))


@dataclass(frozen=True)
class SumTable:
    """`keys` uint64 (m,) sorted and distinct, `sums` float32 (m, width), `starts` int32 (2^bits + 1,)."""

    keys: Keys
    sums: Sums
    starts: npt.NDArray[np.int32]

    @classmethod
    def make(cls, keys: Keys, values: Sums) -> Self:
        """Sum values (n, width) by key (n,)."""
        distinct, inverse = np.unique(keys, return_inverse=True)
        sums = np.empty((len(distinct), values.shape[1]), np.float32)
        for i in range(values.shape[1]):
            sums[:, i] = np.bincount(inverse, values[:, i], minlength=len(distinct))
        bits = max(_FEWEST_BITS, len(distinct).bit_length())
        starts = np.searchsorted(distinct >> np.uint64(64 - bits), np.arange((1 << bits) + 1))
        return cls(distinct, sums, starts.astype(np.int32))

    @classmethod
    def empty(cls, width: int) -> Self:
        """A table without keys."""
        return cls.make(np.empty(0, np.uint64), np.empty((0, width), np.float32))

    def merge(self, keys: Keys, values: Sums, keep: float = 1.0) -> "SumTable":
        """This table's sums times `keep`, plus values (n, width) by key (n,)."""
        sums = self.sums if keep == 1.0 else self.sums * np.float32(keep)
        return SumTable.make(np.concatenate((self.keys, keys)), np.concatenate((sums, values)))

    def find(self, keys: Keys) -> npt.NDArray[np.int64]:
        """Place of each key, int64 of the keys' shape; -1 where absent."""
        if not len(self.keys):
            return np.full(keys.shape, -1, np.int64)
        bits = (len(self.starts) - 1).bit_length() - 1
        bucket = (keys >> np.uint64(64 - bits)).view(np.int64)
        at = np.minimum(self.starts[bucket], len(self.keys) - 1).astype(np.int64)
        end = self.starts[bucket + 1]
        flat, wanted, last = at.reshape(-1), keys.reshape(-1), end.reshape(-1)
        left = np.flatnonzero(self.keys[flat] < wanted)
        while len(left):
            left = left[flat[left] + 1 < last[left]]
            flat[left] += 1
            left = left[self.keys[flat[left]] < wanted[left]]
        return np.where(self.keys[flat] == wanted, flat, -1).reshape(keys.shape)

    def lookup(self, keys: Keys) -> Sums:
        """Sums of the keys, float32 (*keys.shape, width); zeros where absent."""
        at = self.find(keys)
        if not len(self.keys):
            return np.zeros((*keys.shape, self.sums.shape[1]), np.float32)
        sums = self.sums[at]
        sums[at < 0] = 0.0
        return sums

    def save(self, folder: Path, name: str) -> None:
        """Write `<name>.keys.npy`, `<name>.sums.npy` and `<name>.starts.npy`."""
        for part in ("keys", "sums", "starts"):
            np.save(folder / f"{name}.{part}.npy", getattr(self, part))

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Memory-map what `save` wrote."""
        return cls(*(mapped(folder / f"{name}.{part}.npy") for part in ("keys", "sums", "starts")))


def unpair(keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The pairs behind the keys: the inverse of `pair_keys`."""
    keys = keys ^ (keys >> np.uint64(31)) ^ (keys >> np.uint64(62))
    keys = keys * np.uint64(0x319642B2D24D8EC3)
    keys = keys ^ (keys >> np.uint64(27)) ^ (keys >> np.uint64(54))
    keys = keys * np.uint64(0x96DE1B173F119089)
    keys = keys ^ (keys >> np.uint64(30)) ^ (keys >> np.uint64(60))
    return (keys >> np.uint64(32)).astype(np.int64), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
