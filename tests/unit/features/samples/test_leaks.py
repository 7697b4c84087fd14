"""A value of the future is planted everywhere it could leak from, and must not be found."""

import numpy as np
import polars as pl
import pytest

from ranker.features.builder import FeatureBuilder
from ranker.features.columns import VideoColumns, write
from ranker.features.history import read_log
from ranker.features.moments import moments
from ranker.features.samples.build import build
from ranker.features.samples.follow import follow_once
from ranker.features.samples.store import SampleStore
from ranker.features.statistics import Statistics
from ranker.features.training_rows import exposure_rows
from ranker.features.users import UserColumns, write_users
from tests.unit.features.samples.small_world import DAYS, MINUTE, NOON, WINDOW, snapshot
from tests.unit.features.small_catalogue import ARTISTS, DAY, NOW, SONGS, USERS, VIDEOS
from tests.unit.features.small_log import EVERY_POSITION, EXPOSURES, SEARCHES, exposure

PLANTED = 987_654.0


def plant(log):
    """After the window, in a later scoring of the same candidate, and in another request of the listener."""
    after = NOON + 30 * MINUTE
    for kind in ("click", "like", "favorite", "share"):
        log.happened(kind, received=after, event_time=NOON + 1)
    log.happened("play", received=after, seconds=PLANTED, event_time=NOON + 1)
    log.happened("impression", received=after, position=77)
    log.scored(snapshot(now=NOON, first=PLANTED), snapshot("later", now=NOON + 40 * MINUTE, first=PLANTED))
    log.happened("impression", request_id="later", received=NOON + 41 * MINUTE, position=77)
    log.happened("play", request_id="later", received=NOON + 41 * MINUTE, seconds=PLANTED)


@pytest.mark.parametrize("planted", [False, True])
@pytest.mark.parametrize("way", ["build", "follow"])
def test_a_sample_holds_nothing_of_after_its_window(log, way, planted):
    log.scored(snapshot())
    log.happened("impression", position=3)
    log.happened("play", seconds=4.0)
    if planted:
        plant(log)
    if way == "build":
        build(log.tables(), log.events(), DAYS, WINDOW)
    else:
        follow_once(log.root, log.tables(), log.events(), WINDOW, 0)
        follow_once(log.root, log.tables(), log.events(), WINDOW, 32 * MINUTE)
    rows = SampleStore(log.root).scan().filter(pl.col("request_id") == "r1").collect()
    (row,) = rows.to_dicts()
    outcome = ("position", "click", "like", "favorite", "share", "play_seconds", "shown_at")
    assert [row[name] for name in outcome] == [3, False, False, False, False, 4.0, NOON + 1_000]
    assert not [value for value in row.values() if value in (PLANTED, PLANTED * 10, PLANTED / 10, 77)]


def features(folder, dictionary_folder, analyzer, specification, exposures, more=()):
    """Of every exposure, each as of its own day; the catalogue counts what the site has by now."""
    added = pl.Series([*more, *[0] * (len(VIDEOS) - len(more))])
    videos = VIDEOS.with_columns(pl.col("plays", "likes") + added)
    write(videos, ARTISTS, SONGS, dictionary_folder, folder, analyzer=analyzer)
    write_users(USERS, folder)
    columns, users = VideoColumns.open(folder, analyzer=analyzer), UserColumns.open(folder)
    log = read_log(columns, users, SEARCHES, pl.DataFrame(exposures))
    start = Statistics.empty({pack: columns.pack(pack) for pack in _packs()}, columns.names)
    builder = FeatureBuilder(columns, users, start, specification)
    walk = ((day, today, builder.at(then)) for day, today, then in moments(columns, log, EVERY_POSITION))
    return exposure_rows(walk, 0)


def _packs():
    from ranker.features.layout import PACKS

    return PACKS


def test_features_of_a_day_hold_nothing_of_that_day_or_a_later_one(
    tmp_path, dictionary_folder, analyzer, specification
):
    """On its last day the log gets, of every video, a thousand clicked, played and liked exposures more."""
    shared = (dictionary_folder, analyzer, specification)
    before = features(tmp_path / "plain", *shared, EXPOSURES)
    later = [
        exposure("r3", video, 1, play_seconds=200, like=True)
        for video in ("BV1", "BV2")
        for _ in range(1_000)
    ]
    after = features(tmp_path / "planted", *shared, [*EXPOSURES, *later], [1_000, 1_000])
    day_of_r3 = NOW - DAY // 24
    kept = np.flatnonzero(after.now < day_of_r3)
    same = np.flatnonzero(before.now < day_of_r3)
    assert len(kept) == len(same) == 4
    for name in ("dense", "ids", "match"):
        np.testing.assert_array_equal(getattr(after.rows, name)[kept], getattr(before.rows, name)[same])
    # Those of the last day itself don't know its planted clicks either.
    last = np.flatnonzero((after.now == day_of_r3) & (after.rows.video == int(before.rows.video[-1])))
    np.testing.assert_array_equal(after.rows.dense[last[0]], before.rows.dense[-1])
