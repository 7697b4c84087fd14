"""The log's statistics as of a build, written beside a generation's columns."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from ranker.features.columns import VideoColumns, write_moment
from ranker.features.examination import Examination
from ranker.features.log import Log
from ranker.features.moments import moments
from ranker.features.request import QueryParser
from ranker.features.statistics import STATISTICS, Statistics
from ranker.features.users import UserColumns
from ranker.text.analyzer import Analyzer

Progress = Callable[[int, int], None]


def write_history(
    folder: Path,
    searches: pl.DataFrame,
    exposures: pl.DataFrame,
    *,
    analyzer: Analyzer | None = None,
    progress: Progress | None = None,
) -> int:
    """Count the log into a generation whose columns and users are written; returns the exposures counted.

    Args:
        folder: The generation's, not yet open elsewhere.
        searches: `request_id, user_id, query, now, device`.
        exposures: `request_id, video_id, position, click, play_seconds, like, favorite, share`.
        analyzer: The generation's, where the caller has loaded it already.
        progress: Told (days done, days in all).
    """
    columns = VideoColumns.open(folder, analyzer=analyzer)
    log = read_log(columns, UserColumns.open(folder), searches, exposures)
    if not len(log.video):
        return 0
    days = len(log.days())
    last: Statistics | None = None
    for done, (_, _, statistics) in enumerate(moments(columns, log, Examination.fit(log))):
        last = statistics
        if progress:
            progress(done, days)
    assert last is not None
    last.save(folder / STATISTICS)
    write_moment(folder, last.moment)
    return len(log.video)


def read_log(
    columns: VideoColumns, users: UserColumns, searches: pl.DataFrame, exposures: pl.DataFrame
) -> Log:
    """The tables as arrays over the generation's rows."""
    parser = QueryParser(columns.analyzer, columns.names, columns.terms)
    return Log.make(
        searches,
        exposures,
        video_rows=columns.rows,
        user_rows=users.rows,
        duration=columns.column("duration_seconds"),
        parse=parser.parse,
    )
