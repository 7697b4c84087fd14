"""What a candidate's explanation says: the formula with its values, and what gave them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ranker.ranking.explanation import TIER_NAMES, explain_score
from ranker.ranking.formula import TASKS, Formula

# Predictions bear other names than outcomes: both stand in one training row.
PARTS: Final = (*(f"p_{name}" for name in TIER_NAMES), *(f"predicted_{task}" for task in TASKS), "tier", "u")
"""Columns of what is kept of each score."""


@dataclass(frozen=True)
class ScoredBy:
    """What gave scores, as one pipeline is; immutable.

    Attributes:
        generation: The catalogue's.
        versions: Of each model, the formula, the features and the dictionary.
        formula: The final formula.
    """

    generation: str
    versions: Mapping[str, str]
    formula: Formula

    def explain(self, parts: Sequence[float], tier: int, u: float) -> dict[str, Any]:
        """`ranker.ranking.explanation.explain_score`, with `versions` and `generation`.

        Args:
            parts: As `PARTS`; what a candidate was scored by.
            tier: 0 bad to 3 good.
            u: In [0, 1), in the precision of the answer.
        """
        probabilities = dict(zip(TIER_NAMES, parts, strict=False))
        predictions = dict(zip(TASKS, parts[len(TIER_NAMES) :], strict=False))
        explanation = explain_score(self.formula, probabilities, predictions, tier, u)
        return explanation | {"versions": dict(self.versions), "generation": self.generation}
