"""Feature families: one file each, features in blocks that one function computes; see `feature.Block`."""

from typing import Final

import numpy as np
import numpy.typing as npt

from ranker.features.cells import Cells
from ranker.features.families import context, cross, match, query, user, video
from ranker.features.feature import Block, Feature
from ranker.features.priors import Priors
from ranker.understanding.names import VERSIONS

# `match` first: its features are a slice of all.
FAMILIES: Final = (match, query, video, user, cross, context)
BLOCKS: Final[tuple[Block, ...]] = tuple(block for family in FAMILIES for block in family.BLOCKS)
# The ranking model has these as ids, with an embedding each.
_ONE_HOT: Final = frozenset(f"{verb}_{name}" for verb in ("is", "wants") for name in VERSIONS)
OF_VIDEO: Final = tuple(feature.name for block in BLOCKS if block.of == "video" for feature in block.features)


def of_videos(cells: Cells, priors: Priors) -> npt.NDArray[np.float32]:
    """The features that depend on videos alone, (n, `OF_VIDEO`)."""
    values = np.empty((cells.count, len(OF_VIDEO)), np.float32)
    computed = [column for block in BLOCKS if block.of == "video" for column in block.compute(cells, priors)]
    for i, column in enumerate(computed):
        values[:, i] = column
    return values


def all_features() -> tuple[Feature, ...]:
    """Every computed number, in the order of `compute`."""
    return tuple(feature for block in BLOCKS for feature in block.features)


def match_features() -> tuple[Feature, ...]:
    """The relevance model's `match_features`."""
    return match.FEATURES


def dense_features() -> tuple[Feature, ...]:
    """The ranking model's `dense`."""
    return tuple(feature for feature in all_features() if feature.name not in _ONE_HOT)
