"""The video: how it does with everybody, how well it is made, how new it is."""

import math
from typing import Any, Final

import numpy as np

from ranker.catalog.video import COUNTS
from ranker.features.batch import Batch
from ranker.features.cells import Cells
from ranker.features.feature import Block, Feature
from ranker.features.layout import HISTORY_SUMS
from ranker.features.log import DAY_MS
from ranker.features.priors import UPLOADER, VIDEO, Priors
from ranker.features.transforms import log2p1, log_lift

_AT: Final = {name: i for i, name in enumerate(HISTORY_SUMS)}
# Of the site's counts: what a play brings on average, as the prior of the ratios; ours.
_RATIO_ALPHA: Final = 1.0
_RATIO_BETA: Final = 30.0
_RATIO_UNKNOWN: Final = round(math.log(_RATIO_ALPHA / (_RATIO_ALPHA + _RATIO_BETA)), 6)
_NORMAL_SECONDS: Final = 240.0
_UNKNOWN_DAYS: Final = 365.0  # an upload's age where plays a day need one
_UNKNOWN_AGE: Final = 9.0  # log₂ of a year and a half

HISTORY: Final = (
    Feature("effective_lift", "lift", "effective plays per click", leak="day"),
    Feature("watch_lift", "lift", "mean share watched of a click", leak="day"),
    Feature("like_lift", "lift", "likes per click", leak="day"),
    Feature("recent_lift", "lift", "click rate of the last days over that of all", leak="day"),
    Feature("recent_looks", "count", "looks of the last days", unit="looks", leak="day"),
)
COUNTED: Final = (
    Feature("plays", "count", "plays on the site", unit="plays", leak="day"),
    Feature("likes_a_play", "real", "ln of smoothed likes per play", default=_RATIO_UNKNOWN, leak="day"),
    Feature(
        "favorites_a_play", "real", "ln of smoothed favourites per play", default=_RATIO_UNKNOWN, leak="day"
    ),
    Feature("shares_a_play", "real", "ln of smoothed shares per play", default=_RATIO_UNKNOWN, leak="day"),
    Feature(
        "comments_a_play", "real", "ln of smoothed comments per play", default=_RATIO_UNKNOWN, leak="day"
    ),
)
AGE: Final = (
    Feature("plays_a_day", "count", "plays on the site by days since upload", unit="plays/day", leak="day"),
    Feature("age_days", "count", "days since upload", unit="days", default=9.0, leak="request"),
    Feature("fresh", "real", "2^(−days since upload / 3)", leak="request"),
)
MADE: Final = (
    Feature("duration", "real", "ln of the duration over four minutes"),
    Feature("resolution", "real", "log₂ of the height over 720", unit="octaves"),
    Feature("reviewed", "flag", "a person has looked at it"),
    Feature("title_length", "count", "code points of the title", unit="code points"),
)
GROUPS: Final = (
    Feature("uploader_lift", "lift", "click rate of the uploader's videos", leak="day"),
    Feature(
        "uploader_effective_lift", "lift", "effective plays per click of the uploader's videos", leak="day"
    ),
    Feature("uploader_looks", "count", "looks at the uploader's videos", unit="looks", leak="day"),
    Feature("artist_looks", "count", "looks at the resolved artist's videos", unit="looks", leak="day"),
    Feature("artist_channel", "flag", "the uploader's name names an artist"),
    Feature("video_known", "flag", "the ranker has columns of it"),
)
FEATURES: Final = (*HISTORY, *COUNTED, *AGE, *MADE, *GROUPS)


def _history(cells: Cells, priors: Priors) -> list[Any]:
    sums = cells.take("history").T
    expected, clicks = sums[_AT["expected_clicks"]], sums[_AT["clicks"]]
    alpha, beta = priors.get(VIDEO, "click")
    rate = (clicks + alpha) / (expected + alpha + beta)
    strength = alpha + beta
    recent_expected, recent_clicks = sums[_AT["recent_expected_clicks"]], sums[_AT["recent_clicks"]]
    recent = (recent_clicks + strength * rate) / (recent_expected + strength)
    return [
        log_lift(sums[_AT["effective_plays"]], clicks, *priors.get(VIDEO, "effective")),
        log_lift(sums[_AT["watch_ratio"]], clicks, *priors.get(VIDEO, "watch")),
        log_lift(sums[_AT["likes"]], clicks, *priors.get(VIDEO, "like")),
        np.log(recent / rate),
        log2p1(recent_expected),
    ]


def _counts(cells: Cells, priors: Priors) -> list[Any]:
    del priors
    counts = cells.take("counts").T
    plays = counts[COUNTS.index("plays")]
    ratios = (counts[1:] + _RATIO_ALPHA) / (plays + (_RATIO_ALPHA + _RATIO_BETA))
    return [log2p1(plays), *np.log(ratios)]


def _age(batch: Batch, priors: Priors) -> list[Any]:
    del priors
    uploaded = batch.uploaded_at
    known = uploaded > 0
    days = np.maximum(batch.now - uploaded, 0) / DAY_MS
    a_day = batch.number("play_count") / np.maximum(np.where(known, days, _UNKNOWN_DAYS), 1.0)
    a_day, age = log2p1(np.stack((a_day, days)))
    return [a_day, np.where(known, age, _UNKNOWN_AGE), np.where(known, np.exp2(-days / 3.0), 0.0)]


def _made(cells: Cells, priors: Priors) -> list[Any]:
    del priors
    duration, height = cells.take("duration_seconds"), cells.take("resolution")
    return [
        np.where(duration > 0, np.log(np.maximum(duration, 1.0) / _NORMAL_SECONDS), 0.0),
        np.where(height > 0, np.log2(np.maximum(height, 1) / 720.0), 0.0),
        cells.take("reviewed"),
        log2p1(cells.take("title_length")),
    ]


def _groups(cells: Cells, priors: Priors) -> list[Any]:
    looks, clicks, effective = cells.take("uploader_history").T
    return [
        log_lift(clicks, looks, *priors.get(UPLOADER, "click")),
        log_lift(effective, clicks, *priors.get(UPLOADER, "effective")),
        log2p1(looks),
        log2p1(cells.take("artist_history")[:, 0]),
        cells.take("uploader_artist") >= 0,
        cells.known,
    ]


BLOCKS: Final = (
    Block("video", HISTORY, _history),
    Block("video", COUNTED, _counts),
    Block("candidate", AGE, _age),
    Block("video", MADE, _made),
    Block("video", GROUPS, _groups),
)
