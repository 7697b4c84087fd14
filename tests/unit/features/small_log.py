"""Three days of searches over the small catalogue; every position is surely looked at."""

import numpy as np
import polars as pl

from ranker.features.examination import Examination
from tests.unit.features.small_catalogue import DAY, HOUR, NOW

EVERY_POSITION: Examination = Examination(np.ones((1, 1), np.float32), ())

SEARCHES = pl.DataFrame(
    {
        "request_id": ["r1", "r2", "r3"],
        "user_id": ["u1", "u2", "u1"],
        "query": ["周杰伦 晴天", "周杰伦 晴天", "会不会"],
        "now": [NOW - 2 * DAY, NOW - DAY, NOW - HOUR],
        "device": ["phone", "desktop", "phone"],
    }
)


def exposure(request_id, video_id, position, *, play_seconds=None, like=False):
    """One exposure; it is clicked where `play_seconds` are told."""
    return {
        "request_id": request_id,
        "video_id": video_id,
        "position": position,
        "click": play_seconds is not None,
        "play_seconds": float(play_seconds or 0.0),
        "like": like,
        "favorite": False,
        "share": False,
    }


# BV1 lasts 240 seconds: r1 plays half of it, r2 six seconds. The length of BV4 isn't known.
EXPOSURES = (
    exposure("r1", "BV1", 1, play_seconds=120, like=True),
    exposure("r1", "BV2", 2),
    exposure("r2", "BV1", 1, play_seconds=6),
    exposure("r2", "BV2", 2),
    exposure("r3", "BV4", 1, play_seconds=20),
)
