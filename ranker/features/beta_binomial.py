"""The prior of a rate: α and β of the beta-binomial, by two ways that climb to the same top.

Item i was tried n_i times with s_i successes, its rate is p_i ~ Beta(α, β). Both ways maximise the likelihood

    L(α, β) = Σ_i ln[B(s_i + α, n_i − s_i + β) / B(α, β)]

(without the binomial coefficients, which α and β don't change). Trials may be fractions (examined shows);
successes above the trials are cut to them; items without trials don't count.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[Any]
Pair = tuple[float, float]
_MOST_ROUNDS: Final = 60
_MOST_EM_ROUNDS: Final = 500  # EM creeps where the rates are alike
_NEWTON_ROUNDS: Final = 8
_LEAST: Final = 1e-3
_MOST: Final = 1e4  # α + β; stronger than that, an item's own trials say nothing
_NOTHING: Final[Pair] = (0.5, 10.0)  # where no success was seen


def fit_beta(successes: Floats, trials: Floats, rounds: int = _MOST_ROUNDS, tolerance: float = 1e-6) -> Pair:
    """α and β by fixed point, started from moments (Wang et al. 2011; Minka 2000).

    The mean α/(α + β) is nearly there after a few rounds, but the strength creeps, the more slowly the fewer
    trials an item has. After the rounds that are the default, `encore eval smoothing` found it a tenth below
    the top for KuaiRand's videos and two fifths below for the demo world's pairs of query and video, costing
    0.0000 and 0.0014 in log loss. More rounds, or `fit_beta_em`, get there and take longer.
    """
    kept = _kept(successes, trials)
    if kept is None:
        return _NOTHING
    return _climb(kept, fixed_point_step, rounds, tolerance)


def fit_beta_em(
    successes: Floats, trials: Floats, rounds: int = _MOST_EM_ROUNDS, tolerance: float = 1e-6
) -> Pair:
    """α and β by expectation maximisation (Dempster et al. 1977) over the items' unseen rates."""
    kept = _kept(successes, trials)
    if kept is None:
        return _NOTHING
    return _climb(kept, em_step, rounds, tolerance)


def fixed_point_step(s: Floats, n: Floats, alpha: float, beta: float) -> Pair:
    """α ← α·Σ[ψ(s + α) − ψ(α)] / Σ[ψ(n + α + β) − ψ(α + β)], β likewise with n − s."""
    from scipy.special import digamma

    total = (digamma(n + alpha + beta) - digamma(alpha + beta)).sum()
    next_alpha = alpha * (digamma(s + alpha) - digamma(alpha)).sum() / total
    next_beta = beta * (digamma(n - s + beta) - digamma(beta)).sum() / total
    return float(next_alpha), float(next_beta)


def em_step(s: Floats, n: Floats, alpha: float, beta: float) -> Pair:
    """One round: what is expected of the items' rates (E), and the beta that such rates come from (M)."""
    return beta_of_logs(*expected_logs(s, n, alpha, beta), (alpha, beta))


def expected_logs(s: Floats, n: Floats, alpha: float, beta: float) -> Pair:
    """E: the means over items of E[ln p] and E[ln(1 − p)], p ~ Beta(s + α, n − s + β).

    E[ln p] = ψ(s + α) − ψ(n + α + β), E[ln(1 − p)] = ψ(n − s + β) − ψ(n + α + β).
    """
    from scipy.special import digamma

    whole = digamma(n + alpha + beta)
    return float((digamma(s + alpha) - whole).mean()), float((digamma(n - s + beta) - whole).mean())


def beta_of_logs(log_p: float, log_q: float, start: Pair) -> Pair:
    """M: the α, β with ψ(α) − ψ(α + β) = log_p and ψ(β) − ψ(α + β) = log_q, by Newton's method."""
    from scipy.special import digamma, polygamma

    alpha, beta = start
    for _ in range(_NEWTON_ROUNDS):
        whole, slope = digamma(alpha + beta), polygamma(1, alpha + beta)
        off = np.array([digamma(alpha) - whole - log_p, digamma(beta) - whole - log_q])
        jacobian = np.array([[polygamma(1, alpha) - slope, -slope], [-slope, polygamma(1, beta) - slope]])
        step = np.linalg.solve(jacobian, off)
        # A step beyond 0 is halved towards it: both stay positive, and Newton takes it from there.
        alpha, beta = max(alpha - step[0], alpha / 2), max(beta - step[1], beta / 2)
    return float(alpha), float(beta)


def log_likelihood(successes: Floats, trials: Floats, alpha: float, beta: float) -> float:
    """L(α, β)."""
    from scipy.special import betaln

    kept = _kept(successes, trials)
    if kept is None:
        return 0.0
    s, n = kept
    return float((betaln(s + alpha, n - s + beta) - betaln(alpha, beta)).sum())


def moments(s: Floats, n: Floats) -> Pair:
    """Start: the pooled rate m, and a strength of m(1 − m)/variance − 1 within [1, 100]."""
    mean = float(np.clip(s.sum() / n.sum(), 1e-4, 1 - 1e-4))
    variance = float(np.average((s / n - mean) ** 2, weights=n))
    strength = float(np.clip(mean * (1 - mean) / max(variance, 1e-9) - 1, 1.0, 100.0))
    return mean * strength, (1 - mean) * strength


def _kept(successes: Floats, trials: Floats) -> tuple[Floats, Floats] | None:
    """Items with trials; None where there is no success among them."""
    kept = trials > 0
    n = np.asarray(trials[kept], np.float64)
    s = np.minimum(np.asarray(successes[kept], np.float64), n)
    return (s, n) if len(n) and s.sum() > 0 else None


def _climb(kept: tuple[Floats, Floats], step: Any, rounds: int, tolerance: float) -> Pair:
    s, n = kept
    alpha, beta = moments(s, n)
    for _ in range(rounds):
        next_alpha, next_beta = step(s, n, alpha, beta)
        moved = abs(next_alpha - alpha) + abs(next_beta - beta)
        alpha, beta = max(next_alpha, _LEAST), max(next_beta, _LEAST)
        if moved < tolerance * (alpha + beta) or alpha + beta > _MOST:
            break
    return alpha, beta
