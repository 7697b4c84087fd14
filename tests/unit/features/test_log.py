import numpy as np
import polars as pl
import pytest

from ranker.features.history import read_log
from ranker.features.log import DAY_MS, day_of, effective_play
from tests.unit.features.small_log import EXPOSURES, SEARCHES, exposure

SHANGHAI_MIDNIGHT = 1_704_470_400_000  # 6 January 2024, 00:00 in Shanghai, 16:00 UTC the day before


def test_a_day_begins_at_midnight_in_shanghai():
    days = day_of([SHANGHAI_MIDNIGHT - 1, SHANGHAI_MIDNIGHT, SHANGHAI_MIDNIGHT + DAY_MS - 1])
    assert (days - days[0]).tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("seconds", "duration", "effective"),
    [(15, 600, True), (14.9, 600, False), (10, 20, True), (9, 20, False), (14.9, 0, False), (15, 0, True)],
)
def test_an_effective_play_is_15_seconds_or_half(seconds, duration, effective):
    assert effective_play(np.array([seconds]), np.array([duration])).tolist() == [effective]


def test_requests_are_read_in_order_of_time_and_exposures_by_position(columns, users):
    log = read_log(columns, users, SEARCHES.reverse(), pl.DataFrame(EXPOSURES[::-1]))
    assert log.now.tolist() == sorted(SEARCHES["now"].to_list())
    assert log.request.tolist() == [0, 0, 1, 1, 2]
    assert log.position.tolist() == [1, 2, 1, 2, 1]
    assert log.user.tolist() == [0, 1, 0]
    assert [query.text for query in log.queries] == ["周杰伦 晴天", "会不会"]
    assert len(log.days()) == 3


def test_exposures_of_unknown_videos_and_requests_are_left_out(columns, users):
    stray = [*EXPOSURES, exposure("r1", "BV9", 3, play_seconds=9), exposure("r9", "BV1", 1)]
    assert len(read_log(columns, users, SEARCHES, pl.DataFrame(stray)).video) == len(EXPOSURES)


def test_nothing_was_watched_without_a_click(columns, users):
    odd = [exposure("r1", "BV1", 1) | {"play_seconds": 200.0}, exposure("r1", "BV2", 2, play_seconds=999)]
    log = read_log(columns, users, SEARCHES, pl.DataFrame(odd))
    assert (log.watch.tolist(), log.effective.tolist()) == ([0, 1], [0, 1])  # of 120 seconds at most all
