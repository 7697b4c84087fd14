"""Listener × video: do they click this artist, uploader, style, language and version more than others?

lift = ln((clicks + k)/(looks · r + k)), r the listener's own smoothed click rate, k = 2 clicks: 0 where
nothing is known.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.batch import Batch
from ranker.features.feature import Block, Feature
from ranker.features.priors import Priors
from ranker.features.statistics import CLICKS, EXPECTED
from ranker.features.transforms import log2p1, smoothed_rate

Array = npt.NDArray[Any]
_TABLES: Final = ("user_artist", "user_uploader", "user_video")
_STRENGTH: Final = 2.0  # clicks that an unknown taste counts as

FEATURES: Final = (
    Feature("user_artist_lift", "lift", "the listener's clicks on the artist", leak="day"),
    Feature("user_artist_clicks", "count", "the listener's clicks on the artist", unit="clicks", leak="day"),
    Feature(
        "user_artist_share", "rate", "share of the listener's clicks that went to the artist", leak="day"
    ),
    Feature("user_uploader_lift", "lift", "the listener's clicks on the uploader", leak="day"),
    Feature("user_style_lift", "lift", "the listener's clicks on the style", leak="day"),
    Feature("user_language_lift", "lift", "the listener's clicks on the language", leak="day"),
    Feature("user_version_lift", "lift", "the listener's clicks on the version", leak="day"),
    Feature("user_video_looks", "count", "looks of the listener at this video", unit="looks", leak="day"),
    Feature("user_video_clicks", "count", "clicks of the listener on this video", unit="clicks", leak="day"),
)


def _tastes(batch: Batch, priors: Priors) -> list[Any]:
    if batch.user < 0:
        return []
    taste = batch.of_user.get("taste")
    if taste is None:
        taste = batch.of_user["taste"] = _taste(batch, priors)
    all_clicks, rate, of_kinds = taste
    sums = np.concatenate([batch.pair_sums[table] for table in _TABLES])
    clicks, looks = sums[..., CLICKS], sums[..., EXPECTED]
    artist_lift, uploader_lift = _lift(clicks[:2], looks[:2], rate)
    artist_clicks, video_looks, video_clicks = log2p1(np.stack((clicks[0], looks[2], clicks[2])))
    return [
        artist_lift,
        artist_clicks,
        clicks[0] / (all_clicks + _STRENGTH),
        uploader_lift,
        *of_kinds.take(batch.kinds),
        video_looks,
        video_clicks,
    ]


def _taste(batch: Batch, priors: Priors) -> tuple[np.float32, float, Array]:
    """The listener's clicks, click rate, and lift of each kind; the last, an unknown kind's, is 0."""
    whole = batch.statistics.tables["of_user"].of(batch.user)
    rate = float(smoothed_rate(whole[CLICKS], whole[EXPECTED], *priors.get("of_user", "click")))
    kinds = batch.statistics.kinds
    lifts = np.zeros(kinds.count + 1, np.float32)
    lifts[:-1] = _lift(kinds.clicks(whole), kinds.looks(whole), rate)
    return whole[CLICKS], rate, lifts


def _lift(clicks: Array, looks: Array, rate: float) -> Array:
    lift: Array = np.log((clicks + _STRENGTH) / (looks * rate + _STRENGTH))
    return lift


BLOCKS: Final = (Block("candidate", FEATURES, _tastes),)
