"""Features by name, as a reader wants them."""

import numpy as np

from ranker.features.builder import FeatureBatch
from ranker.features.families import dense_features, match_features
from ranker.features.ids import ID_FEATURES


def named(features: FeatureBatch) -> list[dict[str, float]]:
    """One dictionary a candidate: dense and match features by name; where both have one they agree."""
    dense = [feature.name for feature in dense_features()]
    match = [feature.name for feature in match_features()]
    rows = []
    for of_dense, of_match in zip(features.dense.tolist(), features.match.tolist(), strict=True):
        row = dict(zip(match, of_match, strict=True))
        for name, value in zip(dense, of_dense, strict=True):
            assert row.setdefault(name, value) == value, name
        rows.append(row)
    return rows


def codes(features: FeatureBatch) -> list[dict[str, int]]:
    """One dictionary a candidate: its id codes by name."""
    assert features.ids.dtype == np.int64
    return [dict(zip(ID_FEATURES, row, strict=True)) for row in features.ids.tolist()]
