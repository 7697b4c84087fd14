import polars as pl
import pytest

from ranker.errors import InvalidInputError
from ranker.features.samples.outcomes import in_window, is_late
from ranker.features.samples.window import Window, milliseconds


def test_a_span_is_a_number_and_a_unit():
    assert [milliseconds(span) for span in ("500ms", "90s", "30m", "2h")] == [
        500,
        90_000,
        1_800_000,
        7_200_000,
    ]


@pytest.mark.parametrize("span", ["", "30", "m", "0m", "25h", "-5m", "1.5h"])
def test_anything_else_is_refused(span):
    with pytest.raises(InvalidInputError) as error:
        milliseconds(span)
    assert str(error.value) == f"window [{span}] must be a span of up to 24h; write it like 30m"


def test_the_window_has_its_start_and_not_its_end():
    window = Window(length=100, skew=10, grace=5)
    received = [989, 990, 1_000, 1_099, 1_100]
    table = pl.DataFrame({"now": [1_000] * 5, "received_time": received})
    found = table.select(in_window(window).alias("in"), is_late(window).alias("late"))
    assert found.rows() == [(False, False), (True, False), (True, False), (True, False), (False, True)]


def test_a_request_is_closed_a_grace_after_its_window():
    assert Window(length=100, skew=10, grace=5).closed_until(1_105) == 1_000
