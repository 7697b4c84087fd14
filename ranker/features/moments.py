"""The log day by day: each day's exposures with the statistics of the days before it, and no others."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.catalog.video import COUNTS
from ranker.features.columns import VideoColumns
from ranker.features.examination import Examination
from ranker.features.layout import PACKS
from ranker.features.log import Log
from ranker.features.statistics import Statistics

# The site's count that each column of the log adds to; a click starts a play. Comments aren't logged.
_LOGGED: Final = {"plays": "click", "likes": "like", "favorites": "favorite", "shares": "share"}


def moments(
    columns: VideoColumns, log: Log, examination: Examination
) -> Iterator[tuple[int, Log, Statistics]]:
    """Yield (day, its exposures, the statistics before it), in order; lastly (day after, none, all).

    The catalogue's counts are those of the build: a moment's are these without what the log says came on
    its day or later. What came from elsewhere meanwhile isn't logged and stays in.
    """
    packs = {pack: columns.pack(pack) for pack in PACKS}
    statistics = Statistics.empty(packs, columns.names)
    counts = columns.column("counts")
    later = _logged(log, len(counts))
    days = log.days()
    for day in days:
        today = log.exposures(log.exposure_day == day)
        yield day, today, statistics.with_counts(np.maximum(counts - later, 0.0))
        statistics = statistics.after(today, examination, packs, columns.names)
        later -= _logged(today, len(counts))
    nothing = log.exposures(np.empty(0, np.int64))
    yield days[-1] + 1 if days else 0, nothing, statistics


def _logged(log: Log, rows: int) -> npt.NDArray[Any]:
    counts = np.zeros((rows, len(COUNTS)), np.float32)
    for name, column in _LOGGED.items():
        counts[:, COUNTS.index(name)] = np.bincount(log.video, getattr(log, column), minlength=rows)
    return counts
