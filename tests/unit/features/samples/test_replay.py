"""Logged features are computed again as of the request; what isn't equal is found, excused or not."""

import numpy as np
import polars as pl
import pytest

from ranker.catalog.video import from_table
from ranker.features.builder import FeatureBuilder
from ranker.features.columns import VideoColumns, write
from ranker.features.families import dense_features, match_features
from ranker.features.history import write_history
from ranker.features.ids import ID_FEATURES
from ranker.features.request import QueryParser
from ranker.features.samples.recompute import (
    WRITTEN_SINCE,
    CannotRecomputeError,
    OfGeneration,
    Recomputed,
    together,
)
from ranker.features.samples.replay import check
from ranker.features.statistics import STATISTICS, Statistics
from ranker.features.users import UserColumns, write_users
from tests.unit.features.samples.small_world import snapshot
from tests.unit.features.small_catalogue import ARTISTS, NOW, SONGS, USERS, VIDEOS
from tests.unit.features.small_log import EXPOSURES, SEARCHES, exposure

DENSE = [feature.name for feature in dense_features()]
MATCH = [feature.name for feature in match_features()]
IDS = [*VIDEOS["video_id"][:3].to_list(), "BV-未知"]
SCORES = frozenset({"predicted_click"})
ALL = (0, 1 << 60)


class World:
    """A generation of the small catalogue, and a ranker that logs what it sees of it."""

    def __init__(self, root, dictionary_folder, analyzer, specification):
        self.folder = root / "generations" / "videos-1"
        self._analyzer = analyzer
        self.specification = specification
        write(VIDEOS, ARTISTS, SONGS, dictionary_folder, self.folder, analyzer=analyzer)
        write_users(USERS, self.folder)

    def count(self, exposures=EXPOSURES):
        write_history(self.folder, SEARCHES, pl.DataFrame(exposures), analyzer=self._analyzer)

    def open(self):
        return VideoColumns.open(self.folder, analyzer=self._analyzer)

    def scored(self, request_id="r1", text="周杰伦 晴天", user="u1"):
        columns = self.open()
        moment = Statistics.open(self.folder / STATISTICS, columns.names)
        builder = FeatureBuilder(columns, UserColumns.open(self.folder), moment, self.specification)
        parsed = QueryParser(columns.analyzer, columns.names, columns.terms).parse(text)
        features = builder.build(parsed, user, None, NOW, columns.rows(IDS))
        return snapshot(
            request_id,
            now=NOW,
            videos=IDS,
            query=text,
            user=user,
            versions={"features": self.specification.hash},
            dense_names=DENSE,
            id_names=list(ID_FEATURES),
            match_names=MATCH,
            part_names=["predicted_click"],
            parts=np.zeros((len(IDS), 1), "<f4").tobytes(),
            dense=features.dense.tobytes(),
            ids=features.ids.tobytes(),
            match=features.match.tobytes(),
        )

    def recompute(self):
        return OfGeneration(self.folder.parent, {self.specification.hash: self.specification}.get)


@pytest.fixture
def world(tmp_path, dictionary_folder, analyzer, specification):
    return World(tmp_path, dictionary_folder, analyzer, specification)


def test_what_is_computed_again_is_what_was_logged(log, world):
    world.count()
    log.scored(world.scored(), world.scored("r2", "会不会", None))
    report = check(log.tables(), *ALL, world.recompute(), scores=SCORES)
    assert (report.calls, report.candidates) == (2, 8)
    assert set(report.features) == {*DENSE, *MATCH, *ID_FEATURES}
    assert (report.whole.values, report.whole.share, report.whole.unexplained) == (
        8 * len(report.features),
        1.0,
        0,
    )
    assert (report.not_recomputed, report.not_logged) == (set(), set())


def test_a_planted_later_click_is_found(log, world):
    """Had the ranker seen it, the features of the day before would differ: that is what a leak looks like."""
    world.count([*EXPOSURES, exposure("r3", "BV2", 2, play_seconds=100)])
    log.scored(world.scored())
    world.count()
    report = check(log.tables(), *ALL, world.recompute(), scores=SCORES)
    leaking = {name for name, found in report.features.items() if found.unexplained}
    assert {"video_lift", "effective_lift", "user_video_clicks"} <= leaking
    assert report.features["user_video_clicks"].as_json() == {
        "share": 0.75,
        "values": 4,
        "equal": 3,
        "explained": {},
        "unexplained": 1,
        "largest_difference": 1.0,
        "example": {"request_id": "r1", "video_id": "BV2", "logged": 1.0, "recomputed": 0.0},
    }
    assert report.features["title_coverage"].share == 1.0


def test_a_video_that_was_written_since_is_an_excuse_for_itself_alone(log, world):
    log.scored(world.scored())
    columns = world.open()
    (video,) = from_table(VIDEOS.head(1).with_columns(title=pl.lit("会不会")))
    columns.upsert([video])
    columns.close()
    report = check(log.tables(), *ALL, world.recompute(), scores=SCORES)
    coverage = report.features["title_coverage"]
    assert (coverage.values, coverage.equal, dict(coverage.excused)) == (4, 3, {WRITTEN_SINCE: 1})
    assert report.whole.unexplained == 0


def test_what_is_no_longer_there_is_left_out_and_said(log, world):
    log.scored(
        world.scored(),
        snapshot("r2", now=NOW, generation="videos-0", versions={"features": world.specification.hash}),
        snapshot("r3", now=NOW, versions={"features": "older"}),
    )
    report = check(log.tables(), *ALL, world.recompute(), scores=SCORES)
    assert (report.calls, dict(report.skipped)) == (
        1,
        {
            "generation [videos-0] is no longer there": 1,
            "no model has the features [older] any more": 1,
        },
    )


def test_features_that_nobody_recomputes_are_named(log, world):
    def half(logged):
        return Recomputed(
            pl.DataFrame({"plays": [0.0, 10.0], "brand_new": [1, 1]}), np.array(["", ""], object)
        )

    log.scored(snapshot())
    report = check(log.tables(), *ALL, half, scores=SCORES)
    assert report.not_recomputed == {"title_match", "is_live", "artist"}
    assert report.not_logged == {"brand_new"}
    assert report.whole.values == 2


def test_ways_stand_side_by_side(log):
    def plays(logged):
        return Recomputed(pl.DataFrame({"plays": [0.0, 99.0]}), np.array(["", ""], object))

    def live(logged):
        return Recomputed(
            pl.DataFrame({"is_live": [1.0, 1.0]}), np.array(["", "the store was behind"], object)
        )

    log.scored(snapshot())
    report = check(log.tables(), *ALL, together(plays, live), scores=SCORES)
    assert dict(report.features["plays"].excused) == {"the store was behind": 1}
    assert report.features["is_live"].share == 1.0


def test_each_nth_call_is_looked_at_and_times_outside_are_not(log):
    def nothing(logged):
        raise CannotRecomputeError(logged.request_id)

    log.scored(*(snapshot(f"r{number}", now=NOW + number) for number in range(6)))
    assert set(check(log.tables(), *ALL, nothing, every=2).skipped) == {"r0", "r2", "r4"}
    assert set(check(log.tables(), NOW + 4, NOW + 4, nothing).skipped) == {"r4"}


def test_a_missing_value_equals_a_missing_value_and_no_number(log):
    def missing(logged):
        return Recomputed(pl.DataFrame({"plays": [float("nan"), float("nan")]}), np.array(["", ""], object))

    dense = np.array([[0, np.nan], [1, 0]], "<f4").tobytes()
    log.scored(snapshot(dense=dense))
    found = check(log.tables(), *ALL, missing, scores=SCORES).features["plays"]
    assert (found.values, found.equal) == (2, 1)
