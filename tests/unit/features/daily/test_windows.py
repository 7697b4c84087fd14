from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.errors import InvalidInputError
from ranker.features.daily.windows import day_at, day_start, parse_day
from ranker.features.log import DAY_MS


def test_a_day_begins_at_midnight_in_shanghai_which_is_16_oclock_the_day_before_in_utc():
    assert day_start(date(1970, 1, 1)) == -8 * 3_600_000
    assert day_start(date(2026, 5, 31)) == 1_780_156_800_000  # 2026-05-30T16:00:00Z


@given(st.dates(date(1971, 1, 1), date(2100, 1, 1)), st.integers(0, DAY_MS - 1))
def test_every_millisecond_of_a_day_is_of_that_day(day, after):
    assert day_at(day_start(day) + after) == day


@pytest.mark.parametrize("text", ["yesterday", "2026-5-1", "20260501", "2026-02-30", ""])
def test_a_day_is_written_in_one_way(text):
    with pytest.raises(InvalidInputError) as refusal:
        parse_day(text)
    assert str(refusal.value) == f"day [{text}] is no day; write it as 2026-11-25"
