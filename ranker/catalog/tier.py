"""Tier of a (query, item) pair from four yes/no facts: the one definition of relevance.

The facts are about a query and an item: term match T (every content term of the query stands in title or
tags), semantic relation S, intent match I and, read only at 0 1 1, alias A (the same artist by an alias).

    T S I      tier
    1 1 1      good
    0 1 1, A   good
    0 1 1      fair-good
    0 1 0      fair-good
    1 1 0      fair-good
    1 0 any    fair-fair
    0 0 any    bad
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt


class Tier(IntEnum):
    """Relevance of an item to a query, ordered: a greater value is a better item."""

    BAD = 0
    FAIR_FAIR = 1
    FAIR_GOOD = 2
    GOOD = 3

    @property
    def label(self) -> str:
        """The tier's name as people write it: `fair-good`."""
        return self.name.lower().replace("_", "-")


def tier(term: bool, semantic: bool, intent: bool, alias: bool = False) -> Tier:
    """Tier of one pair from its facts T, S, I and A."""
    if not semantic:
        return Tier.FAIR_FAIR if term else Tier.BAD
    if intent and (term or alias):
        return Tier.GOOD
    return Tier.FAIR_GOOD


def tiers(
    term: npt.NDArray[np.bool_],
    semantic: npt.NDArray[np.bool_],
    intent: npt.NDArray[np.bool_],
    alias: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int8]:
    """Tiers of n pairs: four (n,) arrays of facts to an (n,) array of `Tier` values.

    The same table as `tier`; a test compares the two on all sixteen combinations.
    """
    without = np.where(term, Tier.FAIR_FAIR, Tier.BAD)
    related = np.where(intent & (term | alias), Tier.GOOD, Tier.FAIR_GOOD)
    return np.where(semantic, related, without).astype(np.int8)


def relevant(values: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Which of these tiers count as relevant (good and fair-good) in `auc` and `auc_strict`."""
    return values >= Tier.FAIR_GOOD
