import numpy as np

from ranker.catalog.event import Event
from ranker.features.samples.rows import training_rows
from ranker.features.snapshots.record import SCHEMA, Snapshot
from ranker.serving.explain import PARTS

VIDEOS = ["BV1", "BV2"]


def snapshot(request_id="r1", videos=VIDEOS, u=(0.1, 0.2)):
    count = len(videos)
    return Snapshot(
        schema=SCHEMA,
        request_id=request_id,
        query="晴天",
        user="u1",
        context={},
        now=1000,
        index="videos",
        generation="videos-1",
        versions={},
        video_ids=list(videos),
        dense_names=["title_match"],
        id_names=["device"],
        match_names=["title_match"],
        part_names=list(PARTS),
        dense=np.full((count, 1), 0.5, np.float32).tobytes(),
        ids=np.full((count, 1), 7, np.int64).tobytes(),
        match=np.full((count, 1), 0.5, np.float32).tobytes(),
        coarse=np.arange(count, dtype=np.float32).tobytes(),
        tier=np.full(count, 3, np.uint8).tobytes(),
        u=np.array(u, np.float64).tobytes(),
        parts=np.full((count, len(PARTS)), 0.25, np.float32).tobytes(),
    )


def event(name, kind, video, request_id="r1", **more):
    return Event(
        event_id=name,
        request_id=request_id,
        video_id=video,
        kind=kind,
        event_time=1,
        received_time=2,
        **more,
    )


def test_a_shown_candidate_is_a_row_with_what_came_of_it():
    rows = training_rows(
        [snapshot()],
        [
            event("1", "impression", "BV1", position=4),
            event("2", "click", "BV1"),
            event("3", "play", "BV1", seconds=3.5),
            event("4", "play", "BV1", seconds=9.0),
            event("4", "play", "BV1", seconds=9.0),
            event("5", "click", "BV2"),
        ],
    )
    (row,) = rows.to_dicts()
    assert (row["video_id"], row["position"], row["click"], row["like"], row["play_seconds"]) == (
        "BV1",
        4,
        True,
        False,
        9.0,
    )
    assert (row["title_match"], row["device"], row["coarse_score"]) == (0.5, 7, 0.0)


def test_predictions_stand_beside_outcomes_and_scores_are_as_answered():
    (row,) = training_rows([snapshot()], [event("1", "impression", "BV1", position=1)]).to_dicts()
    assert (row["click"], row["predicted_click"], row["predicted_like"]) == (False, 0.25, 0.25)
    assert (row["tier"], row["u"]) == (3, 0.1)


def test_the_first_scoring_of_a_candidate_counts():
    shown = [event(str(i), "impression", video, position=i) for i, video in enumerate(["BV1", "BV3"], 1)]
    rows = training_rows([snapshot(), snapshot(videos=["BV1", "BV3"], u=(0.7, 0.9))], shown)
    assert rows.select("video_id", "u").rows() == [("BV1", 0.1), ("BV3", 0.9)]


def test_nothing_scored_is_no_row():
    assert training_rows([], [event("1", "click", "BV1")]).is_empty()
