"""The final formula: relevance decides the tier, predicted behaviour the order within it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import yaml

from ranker.errors import InvalidInputError

TIERS: Final = ("fair_fair", "fair_good", "good")
TASKS: Final = ("click", "effective_play", "watch_ratio", "like")
PARTS: Final = ("relevance", *TASKS)
_TIER_OF_ROW: Final = np.arange(4.0)
_ABOVE_BAD: Final = np.arange(1, 4, dtype=np.uint8)[:, None]
_BELOW_ONE: Final = np.nextafter(1.0, 0.0)


@dataclass(frozen=True)
class Formula:
    """tier = max {t : P(tier ≥ t) ≥ tier_at_least[t]}, u = Σ_p weights[p] · part_p / Σ_p weights[p].

    Attributes:
        version: Names this configuration in every answer.
        tier_at_least: Threshold of fair_fair, fair_good and good.
        weights: Weight of each of `PARTS`, 0 or more, not all 0.
    """

    version: str
    tier_at_least: tuple[float, float, float]
    weights: tuple[float, ...]

    @classmethod
    def default(cls) -> "Formula":
        """The one beside this file."""
        return cls.load(Path(__file__).with_name("formula.yaml"))

    @classmethod
    def load(cls, path: Path) -> "Formula":
        """Read a YAML file.

        Raises:
            InvalidInputError: It is no formula, with the field and the value.
        """
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise InvalidInputError(f"the formula [{path}] can't be read: [{error}]") from None
        if not isinstance(data, dict):
            raise InvalidInputError(f"the formula [{path}] is no mapping; see the default formula.yaml")
        _check_names("formula", data, ("version", "tier_at_least", "weights"))
        thresholds = _numbers("tier_at_least", data["tier_at_least"], TIERS, most=1.0)
        weights = _numbers("weights", data["weights"], PARTS, most=float("inf"))
        if not sum(weights) > 0:
            raise InvalidInputError(f"weights {list(weights)} are all 0; give one of them a value")
        return cls(str(data["version"]), (thresholds[0], thresholds[1], thresholds[2]), weights)

    def tier_and_u(
        self, tier_probabilities: npt.NDArray[np.float32], predictions: Mapping[str, npt.NDArray[np.float32]]
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
        """Tier, uint8 (n,) in 0–3, and u, float64 (n,) in [0, 1).

        Args:
            tier_probabilities: (n, 4), bad first; rows sum to 1.
            predictions: Each of `TASKS`, (n,) or (n, 1), in [0, 1].
        """
        probabilities = np.asarray(tier_probabilities, np.float64).T  # (4, n), and so is all below
        # P(tier ≥ t) for t = 1, 2, 3, falling in t.
        reached = np.add.accumulate(probabilities[:0:-1])[::-1]
        passed = reached >= np.array(self.tier_at_least)[:, None]
        tier = (passed * _ABOVE_BAD).max(axis=0)
        parts = np.empty((len(PARTS), len(tier)))
        parts[0] = _TIER_OF_ROW @ probabilities / 3
        for row, task in zip(parts[1:], TASKS, strict=True):
            row[:] = predictions[task].reshape(-1)
        within = np.minimum(np.maximum(parts, 0.0), 1.0)
        u = np.dot(self.weights, within) / sum(self.weights)
        return tier, np.minimum(np.maximum(u, 0.0), _BELOW_ONE)


def _check_names(what: str, data: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name not in data:
            raise InvalidInputError(f"{what} lacks [{name}]")
    for name in data:
        if name not in names:
            raise InvalidInputError(f"{what} has an unknown field [{name}]; known are [{', '.join(names)}]")


def _numbers(what: str, data: Any, names: tuple[str, ...], most: float) -> tuple[float, ...]:
    if not isinstance(data, dict):
        raise InvalidInputError(f"{what} [{data}] is no mapping of [{', '.join(names)}]")
    _check_names(what, data, names)
    for name in names:
        value = data[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise InvalidInputError(f"{what}.{name} [{value}] must be a number from 0 to {most:g}")
    return tuple(float(data[name]) for name in names)
