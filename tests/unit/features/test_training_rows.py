"""Training rows see the days before their own, and no position."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ranker.features.columns import VideoColumns, write
from ranker.features.history import read_log
from ranker.features.moments import moments
from ranker.features.training_rows import device_code, exposure_rows, pair_rows
from tests.unit.features.named_values import named
from tests.unit.features.small_catalogue import ARTISTS, COVER, NOW, OFFICIAL, SONGS, VIDEOS
from tests.unit.features.small_log import EVERY_POSITION, EXPOSURES, SEARCHES, exposure


@pytest.fixture(scope="module")
def rows_of(columns, users, builder):
    """Training rows of a log, over the session's columns or others."""

    def rows(exposures=EXPOSURES, searches=SEARCHES, *, of=columns, warm_up=0, progress=None):
        log = read_log(of, users, searches, pl.DataFrame(exposures))
        days = moments(of, log, EVERY_POSITION)
        return exposure_rows(((day, today, builder.at(s)) for day, today, s in days), warm_up, progress)

    return rows


def same(one, other):
    return all((getattr(one, name) == getattr(other, name)).all() for name in ("dense", "ids", "match"))


def test_a_row_is_an_exposure_with_what_came_of_it(rows_of):
    rows = rows_of()
    assert rows.rows.video.tolist() == [0, 1, 0, 1, 3]
    assert rows.rows.query.tolist() == [0, 0, 0, 0, 1]
    assert rows.position.tolist() == [1, 2, 1, 2, 1]
    assert rows.device.tolist() == [1, 1, 3, 3, 1]
    assert rows.now.tolist() == [SEARCHES["now"][i] for i in (0, 0, 1, 1, 2)]
    assert rows.click.tolist() == [1, 0, 1, 0, 1]
    assert rows.effective.tolist() == [1, 0, 0, 0, 1]
    assert rows.watch.tolist() == pytest.approx([0.5, 0, 0.025, 0, 0])
    assert rows.like.tolist() == [1, 0, 0, 0, 0]


def test_the_first_day_knows_nothing_and_the_second_the_first(rows_of):
    looks = [row["video_looks"] for row in named(rows_of().rows)]
    assert looks == [0, 0, 1, 1, 0]  # log₂(1 + one look)


def test_days_of_the_warm_up_give_statistics_and_no_rows(rows_of):
    every, later = rows_of(), rows_of(warm_up=1)
    assert len(later.rows) == 3
    assert (later.rows.dense == every.rows.dense[2:]).all()
    assert later.click.tolist() == every.click[2:].tolist()


def test_progress_is_told_by_days(rows_of):
    told = []
    rows_of(progress=lambda *done: told.append(done))
    assert told == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_a_click_changes_no_row_of_its_day_or_before(
    rows_of, tmp_path, columns, users, builder, dictionary_folder, analyzer
):
    """A click of the last day is planted; the site counted its play, as it counts all."""
    planted = (*EXPOSURES, exposure("r3", "BV2", 2, play_seconds=100, like=True))
    counted = VIDEOS.with_columns(
        plays=VIDEOS["plays"] + (VIDEOS["video_id"] == "BV2").cast(pl.Int64),
        likes=VIDEOS["likes"] + (VIDEOS["video_id"] == "BV2").cast(pl.Int64),
    )
    write(counted, ARTISTS, SONGS, dictionary_folder, tmp_path, analyzer=analyzer)
    other = VideoColumns.open(tmp_path, analyzer=analyzer)
    before, after = rows_of(), rows_of(planted, of=other)
    assert len(after.rows) == len(before.rows) + 1
    for name in ("dense", "ids", "match"):
        assert (getattr(after.rows, name)[:5] == getattr(before.rows, name)).all()
    # The day after sees it.
    for of, exposures, looks in ((columns, EXPOSURES, 2), (other, planted, 3)):
        log = read_log(of, users, SEARCHES, pl.DataFrame(exposures))
        *_, (_, _, last) = moments(of, log, EVERY_POSITION)
        built = builder.at(last).build(log.queries[0], None, None, NOW, np.array([COVER]))
        assert named(built)[0]["video_looks"] == pytest.approx(np.log2(1 + looks))


outcomes = st.builds(
    lambda seconds, like: {"click": seconds is not None, "play_seconds": seconds or 0.0, "like": like},
    st.none() | st.floats(0, 500),
    st.booleans(),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(outcomes, min_size=3, max_size=3))
def test_what_comes_of_a_row_is_not_in_it(rows_of, changed):
    """Whatever became of the second day's exposures and later: the rows up to that day are the same."""
    exposures = (*EXPOSURES[:2], *(e | new for e, new in zip(EXPOSURES[2:], changed, strict=True)))
    rows, plain = rows_of(exposures).rows, rows_of().rows
    counts = {"plays", "plays_a_day", *(f"{x}_a_play" for x in ("likes", "favorites", "shares", "comments"))}
    for one, other in zip(named(rows)[:4], named(plain)[:4], strict=True):
        # The catalogue's counts are those of the build: fewer later clicks leave more of them for before.
        assert {k: v for k, v in one.items() if k not in counts} == {
            k: v for k, v in other.items() if k not in counts
        }


def test_position_is_no_feature(rows_of):
    swapped = tuple(e | {"position": 3 - e["position"]} if e["request_id"] != "r3" else e for e in EXPOSURES)
    one, other = rows_of(), rows_of(swapped)
    assert other.position.tolist() == [1, 2, 1, 2, 1]
    order = [1, 0, 3, 2, 4]  # rows stand by position
    assert other.rows.video.tolist() == one.rows.video[order].tolist()
    for name in ("dense", "ids", "match"):
        assert (getattr(other.rows, name) == getattr(one.rows, name)[order]).all()


def test_device_is_no_feature(rows_of):
    other = rows_of(searches=SEARCHES.with_columns(device=pl.lit("tablet")))
    assert same(other.rows, rows_of().rows)
    assert other.device.tolist() == [2] * 5


@pytest.mark.parametrize(("device", "code"), [("phone", 1), ("desktop", 3), ("watch", 0), (None, 0), (1, 0)])
def test_devices_have_codes(device, code):
    assert device_code(device) == code


def test_pairs_come_by_query_in_a_stable_order(builder, parse):
    queries = [parse("周杰伦 晴天"), parse("hebe")]
    rows, order = pair_rows(builder, queries, np.array([1, 0, 1]), np.array([2, OFFICIAL, COVER]), NOW)
    assert order.tolist() == [1, 0, 2]
    assert (rows.query.tolist(), rows.video.tolist()) == ([0, 1, 1], [OFFICIAL, 2, COVER])
    served = builder.build(queries[1], None, None, NOW, np.array([2, COVER]))
    assert (rows.dense[1:] == served.dense).all()
    assert (rows.match[1:] == served.match).all()
