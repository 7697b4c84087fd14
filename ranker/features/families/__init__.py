"""Feature families: one file each, a tuple of `Feature` and one function that computes them in that order."""

from typing import Any, Final

from ranker.features.batch import Batch
from ranker.features.families import context, cross, match, query, user, video
from ranker.features.feature import Feature
from ranker.features.priors import Priors
from ranker.understanding.names import VERSIONS

# `match` first: its features are a slice of all.
FAMILIES: Final = (match, query, video, user, cross, context)
# The ranking model has these as ids, with an embedding each.
_ONE_HOT: Final = frozenset(f"{verb}_{name}" for verb in ("is", "wants") for name in VERSIONS)


def all_features() -> tuple[Feature, ...]:
    """Every computed number, in the order of `compute`."""
    return tuple(feature for family in FAMILIES for feature in family.FEATURES)


def match_features() -> tuple[Feature, ...]:
    """The relevance model's `match_features`."""
    return match.FEATURES


def dense_features() -> tuple[Feature, ...]:
    """The ranking model's `dense`."""
    return tuple(feature for feature in all_features() if feature.name not in _ONE_HOT)


def compute(batch: Batch, priors: Priors) -> list[Any]:
    """Values of `all_features`, in order: arrays (n,) or numbers that hold for all candidates."""
    return [value for family in FAMILIES for value in family.compute(batch, priors)]
