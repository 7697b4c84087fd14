"""One suite, two backends: what is counted, for what, and within which days.

Spark takes seconds for each run, so the tests write into one log, each about videos and listeners of its own.
"""

import pytest

from ranker.features.daily.job import run
from ranker.features.daily.output import folder_of
from ranker.features.daily.windows import KEYS
from tests.contract.statistics.tables import DAY, HOUR, event, read, source

DAY_MS = 24 * HOUR
MADE: dict[str, dict[str, dict[tuple[str, ...], dict[str, int]]]] = {}

KINDS = {"impression": 6, "click": 5, "play": 4, "like": 3, "favorite": 2, "share": 1}
OF_DAYS = [
    event("r0", "days", "click", ago)
    for ago in (
        0,  # midnight: the day itself
        -HOUR,
        1,
        DAY_MS,
        DAY_MS + 1,
        7 * DAY_MS,
        7 * DAY_MS + 1,
        30 * DAY_MS,
        30 * DAY_MS + 1,
    )
]
OF_KINDS = [event("r0", "kinds", kind, HOUR) for kind, times in KINDS.items() for _ in range(times)]
PLAYS = {
    "of 200 seconds, for 15": (200.0, 15.0, True),
    "of 200 seconds, for less": (200.0, 14.999, False),
    "of 20 seconds, half": (20.0, 10.0, True),
    "of 20 seconds, less": (20.0, 9.999, False),
    "of no duration, for 15": (None, 15.0, True),
    "of no duration, for less": (None, 14.0, False),
    "of duration 0, for less": (0.0, 14.0, False),
    "played for nobody knows how long": (200.0, None, False),
}
OF_PLAYS = [event("r0", video, "play", HOUR, seconds=played) for video, (_, played, _) in PLAYS.items()]
OF_GROUPS = [
    event("r0", "by up1 and jay", "click", HOUR),
    event("r0", "by up1", "click", HOUR),
    event("r0", "by jay", "click", 3 * DAY_MS),
    event("r0", "in no catalogue", "click", HOUR),
]
OF_QUERIES = [
    event("r1", "asked", "click", HOUR),
    event("r2", "asked", "click", 2 * DAY_MS),
    event("lost", "asked", "click", HOUR),
]
OF_LISTENERS = [
    event("r1", "by hebe", "like", 2 * DAY_MS),
    event("r2", "by hebe", "like", 2 * DAY_MS, user="u2"),
    event("r2", "by hebe", "like", 2 * DAY_MS),  # a stranger's
    event("r1", "by nobody", "like", 2 * DAY_MS),  # of no artist
    event("lost", "also by hebe", "like", 2 * DAY_MS, user="u2"),
]
EVENTS = [*OF_DAYS, *OF_KINDS, *OF_PLAYS, *OF_GROUPS, *OF_QUERIES, *OF_LISTENERS]
EVENTS.append(event("r0", "of a later schema", "comment", HOUR))
REQUESTS = [("r1", "晴天", "u1"), ("r2", "会不会", None), ("r1", "晴天", "u1")]
VIDEOS = [
    ("by up1 and jay", "up1", "jay", 200.0),
    ("by up1", "up1", None, None),
    ("by jay", None, "jay", 200.0),
    ("by hebe", None, "hebe", None),
    ("also by hebe", None, "hebe", None),
    *((video, None, None, length) for video, (length, _, _) in PLAYS.items()),
]


def silent(stage, done, size):
    pass


@pytest.fixture
def made(backend, tmp_path):
    if backend.name not in MADE:
        run(backend, source(tmp_path, EVENTS, REQUESTS, VIDEOS), DAY, tmp_path / "statistics", silent)
        folder = folder_of(tmp_path / "statistics", DAY)
        MADE[backend.name] = {entity: read(folder, entity) for entity in KEYS}
    return MADE[backend.name]


def test_a_window_holds_whole_days_before_the_day_and_nothing_of_it(made):
    assert made["video"][("days",)] == {"clicks_1d": 2, "clicks_7d": 4, "clicks_30d": 6}


def test_each_kind_has_its_counter(made):
    found = made["video"][("kinds",)]
    assert {name: count for name, count in found.items() if name.endswith("_1d")} == {
        "impressions_1d": 6,
        "clicks_1d": 5,
        "plays_1d": 4,
        "likes_1d": 3,
        "favorites_1d": 2,
        "shares_1d": 1,
    }


def test_a_kind_of_a_later_schema_counts_nowhere(made):
    assert made["video"][("of a later schema",)] == {}


@pytest.mark.parametrize("video", PLAYS)
def test_a_play_is_effective_from_15_seconds_or_half_of_the_video(made, video):
    assert made["video"][(video,)].get("effective_plays_1d", 0) == PLAYS[video][2]


def test_an_uploader_and_an_artist_have_what_their_videos_have(made):
    assert made["uploader"] == {("up1",): {"clicks_1d": 2, "clicks_7d": 2, "clicks_30d": 2}}
    assert made["artist"][("jay",)] == {"clicks_1d": 1, "clicks_7d": 2, "clicks_30d": 2}


def test_a_query_is_that_of_the_events_request_and_counts_once_though_it_was_logged_twice(made):
    found = {key[0]: counts for key, counts in made["query_video"].items() if "clicks_30d" in counts}
    assert found == {
        "会不会": {"clicks_7d": 1, "clicks_30d": 1},
        "晴天": {"clicks_1d": 1, "clicks_7d": 1, "clicks_30d": 1},
    }


def test_a_listener_is_the_events_else_the_requests(made):
    one, two = {"likes_7d": 1, "likes_30d": 1}, {"likes_7d": 2, "likes_30d": 2}
    assert made["user_artist"] == {("u1", "hebe"): one, ("u2", "hebe"): two}


def test_without_a_log_every_table_is_empty(backend, tmp_path):
    run(backend, source(tmp_path), DAY, tmp_path / "statistics", silent)
    folder = folder_of(tmp_path / "statistics", DAY)
    assert [read(folder, entity) for entity in KEYS] == [{}] * len(KEYS)
