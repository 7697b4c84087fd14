"""Formulas that turn sums into features; each has a test that a reader can do by hand.

What the priors of the smoothing are fitted by is `beta_binomial`; how ids become codes, `id_dictionary`.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[Any]


def smoothed_rate(successes: Floats, trials: Floats, alpha: float, beta: float) -> Floats:
    """Bayesian smoothing, (s + α)/(n + α + β) (Wang et al. 2011); without trials the prior mean α/(α + β)."""
    return (successes + alpha) / (trials + (alpha + beta))


def log_lift(successes: Floats, trials: Floats, alpha: float, beta: float) -> Floats:
    """ln of the smoothed rate over the prior mean: 0 where nothing is known."""
    lift: Floats = np.log(smoothed_rate(successes, trials, alpha, beta) * ((alpha + beta) / alpha))
    return lift


class LiftPriors(NamedTuple):
    """α, α + β and (α + β)/α of k priors, each float32 (k, 1): `log_lift` of k rows at once."""

    alpha: Floats
    strength: Floats
    inverse_mean: Floats

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, float]]) -> Self:
        """Of (α, β) a row."""
        columns = [(a, a + b, (a + b) / a) for a, b in pairs]
        return cls(*np.array(columns, np.float32).T[:, :, None])


def log_lifts(successes: Floats, trials: Floats, priors: LiftPriors) -> Floats:
    """`log_lift` of rows with a prior each, float32 (k, n)."""
    lifts: Floats = np.log((successes + priors.alpha) / (trials + priors.strength) * priors.inverse_mean)
    return lifts


def wilson_lower(successes: Floats, trials: Floats, z: float = 1.96) -> Floats:
    """Wilson's lower bound (p + z²/2n − z√(p(1 − p)/n + z²/4n²))/(1 + z²/n); 0 without trials.

    The lower end of the score interval (Wilson, Journal of the American Statistical Association, 1927): good
    for orders in which little evidence shall not win, too low as a probability.
    """
    n = np.maximum(np.asarray(trials, np.float64), 1e-12)
    p = np.clip(successes / n, 0.0, 1.0)
    centre = p + z * z / (2 * n)
    spread = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    bound: Floats = np.where(np.asarray(trials) > 0, (centre - spread) / (1 + z * z / n), 0.0)
    return bound


def log2p1(values: Floats) -> Floats:
    """log₂(1 + x), the scale of soft log buckets; x below 0 counts as 0."""
    return np.log2(1.0 + np.maximum(values, 0.0))


def log2p1_of(value: float) -> float:
    """`log2p1` of one number that holds for all candidates."""
    return math.log2(1.0 + max(value, 0.0))


def soft_buckets(values: Floats, buckets: int) -> Floats:
    """Soft log buckets of x: with v = log₂(1 + x), bucket ⌊v⌋ has weight 1 − frac(v), the next one frac(v).

    Shape (n,) to (n, buckets); v beyond the last bucket counts in the last.
    """
    v = np.minimum(log2p1(np.asarray(values, np.float64)), buckets - 1)
    weights: Floats = np.maximum(0.0, 1.0 - np.abs(v[:, None] - np.arange(buckets)))
    return weights


def example_age(log_time: Floats, window_end: int) -> Floats:
    """Days from a sample's log time to the end of the training window, ≥ 0; 0 when serving.

    Covington et al., RecSys 2016: so that a model learns what is new by its age, and not the window's mean.
    """
    age: Floats = np.maximum(window_end - log_time, 0) / 86_400_000
    return age
