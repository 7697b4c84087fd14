import pytest

from ranker.errors import InvalidInputError
from ranker.features.samples.build import build
from ranker.features.samples.join import Counts
from ranker.features.samples.store import SampleStore
from ranker.features.samples.window import Window
from tests.unit.features.samples.small_world import DAY, DAYS, MINUTE, NOON, WINDOW, snapshot


def built(log, window=WINDOW, **options):
    counts = build(log.tables(), log.events(), DAYS, window, **options)[DAY]
    store = SampleStore(options.get("into") or log.root)
    return store.scan().collect().to_dicts(), counts


def test_a_shown_candidate_is_a_sample_with_features_as_logged_and_what_came_of_it(log):
    log.scored(snapshot())
    log.happened("impression", "BV2", position=4)
    log.happened("impression", "BV2", position=9, received=NOON + 5_000)  # scrolled back to it
    log.happened("click", "BV2")
    log.happened("play", "BV2", seconds=3.5)
    log.happened("play", "BV2", seconds=9.0, received=NOON + 20 * MINUTE)
    log.happened("like", "BV1")  # never shown: no sample
    (row,), counts = built(log)
    assert {name: row[name] for name in ("request_id", "video_id", "position", "click", "like")} == {
        "request_id": "r1",
        "video_id": "BV2",
        "position": 4,
        "click": True,
        "like": False,
    }
    assert (row["play_seconds"], row["shown_at"], row["favorite"], row["share"]) == (
        9.0,
        NOON + 1_000,
        False,
        False,
    )
    assert (row["title_match"], row["plays"], row["artist"], row["is_live"]) == (1.0, 10.0, 7, 1.0)
    assert (row["coarse_score"], row["tier"], row["u"], row["predicted_click"]) == (1.0, 3, 0.1, 0.25)
    assert (row["query"], row["user_id"], row["device"], row["generation"]) == (
        "晴天",
        "u1",
        "phone",
        "videos-1",
    )
    assert (row["versions"], row["now"], row["stage"]) == ('{"mmoe":"1"}', NOON, "shard")
    assert counts == Counts(requests=1, samples=1, events=6)


def test_what_is_received_after_the_window_changes_no_sample_and_is_counted(log):
    log.scored(snapshot())
    log.happened("impression", position=1)
    log.happened("click", received=NOON + 30 * MINUTE - 1)
    log.happened("like", received=NOON + 30 * MINUTE)
    log.happened("share", received=NOON - MINUTE - 1)
    (row,), counts = built(log)
    assert (row["click"], row["like"], row["share"]) == (True, False, False)
    assert (counts.events, counts.late, counts.early) == (2, 1, 1)


def test_the_time_that_a_client_claims_counts_for_nothing(log):
    log.scored(snapshot())
    log.happened("impression", position=1)
    log.happened("like", received=NOON + 40 * MINUTE, event_time=NOON + 1)
    log.happened("click", received=NOON + 1, event_time=NOON + 40 * MINUTE)
    (row,), _ = built(log)
    assert (row["click"], row["like"]) == (True, False)


def test_the_first_scoring_of_a_candidate_counts_and_a_later_page_adds_others(log):
    log.scored(snapshot(), snapshot(videos=("BV2", "BV3"), first=5.0))
    for place, video in enumerate(("BV1", "BV2", "BV3"), 1):
        log.happened("impression", video, position=place)
    rows, counts = built(log)
    assert [(row["video_id"], row["title_match"]) for row in rows] == [
        ("BV1", 0.0),
        ("BV2", 1.0),
        ("BV3", 6.0),
    ]
    assert counts.requests == 1


def test_an_id_that_is_used_again_is_the_request_that_came_first(log):
    log.scored(snapshot(), snapshot(now=NOON + 60 * MINUTE, first=5.0, videos=("BV1", "BV9")))
    log.happened("impression", position=1)
    log.happened("impression", "BV9", position=2, received=NOON + 61 * MINUTE)
    rows, counts = built(log)
    assert [(row["video_id"], row["title_match"]) for row in rows] == [("BV1", 0.0)]
    assert (counts.requests, counts.unscored) == (1, 0)


def test_what_was_shown_but_not_scored_is_counted(log):
    log.scored(snapshot())
    log.happened("impression", "BV8", position=1)
    assert built(log) == ([], Counts(requests=1, samples=0, events=1, unscored=1))


def test_a_day_is_that_of_shanghai_and_windows_reach_over_midnight(log):
    midnight = NOON + 12 * 60 * MINUTE
    log.scored(
        snapshot("last", now=midnight - 1),
        snapshot("next", now=midnight),
    )
    log.happened("impression", request_id="last", position=1, received=midnight + 5 * MINUTE)
    log.happened("impression", request_id="next", position=1, received=midnight + 5 * MINUTE)
    rows, _ = built(log)
    assert [row["request_id"] for row in rows] == ["last"]
    assert [file.day for file in SampleStore(log.root).contents.files] == [DAY]


def test_slices_of_any_size_give_the_same_samples(log):
    for number in range(20):
        log.scored(snapshot(f"r{number}", now=NOON + number // 3 * MINUTE))
        log.happened("impression", request_id=f"r{number}", position=1, received=NOON + number * MINUTE)
    whole, counts = built(log)
    assert built(log, candidates_at_once=1) == (whole, counts)
    assert len(whole) == 20


def test_a_day_built_again_is_there_once(log):
    log.scored(snapshot())
    log.happened("impression", position=1)
    first, _ = built(log)
    log.happened("click", received=NOON + 2 * MINUTE)
    second, _ = built(log)
    assert [row["click"] for row in first] == [False]
    assert [row["click"] for row in second] == [True]
    assert len(list((log.root / "samples").glob("day=*/*.parquet"))) == 1


def test_samples_go_where_they_are_asked_for(log, tmp_path):
    log.scored(snapshot())
    log.happened("impression", position=1)
    rows, _ = built(log, into=tmp_path / "elsewhere")
    assert len(rows) == 1
    assert not (log.root / "samples").exists()


def test_a_day_without_requests_has_no_samples(log):
    assert built(log) == ([], Counts())


def test_features_that_came_later_are_null_before(log):
    log.scored(snapshot(), snapshot("r2", dense_names=["title_match", "brand_new"]))
    log.happened("impression", position=1)
    log.happened("impression", request_id="r2", position=1)
    rows, _ = built(log)
    assert [(row["plays"], row["brand_new"]) for row in rows] == [(0.0, None), (None, 0.0)]


def test_two_writers_of_the_same_samples_are_refused(log):
    with SampleStore.writing(log.root), pytest.raises(InvalidInputError) as error:
        built(log)
    assert str(error.value) == f"samples [{log.root / 'samples'}] are being written by another process"


def test_a_shorter_window_has_fewer_outcomes(log):
    log.scored(snapshot())
    log.happened("impression", position=1)
    log.happened("click", received=NOON + 2 * MINUTE)
    (row,), _ = built(log, Window(length=MINUTE))
    assert row["click"] is False
