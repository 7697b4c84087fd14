"""The listener: how much and how readily they click."""

from typing import Any, Final

from ranker.features.batch import Batch
from ranker.features.feature import Block, Feature
from ranker.features.log import DAY_MS
from ranker.features.priors import Priors
from ranker.features.statistics import CLICKS, EFFECTIVE, EXPECTED
from ranker.features.transforms import log2p1, log2p1_of, log_lift

FEATURES: Final = (
    Feature("user_known", "flag", "the ranker has columns of the listener", leak="request"),
    Feature("user_looks", "count", "looks of the listener", unit="looks", leak="day"),
    Feature("user_click_lift", "lift", "click rate of the listener", leak="day"),
    Feature("user_effective_lift", "lift", "effective plays per click of the listener", leak="day"),
    Feature("user_age_days", "count", "days since sign-up", unit="days", leak="request"),
)


def _user(batch: Batch, priors: Priors) -> list[Any]:
    clicked = batch.of_user.get("clicked")
    if clicked is None:
        clicked = batch.of_user["clicked"] = _clicked(batch, priors)
    signup = batch.users.value("signup_at", batch.user)
    return [batch.user >= 0, *clicked, log2p1_of((batch.now - signup) / DAY_MS if signup else 0.0)]


def _clicked(batch: Batch, priors: Priors) -> list[Any]:
    sums = batch.statistics.tables["of_user"].of(batch.user)
    return [
        log2p1(sums[EXPECTED]),
        log_lift(sums[CLICKS], sums[EXPECTED], *priors.get("of_user", "click")),
        log_lift(sums[EFFECTIVE], sums[CLICKS], *priors.get("of_user", "effective")),
    ]


BLOCKS: Final = (Block("request", FEATURES, _user),)
