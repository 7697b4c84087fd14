"""Array types of the world, and groups of members by owner."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Tiers = npt.NDArray[np.int8]

NONE = -1
"""The index that means "there is none": a video without a song, a query without an artist."""


@dataclass(frozen=True)
class Groups:
    """Members grouped by owner: those of owner i are `members[starts[i]:starts[i + 1]]`, heaviest first.

    `cumulative` holds the running sum of the members' weights, so that one is drawn by weight in
    logarithmic time for many owners at once.
    """

    starts: Ints
    members: Ints
    cumulative: Floats

    @classmethod
    def of(cls, owners: Ints, count: int, weights: Floats) -> "Groups":
        """Groups of the rows 0…n-1 by `owners` (n,), in which `NONE` belongs to no one."""
        order = np.lexsort((np.arange(len(owners)), -weights, owners))
        order = order[np.searchsorted(owners[order], 0) :]
        starts = np.searchsorted(owners[order], np.arange(count + 1))
        return cls(starts.astype(np.int64), order.astype(np.int64), np.cumsum(weights[order]))

    def get(self, owner: int) -> Ints:
        """The members of one owner, heaviest first."""
        return self.members[self.starts[owner] : self.starts[owner + 1]]

    def sizes(self) -> Ints:
        """How many members each owner has."""
        return np.diff(self.starts)

    def draw(self, owners: Ints, generator: np.random.Generator) -> Ints:
        """One member by weight for each of the `owners` (n,); `NONE` where an owner has none."""
        drawn = np.full(len(owners), NONE, np.int64)
        roll = generator.random(len(owners))
        if not len(self.members):
            return drawn
        safe = np.maximum(owners, 0)
        first, last = self.starts[safe], self.starts[safe + 1]
        some = (owners >= 0) & (last > first)
        floor = np.where(first > 0, self.cumulative[np.maximum(first - 1, 0)], 0.0)
        top = self.cumulative[np.maximum(last - 1, 0)]
        found = np.searchsorted(self.cumulative, floor + roll * (top - floor), side="right")
        drawn[some] = self.members[np.clip(found, first, last - 1)[some]]
        return drawn


def zipf(count: int, exponent: float, shift: float = 2.0) -> Floats:
    """Weights of ranks 0…count-1, (rank + shift)^-exponent, that sum to 1."""
    weights = (np.arange(count) + shift) ** -exponent
    return np.asarray(weights / weights.sum())


def draw_weighted(weights: Floats, count: int, generator: np.random.Generator) -> Ints:
    """`count` indexes drawn with replacement by weight."""
    cumulative = np.cumsum(weights)
    found = np.searchsorted(cumulative, generator.random(count) * cumulative[-1], side="right")
    return np.asarray(np.minimum(found, len(weights) - 1), dtype=np.int64)


def dot_rows(left: Floats, right: Floats) -> Floats:
    """Row-wise dot product of two (n, d) arrays, summed in one fixed order on one thread."""
    total = left[:, 0] * right[:, 0]
    for column in range(1, left.shape[1]):
        total = total + left[:, column] * right[:, column]
    return np.asarray(total)


def logistic(values: Floats) -> Floats:
    """1 / (1 + e^-x)."""
    return np.asarray(1.0 / (1.0 + np.exp(-values)))
