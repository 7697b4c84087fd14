"""When it is asked. Position and device belong to the position tower, in training only."""

import math
from typing import Any, Final

from ranker.features.batch import Batch
from ranker.features.feature import Block, Feature
from ranker.features.log import DAY_MS, ZONE_OFFSET_MS, day_of
from ranker.features.priors import Priors

FEATURES: Final = (
    Feature("hour_sine", "real", "sine of the hour of day", leak="request"),
    Feature("hour_cosine", "real", "cosine of the hour of day", leak="request"),
    Feature("weekend", "flag", "Saturday or Sunday", leak="request"),
)
TRAINING: Final = (
    Feature("position", "id", "1-based position of the exposure; left out when served", leak="training"),
    Feature("device", "id", "device of the exposure; left out when served", leak="training"),
)
_SATURDAY: Final = 5  # day 0, 1 January 1970, was a Thursday (3)


def _when(batch: Batch, priors: Priors) -> list[Any]:
    del priors
    angle = 2 * math.pi * ((batch.now + ZONE_OFFSET_MS) % DAY_MS) / DAY_MS
    weekday = (int(day_of(batch.now)) + 3) % 7
    return [math.sin(angle), math.cos(angle), weekday >= _SATURDAY]


BLOCKS: Final = (Block("request", FEATURES, _when),)
