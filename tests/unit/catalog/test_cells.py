from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ranker.catalog.cells import read_cell
from ranker.catalog.video import COLUMNS

ZONE = ZoneInfo("Asia/Shanghai")
BY_NAME = {column.name: column for column in COLUMNS}


def cell(name, value):
    return read_cell(BY_NAME[name], value, ZONE)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("plays", "12", 12),
        ("plays", "12.0", 12),
        ("plays", "1e3", 1000),
        ("plays", "", 0),
        ("plays", None, 0),
        ("plays", float("nan"), 0),
        ("plays", "9007199254740993", None),
        ("video_id", 170001, "170001"),
        ("tags", '["周杰伦", "现场", "现场"]', ("周杰伦", "现场")),
        ("tags", "周杰伦，现场、 |翻唱", ("周杰伦", "现场", "翻唱")),
        ("tags", "#舞蹈#", ("舞蹈",)),
        ("tags", ["a", " "], ("a",)),
        ("duration_seconds", "4:29", 269.0),
        ("duration_seconds", "1:00:01.5", 3601.5),
        ("duration_seconds", "269.5", 269.5),
        ("reviewed", "Yes", True),
        ("reviewed", 0, False),
        ("uploaded_at", "1609459200", 1609459200000),
        ("uploaded_at", "1609459200000", 1609459200000),
        ("uploaded_at", "2021-01-01T00:00:00Z", 1609459200000),
        ("uploaded_at", "2021-01-01 08:00:00", 1609459200000),
        ("uploaded_at", date(2021, 1, 1), 1609430400000),
        ("uploaded_at", datetime(2021, 1, 1, tzinfo=UTC), 1609459200000),
        ("uploaded_at", "", 0),
        ("title", "a\t\x00b\u2028c", "a b c"),
    ],
)
def test_a_cell_is_read_as_its_kind(name, value, expected):
    if expected is None:
        with pytest.raises(ValueError, match=rf"{name} \[{value}\] is too large"):
            cell(name, value)
    else:
        assert cell(name, value) == expected


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("plays", "1_000", "plays [1_000] is not a whole number"),
        ("plays", "１２", "plays [１２] is not a whole number"),
        ("plays", "inf", "plays [inf] is not a whole number"),
        ("plays", True, "plays [True] is not a whole number"),
        ("duration_seconds", "4:61", "duration_seconds [4:61] is not a number"),
        ("duration_seconds", "-3", "duration_seconds [-3] is negative"),
        ("resolution", "4294967296", "resolution [4294967296] is too large"),
        ("reviewed", "maybe", "reviewed [maybe] is neither true nor false"),
        ("uploaded_at", "yesterday", "uploaded_at [yesterday] is neither a number nor an ISO 8601 time"),
        ("uploaded_at", "1969-12-31", "uploaded_at [1969-12-31] is outside the years 1970 to 9999"),
        ("tags", "[1", "tags [[1] is not a JSON list"),
        ("tags", "[1]", "tags [[1]] is not a list of strings"),
        ("title", None, "title is empty"),
        ("title", 1.5, "title [1.5] is not text"),
    ],
)
def test_what_cannot_be_read_says_column_and_value(name, value, message):
    with pytest.raises(ValueError) as caught:
        cell(name, value)
    assert str(caught.value) == message
