"""NDCG of an order against true gains."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice, repeat

import numpy as np
from sklearn.metrics import dcg_score


def ndcg(order: Sequence[str], gains: Mapping[str, float], k: int = 10) -> float | None:
    """DCG@k over the ideal DCG@k; a gain at rank i counts by 1 / log₂(1 + i) (Järvelin & Kekäläinen, 2002).

    Args:
        order: Ids, best first; those without a gain here count 0.
        gains: The gain, 0 or more, of every id that any order might show: all orders share one ideal.
        k: Depth, at least 2.

    Returns:
        A share of the ideal in [0, 1]; None where no id has a gain, since no order can be right or wrong.
    """
    ideal = _dcg(sorted(gains.values(), reverse=True), k)
    return _dcg((gains.get(item, 0.0) for item in order), k) / ideal if ideal > 0 else None


def _dcg(gains: Iterable[float], k: int) -> float:
    first = list(islice(chain(gains, repeat(0.0)), k))
    return float(dcg_score([first], [np.arange(k, 0, -1)], ignore_ties=True))
