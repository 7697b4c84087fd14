"""Listener × video: do they click this artist, uploader, style, language and version more than others?

lift = ln((clicks + k)/(looks · r + k)), r the listener's own smoothed click rate, k = 2 clicks: 0 where
nothing is known.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.batch import Batch
from ranker.features.feature import Feature
from ranker.features.priors import Priors
from ranker.features.statistics import CLICKS, EXPECTED
from ranker.features.transforms import log2p1, smoothed_rate

Array = npt.NDArray[Any]
_STRENGTH: Final = 2.0  # clicks that an unknown taste counts as

FEATURES: Final = (
    Feature("user_artist_lift", "lift", "the listener's clicks on the artist", leak="day"),
    Feature("user_artist_clicks", "count", "the listener's clicks on the artist", leak="day"),
    Feature(
        "user_artist_share", "rate", "share of the listener's clicks that went to the artist", leak="day"
    ),
    Feature("user_uploader_lift", "lift", "the listener's clicks on the uploader", leak="day"),
    Feature("user_style_lift", "lift", "the listener's clicks on the style", leak="day"),
    Feature("user_language_lift", "lift", "the listener's clicks on the language", leak="day"),
    Feature("user_version_lift", "lift", "the listener's clicks on the version", leak="day"),
    Feature("user_video_looks", "count", "looks of the listener at this video", leak="day"),
    Feature("user_video_clicks", "count", "clicks of the listener on this video", leak="day"),
)


def compute(batch: Batch, priors: Priors) -> list[Any]:
    """Values of `FEATURES`: arrays (n,), or 0 for an unknown listener."""
    if batch.user < 0:
        return [0.0] * len(FEATURES)
    whole = batch.sums_of("of_user", batch.user)
    rate = float(smoothed_rate(whole[CLICKS], whole[EXPECTED], *priors.get("of_user", "click")))
    artist = batch.sums_with("user_artist", batch.user, batch.take("artist").astype(np.int64))
    uploader = batch.sums_with("user_uploader", batch.user, batch.take("uploader").astype(np.int64))
    video = batch.sums_with("user_video", batch.user, batch.built)
    kinds = batch.statistics.kinds
    # Computed once a kind, then dealt to the candidates; the last is an unknown kind's.
    lifts = np.append(_lift(kinds.clicks(whole), kinds.looks(whole), rate), 0.0)
    values = zip(("style", "language", "version"), kinds.starts, strict=True)
    dealt = ((batch.take(name), start) for name, start in values)
    return [
        _lift(artist[:, CLICKS], artist[:, EXPECTED], rate),
        log2p1(artist[:, CLICKS]),
        artist[:, CLICKS] / (whole[CLICKS] + _STRENGTH),
        _lift(uploader[:, CLICKS], uploader[:, EXPECTED], rate),
        *(lifts[np.where(kind >= 0, kind + start, -1)] for kind, start in dealt),
        log2p1(video[:, EXPECTED]),
        log2p1(video[:, CLICKS]),
    ]


def _lift(clicks: Array, looks: Array, rate: float) -> Array:
    lift: Array = np.log((clicks + _STRENGTH) / (looks * rate + _STRENGTH))
    return lift
