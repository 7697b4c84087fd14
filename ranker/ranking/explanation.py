"""How a final score came about: the formula with the values that were put in, for programs and people."""

from collections.abc import Mapping
from typing import Any, Final

from ranker.ranking.formula import PARTS, TASKS, TIERS, Formula

TIER_NAMES: Final = ("bad", *TIERS)
_DIGITS: Final = 6  # models give float32, which has seven


def explain_score(
    formula: Formula,
    tier_probabilities: Mapping[str, float],
    predictions: Mapping[str, float],
    tier: int,
    u: float,
) -> dict[str, Any]:
    """The parts of the score 1 + tier + u, as JSON.

    Args:
        formula: The one that gave tier and u.
        tier_probabilities: By `TIER_NAMES`.
        predictions: By `TASKS`, each in [0, 1].
        tier: 0 bad to 3 good.
        u: In [0, 1).

    Returns:
        score, tier, tier_name, u, tier_probabilities, predictions, and formula: its version, tier_at_least,
        reached (probability of each tier or a better one), weights, values (what u weighs), text.
    """
    probabilities = [tier_probabilities[name] for name in TIER_NAMES]
    reached = {name: sum(probabilities[at:]) for at, name in enumerate(TIERS, 1)}
    relevance = sum(at * probability for at, probability in enumerate(probabilities)) / 3
    values = {"relevance": relevance} | {task: predictions[task] for task in TASKS}
    weights = dict(zip(PARTS, formula.weights, strict=True))
    thresholds = dict(zip(TIERS, formula.tier_at_least, strict=True))
    return {
        "score": 1 + tier + u,
        "tier": tier,
        "tier_name": TIER_NAMES[tier],
        "u": u,
        "tier_probabilities": _rounded(tier_probabilities),
        "predictions": _rounded(predictions),
        "formula": {
            "version": formula.version,
            "tier_at_least": thresholds,
            "reached": _rounded(reached),
            "weights": weights,
            "values": _rounded(values),
            "text": _text(thresholds, reached, weights, values, tier, u),
        },
    }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), _DIGITS) for name, value in values.items()}


def _text(
    thresholds: Mapping[str, float],
    reached: Mapping[str, float],
    weights: Mapping[str, float],
    values: Mapping[str, float],
    tier: int,
    u: float,
) -> str:
    """As `tier 2 fair_good: P(fair_fair+) 0.9 ≥ 0.5, …; u = (0.4·relevance 0.7 + …) / 2 = 0.35; …`."""
    passed = ", ".join(
        f"P({name}+) {reached[name]:.4g} {'≥' if reached[name] >= least else '<'} {least:g}"
        for name, least in thresholds.items()
    )
    weighed = " + ".join(f"{weight:g}·{name} {values[name]:.4g}" for name, weight in weights.items())
    return (
        f"tier {tier} {TIER_NAMES[tier]}: {passed}; u = ({weighed}) / {sum(weights.values()):g} = {u:.4g};"
        f" score = 1 + {tier} + {u:.4g} = {1 + tier + u:.4f}"
    )
