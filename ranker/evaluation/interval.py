"""Means with their confidence intervals, by bootstrap over queries."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap

_RESAMPLES = 2_000


@dataclass(frozen=True)
class Interval:
    """A mean over `count` queries and its 95 % percentile interval."""

    mean: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{self.mean:.4f} [{self.low:.4f}, {self.high:.4f}]"


def mean_interval(values: npt.NDArray[np.float64], seed: int = 7) -> Interval:
    """The mean of one value a query, shape (queries,); the interval is the point itself below 2 queries."""
    if len(values) == 0:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    mean = float(values.mean())
    if len(values) == 1 or np.ptp(values) == 0:
        return Interval(mean, mean, mean, len(values))
    result = bootstrap(
        (values,),
        np.mean,
        n_resamples=_RESAMPLES,
        batch=200,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = result.confidence_interval
    return Interval(mean, float(low), float(high), len(values))
