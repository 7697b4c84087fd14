"""Parameters of the statistics' smoothing, fitted on training days and kept in the specification."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ranker.features.beta_binomial import fit_beta
from ranker.features.layout import HISTORY_SUMS, get
from ranker.features.statistics import CLICKS, EFFECTIVE, EXPECTED, TABLES, WATCH, Statistics
from ranker.features.transforms import LiftPriors

Pair = tuple[float, float]
VIDEO: Final = "of_video"
UPLOADER: Final = "of_uploader"
_MOST_ITEMS: Final = 5_000  # enough for two parameters, and a fit takes tens of milliseconds
_DEFAULT: Final[Pair] = (1.0, 4.0)
_AT: Final = {name: i for i, name in enumerate(HISTORY_SUMS)}


@dataclass(frozen=True)
class Priors:
    """(α, β) by table and rate: `click` over looks, `effective`, `watch` and `like` over clicks."""

    values: Mapping[str, Mapping[str, Pair]]
    _lifts: dict[tuple[tuple[str, str], ...], LiftPriors] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @classmethod
    def fit(cls, statistics: Statistics) -> Self:
        """Fit all tables of one moment, the end of training."""
        values: dict[str, dict[str, Pair]] = {}
        for name in TABLES:
            sums = statistics.tables[name].sums
            values[name] = _fitted(sums[:, EXPECTED], sums[:, CLICKS], sums[:, EFFECTIVE], sums[:, WATCH])
        history = get(statistics.moment, "history")
        values[VIDEO] = _fitted(
            *(
                history[:, _AT[name]]
                for name in ("expected_clicks", "clicks", "effective_plays", "watch_ratio")
            )
        )
        values[VIDEO]["like"] = fit_beta(history[:, _AT["likes"]], history[:, _AT["clicks"]])
        # Each uploader once: its sums stand at all of its videos.
        of_uploader = np.unique(get(statistics.moment, "uploader_history"), axis=0).T
        values[UPLOADER] = _fitted(of_uploader[0], of_uploader[1], of_uploader[2], of_uploader[2])
        return cls(values)

    @classmethod
    def of(cls, values: Mapping[str, Mapping[str, list[float]]]) -> Self:
        """From the specification's JSON."""
        return cls({t: {r: (p[0], p[1]) for r, p in rates.items()} for t, rates in values.items()})

    def get(self, table: str, rate: str) -> Pair:
        """α and β of a rate; one that was never fitted counts as one success in five."""
        return self.values.get(table, {}).get(rate, _DEFAULT)

    def lifts(self, *rates: tuple[str, str]) -> LiftPriors:
        """Of several (table, rate), for `log_lifts`; made once."""
        found = self._lifts.get(rates)
        if found is None:
            found = self._lifts[rates] = LiftPriors.of([self.get(*rate) for rate in rates])
        return found

    def mean(self, table: str, rate: str) -> float:
        """α/(α + β)."""
        alpha, beta = self.get(table, rate)
        return alpha / (alpha + beta)

    def as_dict(self) -> dict[str, dict[str, list[float]]]:
        """For the specification's JSON."""
        return {t: {r: list(pair) for r, pair in rates.items()} for t, rates in self.values.items()}


_Sums = npt.NDArray[np.float32]


def _fitted(expected: _Sums, clicks: _Sums, effective: _Sums, watch: _Sums) -> dict[str, Pair]:
    if len(expected) > _MOST_ITEMS:
        chosen = np.random.default_rng(0).permutation(len(expected))[:_MOST_ITEMS]
        expected, clicks, effective, watch = (sums[chosen] for sums in (expected, clicks, effective, watch))
    return {
        "click": fit_beta(clicks, expected),
        "effective": fit_beta(effective, clicks),
        "watch": fit_beta(watch, clicks),
    }
