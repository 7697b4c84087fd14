"""Which smoothing of a click rate tells the clicks of later days best?

Rates are fitted on the exposures before a moment, by item, and asked about those after it: log loss (is it a
good probability?) and AUC (is it a good order?), over all of them, and over those of items that had few
exposures before: there the ways differ. An item without any has each way's own answer: raw and Wilson have
none and take the rate of all, the others their prior's mean.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.errors import InvalidInputError
from ranker.features.beta_binomial import fit_beta, fit_beta_em, log_likelihood
from ranker.features.transforms import smoothed_rate, wilson_lower
from ranker.world.store import World

FEW: Final = 20  # exposures
BY: Final[Mapping[str, tuple[str, ...]]] = {
    "video": ("video_id",),
    "query_video": ("query", "video_id"),
    "user": ("user_id",),
}
_LEAST_CHANCE: Final = 1e-4  # a raw rate of 0 would make one click cost everything
Floats = npt.NDArray[Any]


@dataclass(frozen=True)
class Row:
    """One way: α and β where it has them, and its measures; `few_…` over items with few exposures before.

    `log_likelihood` is of the fitted items under α and β: the higher of two is the better fit.
    """

    way: str
    alpha: float | None
    beta: float | None
    log_likelihood: float | None
    log_loss: float
    auc: float
    few_log_loss: float
    few_auc: float


@dataclass(frozen=True)
class Comparison:
    """Exposures before and after, items, exposures after of items with few before; a row a way."""

    before: int
    after: int
    items: int
    few: int
    rows: Sequence[Row]

    def as_json(self) -> dict[str, Any]:
        """All numbers; what can't be measured (no click among few) is null."""
        data = asdict(self)
        for row in data["rows"]:
            for name, value in row.items():
                if isinstance(value, float) and not np.isfinite(value):
                    row[name] = None
        return data


def of_world(world: World, by: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A world's exposures before and after the end of its training part: `item`, `click`."""
    columns = BY[by]
    table = world.exposures.join(
        world.searches.select("request_id", "query", "user_id", "now"), on="request_id"
    )
    table = table.select(pl.concat_str(columns, separator="\t").alias("item"), "click", "now")
    early = pl.col("now") < world.training_end_ms
    return table.filter(early).drop("now"), table.filter(~early).drop("now")


def of_files(files: Sequence[Path], item: str, click: str) -> pl.DataFrame:
    """Exposures of CSV files (also .gz), a row each: `item`, `click`.

    Raises:
        InvalidInputError: A file can't be read, or lacks a column.
    """
    tables = []
    for file in files:
        try:
            table = pl.read_csv(file, columns=[item, click])
        except (OSError, pl.exceptions.PolarsError) as error:
            raise InvalidInputError(
                f"[{file}] can't be read as exposures with [{item}] and [{click}]:"
                f" {str(error).splitlines()[0]}"
            ) from None
        shown = pl.col(item).cast(pl.String).alias("item")
        tables.append(table.select(shown, click=pl.col(click) == 1))
    return pl.concat(tables)


def compare(before: pl.DataFrame, after: pl.DataFrame) -> Comparison:
    """Fit on `before`, ask about `after`; both have `item` and `click`.

    Raises:
        InvalidInputError: There is nothing to fit, or nothing to ask.
    """
    for name, table in (("before", before), ("after", after)):
        if table.is_empty() or table["click"].n_unique() < 2:
            raise InvalidInputError(
                f"[{len(table)}] exposures {name} the split, clicked all or none: take a longer log"
            )
    items = before.group_by("item", maintain_order=True).agg(
        s=pl.col("click").sum().cast(pl.Float64), n=pl.len().cast(pl.Float64)
    )
    asked = after.join(items, on="item", how="left", maintain_order="left").fill_null(0.0)
    clicked = asked["click"].to_numpy().astype(bool)
    s, n = asked["s"].to_numpy(), asked["n"].to_numpy()
    few = n <= FEW
    fitted = items["s"].to_numpy(), items["n"].to_numpy()
    mean = float(fitted[0].sum() / fitted[1].sum())
    rows = [_row(way, pair, rate(s, n), clicked, few, fitted) for way, pair, rate in _ways(*fitted, mean)]
    return Comparison(len(before), len(after), len(items), int(few.sum()), rows)


_Rate = Callable[[Floats, Floats], Floats]


def _ways(s: Floats, n: Floats, mean: float) -> list[tuple[str, tuple[float, float] | None, _Rate]]:
    def raw(successes: Floats, trials: Floats) -> Floats:
        rates: Floats = np.where(trials > 0, successes / np.maximum(trials, 1), mean)
        return rates

    def wilson(successes: Floats, trials: Floats) -> Floats:
        rates: Floats = np.where(trials > 0, wilson_lower(successes, trials), mean)
        return rates

    ways: list[tuple[str, tuple[float, float] | None, _Rate]] = [
        ("one rate for all", None, lambda _, trials: np.full(len(trials), mean)),
        ("raw rate", None, raw),
        ("Wilson's lower bound", None, wilson),
    ]
    for name, fit in (("moments", _moments), ("Bayes, fixed point", fit_beta), ("Bayes, EM", fit_beta_em)):
        pair = fit(s, n)
        ways.append((name, pair, lambda x, m, pair=pair: smoothed_rate(x, m, *pair)))  # type: ignore[misc]
    return ways


def _moments(s: Floats, n: Floats) -> tuple[float, float]:
    return fit_beta(s, n, rounds=0)


def _row(
    way: str,
    pair: tuple[float, float] | None,
    chance: Floats,
    clicked: npt.NDArray[np.bool_],
    few: npt.NDArray[np.bool_],
    fitted: tuple[Floats, Floats],
) -> Row:
    alpha, beta = pair or (None, None)
    likelihood = log_likelihood(*fitted, *pair) if pair else None
    everywhere = _measures(chance, clicked)
    return Row(way, alpha, beta, likelihood, *everywhere, *_measures(chance[few], clicked[few]))


def _measures(chance: Floats, clicked: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Log loss and AUC; not a number where all were clicked or none."""
    from sklearn.metrics import roc_auc_score

    if not len(clicked) or clicked.all() or not clicked.any():
        return float("nan"), float("nan")
    p = np.clip(chance, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    loss = -float(np.where(clicked, np.log(p), np.log1p(-p)).mean())
    return loss, float(roc_auc_score(clicked, chance))
