"""What the log says, by hand, and that what is saved says the same."""

import math

import msgspec
import numpy as np
import polars as pl
import pytest

from ranker.catalog.video import from_table
from ranker.features.builder import FeatureBuilder
from ranker.features.columns import VideoColumns, write
from ranker.features.examination import Examination
from ranker.features.families import all_features
from ranker.features.history import read_log, write_history
from ranker.features.moments import moments
from ranker.features.statistics import STATISTICS, Statistics
from ranker.features.users import write_users
from tests.unit.features.named_values import named
from tests.unit.features.small_catalogue import (
    ARTISTS,
    COVER,
    LIVE,
    NOW,
    OFFICIAL,
    SONGS,
    USERS,
    VIDEOS,
    WILL_LIVE,
)
from tests.unit.features.small_log import EVERY_POSITION, EXPOSURES, SEARCHES, exposure


def days_of(columns, users, exposures=EXPOSURES, searches=SEARCHES):
    """(day, log, statistics) as `moments` yields them, the last being the moment after all days."""
    log = read_log(columns, users, searches, pl.DataFrame(exposures))
    return list(moments(columns, log, EVERY_POSITION))


@pytest.fixture(scope="module")
def days(columns, users):
    return days_of(columns, users)


@pytest.fixture(scope="module")
def at(builder, days, parse):
    """Features of videos before the log's n-th day (3 is after all)."""

    def features(day, text, *rows, user=None):
        built = builder.at(days[day][2]).build(parse(text), user, None, NOW, np.array(rows))
        return named(built)

    return features


def numbers(row, *names):
    return [row[name] for name in names]


def test_before_the_first_day_nothing_is_known(at, builder, parse):
    (row,) = at(0, "周杰伦 晴天", OFFICIAL, user="u1")
    unlogged = builder.build(parse("周杰伦 晴天"), "u1", None, NOW, np.array([OFFICIAL]))
    # All but the site's counts, which lack what the log brought later: 2 plays, 1 like.
    counted = {f"{what}_a_play" for what in ("likes", "favorites", "shares", "comments")}
    counted |= {"plays", "plays_a_day"}
    (expected,) = named(unlogged)
    assert {name: row[name] for name in row.keys() - counted} == {
        name: expected[name] for name in row.keys() - counted
    }


@pytest.mark.parametrize(("day", "plays", "likes"), [(0, 1021, 98), (1, 1022, 99), (2, 1023, 99)])
def test_counts_are_without_what_the_log_brings_later(at, day, plays, likes):
    (row,) = at(day, "晴天", OFFICIAL)
    assert row["plays"] == pytest.approx(math.log2(1 + plays))
    assert row["likes_a_play"] == pytest.approx(math.log((likes + 1) / (plays + 31)))


def test_a_click_rate_is_smoothed(at):
    # The prior is one click in five: (0 + 1)/(0 + 5), then one click of one look, then two of two.
    for day, clicks in ((0, 0), (1, 1), (2, 2), (3, 2)):
        official, cover = at(day, "晴天", OFFICIAL, COVER)
        lift = math.log((clicks + 1) / (clicks + 5) / 0.2)
        assert numbers(official, "video_lift", "video_looks") == pytest.approx([lift, math.log2(1 + clicks)])
        # the cover was shown as often and never clicked
        assert cover["video_lift"] == pytest.approx(math.log(1 / (clicks + 5) / 0.2))


def test_what_follows_a_click_is_counted_by_clicks(at):
    # Two clicks: one effective play, (0.5 + 0.025) watched, one like.
    (row,) = at(3, "晴天", OFFICIAL)
    expected = [math.log((value + 1) / (2 + 5) / 0.2) for value in (1, 0.525, 1)]
    assert numbers(row, "effective_lift", "watch_lift", "like_lift") == pytest.approx(expected, abs=1e-6)


def test_recent_days_weigh_more(at):
    # Both sums: 1, then 1/2 + 1, then faded by the third day: 3/4. The rate of all days is 3/7, its
    # strength 5: ((3/4 + 5·3/7)/(3/4 + 5))/(3/7) = 27/23.
    (row,) = at(3, "晴天", OFFICIAL)
    assert numbers(row, "recent_lift", "recent_looks") == pytest.approx(
        [math.log(27 / 23), math.log2(1.75)], abs=1e-6
    )


def test_clicks_under_the_same_query_artist_and_title(at):
    (same,) = at(3, "周杰伦 晴天", OFFICIAL)
    (artist,) = at(3, "jay chou", OFFICIAL)
    (other,) = at(3, "会不会", OFFICIAL)
    tables = ("query_video_lift", "artist_video_lift", "title_video_lift")
    two = math.log(3 / 7 / 0.2)
    assert numbers(same, *tables) == pytest.approx([two, two, two])
    assert numbers(artist, *tables) == pytest.approx([0, two, 0])
    assert numbers(other, *tables) == pytest.approx([0, 0, 0])


def test_the_query_has_a_rate_of_its_own(at):
    # Four exposures, two clicks, one effective play.
    (row,) = at(3, "周杰伦 晴天", OFFICIAL)
    expected = [math.log2(5), math.log(3 / 9 / 0.2), math.log(2 / 7 / 0.2)]
    assert numbers(row, "query_looks", "query_click_lift", "query_effective_lift") == pytest.approx(expected)


def test_a_listener_has_tastes(at):
    official, cover = at(3, "晴天", OFFICIAL, COVER, user="u1")
    # Three looks, two clicks: (2 + 1)/(3 + 5) = 3/8.
    assert numbers(official, "user_looks", "user_click_lift") == pytest.approx([2, math.log(3 / 8 / 0.2)])
    # Of 周杰伦 (the cover too is resolved to him) two looks, one click: (1 + 2)/(2·3/8 + 2) = 12/11.
    for row in (official, cover):
        assert numbers(row, "user_artist_lift", "user_artist_clicks") == pytest.approx([math.log(12 / 11), 1])
        assert row["user_artist_share"] == pytest.approx(1 / (2 + 2))
    # Of the uploaders one look each: (1 + 2)/(3/8 + 2) and (0 + 2)/(3/8 + 2).
    uploader = [row["user_uploader_lift"] for row in (official, cover)]
    assert uploader == pytest.approx([math.log(24 / 19), math.log(16 / 19)])
    looks = [numbers(row, "user_video_looks", "user_video_clicks") for row in (official, cover)]
    assert looks == [[1, 1], [1, 0]]


def test_a_stranger_has_none(at):
    (row,) = at(3, "晴天", OFFICIAL, user="u9")
    assert {value for name, value in row.items() if name.startswith("user_")} == {0}


def test_an_uploader_is_known_by_all_of_its_videos(at):
    # up2 uploaded the cover, shown twice and never clicked, and the live video, never shown.
    official, live = at(3, "晴天", OFFICIAL, LIVE)
    names = ("uploader_lift", "uploader_looks")
    assert numbers(official, *names) == pytest.approx([math.log(3 / 7 / 0.2), math.log2(3)])
    assert numbers(live, *names) == pytest.approx([math.log(1 / 7 / 0.2), math.log2(3)])


def test_a_play_of_unknown_length_is_effective_by_its_seconds(at):
    (row,) = at(3, "会不会", WILL_LIVE)
    # One click, one effective play, nothing watched of an unknown length.
    expected = [math.log(2 / 6 / 0.2), math.log(1 / 6 / 0.2)]
    assert numbers(row, "effective_lift", "watch_lift") == pytest.approx(expected)


@pytest.fixture
def generation_of(tmp_path, dictionary_folder, analyzer):
    """A generation with a log counted in, and its builder of what was saved."""

    def make(name, table=VIDEOS, exposures=EXPOSURES, searches=SEARCHES):
        folder = tmp_path / name
        write(table, ARTISTS, SONGS, dictionary_folder, folder, analyzer=analyzer)
        write_users(USERS, folder)
        counted = write_history(folder, searches, pl.DataFrame(exposures), analyzer=analyzer)
        return folder, counted

    return make


def test_the_build_serves_what_the_last_moment_says(
    generation_of, users, builder, parse, specification, analyzer
):
    """Trainer and server: saved tables and columns give the features of the moment after the log."""
    folder, counted = generation_of("built")
    assert counted == len(EXPOSURES)
    served = VideoColumns.open(folder, analyzer=analyzer)
    log = read_log(served, users, SEARCHES, pl.DataFrame(EXPOSURES))
    *_, (_, _, last) = moments(served, log, Examination.fit(log))
    statistics = Statistics.open(folder / STATISTICS, served.names)
    rows = np.arange(len(VIDEOS))
    opened = FeatureBuilder(served, users, statistics, specification)
    for text in ("周杰伦 晴天", "会不会", "hebe"):
        one = opened.build(parse(text), "u1", None, NOW, rows)
        other = builder.at(last).build(parse(text), "u1", None, NOW, rows)
        assert one.dense.tolist() == other.dense.tolist()
        assert one.match.tolist() == other.match.tolist()
        assert one.ids.tolist() == other.ids.tolist()


def test_a_video_written_again_keeps_its_statistics_and_a_new_one_has_none(
    generation_of, users, parse, specification, analyzer
):
    folder, _ = generation_of("built")
    served = VideoColumns.open(folder, analyzer=analyzer)
    statistics = Statistics.open(folder / STATISTICS, served.names)
    opened = FeatureBuilder(served, users, statistics, specification)

    def features(*ids):
        return named(opened.build(parse("周杰伦 晴天"), "u1", None, NOW, served.rows(ids)))

    names = ("video_looks", "query_video_lift", "artist_video_looks", "user_video_clicks", "uploader_looks")
    (before,) = features("BV1")
    (video,) = from_table(VIDEOS[:1])
    served.upsert([video, msgspec.structs.replace(video, video_id="BV7")])
    served.close()
    again, new = features("BV1", "BV7")
    assert numbers(again, *names) == numbers(before, *names)
    assert numbers(again, "title_coverage", "artist_in_title") == [1, 1]
    assert numbers(new, *names) == [0, 0, 0, 0, 0]
    assert numbers(new, "title_coverage", "artist_in_title") == [1, 1]


def test_a_log_of_unknown_videos_leaves_no_statistics(generation_of):
    folder, counted = generation_of("empty", exposures=[exposure("r1", "BV9", 1)])
    assert counted == 0  # of an unknown video
    assert not (folder / STATISTICS).exists()


def test_an_unknown_video_is_as_unknown_at_a_moment_of_the_log(at, builder, parse):
    (unknown,) = at(3, "周杰伦 晴天", -1, user="u1")
    (before,) = at(0, "周杰伦 晴天", -1, user="u1")
    of_video = [name for name in unknown if not name.startswith(("query_", "user_"))]
    (unlogged,) = named(builder.build(parse("周杰伦 晴天"), "u1", None, NOW, np.array([-1])))
    for row in (unknown, before):
        assert numbers(row, *of_video) == numbers(unlogged, *of_video)


def test_a_day_does_not_change_its_own_rows(columns, users, builder, parse):
    """Whatever came of a day's exposures, their features are the same; those of the day after are not."""
    other = [row | {"click": not row["click"], "play_seconds": 30.0, "like": True} for row in EXPOSURES]
    rows = np.arange(len(VIDEOS))

    def features(statistics):
        built = builder.at(statistics).build(parse("周杰伦 晴天"), "u1", None, NOW, rows)
        return {name: [row[name] for row in named(built)] for name in named(built)[0]}

    changed = [
        row if row["request_id"] == "r1" else flipped for row, flipped in zip(EXPOSURES, other, strict=True)
    ]
    (_, day, before), (_, _, after) = days_of(columns, users)[1:3]
    (_, same_day, flipped_before), (_, _, flipped_after) = days_of(columns, users, changed)[1:3]
    assert day.click.tolist() == [1, 0]
    assert same_day.click.tolist() == [0, 1]
    counted = {"plays", "plays_a_day"} | {name for name in features(before) if name.endswith("_a_play")}
    first, second = features(before), features(flipped_before)
    assert {name for name in first if first[name] != second[name]} <= counted
    assert features(after)["video_lift"] != features(flipped_after)["video_lift"]


def test_what_only_the_video_says_is_the_same_at_every_moment(days, builder, parse):
    """Of leak class `static`: no day of the log may change it."""
    static = {feature.name for feature in all_features() if feature.leak in ("static", "request")}
    rows = np.arange(len(VIDEOS))
    for text in ("周杰伦 晴天", "会不会", "hebe", "流行"):
        first, *later = (
            named(builder.at(statistics).build(parse(text), "u1", None, NOW, rows))
            for _, _, statistics in days
        )
        for moment in later:
            for one, other in zip(first, moment, strict=True):
                assert {name: one[name] for name in one.keys() & static} == {
                    name: other[name] for name in other.keys() & static
                }
