import os

from ranker.features.events import position as at
from ranker.features.events.log import EventLog
from ranker.features.events.segments import segments
from ranker.features.online.beginning import beginning

DAY = 86_400.0
NOW = 1_000 * DAY


def log(folder, *ages):
    """A segment for each age in days; returns the positions behind them."""
    ends = []
    with EventLog.open(folder, segment_bytes=7) as written:
        for _ in ages:
            ends.append(written.append([b"{}"]))
    for segment, age in zip(segments(folder), ages, strict=True):
        os.utime(segment.path, (NOW - age * DAY, NOW - age * DAY))
    return ends


def test_it_is_behind_the_last_segment_that_is_too_old(tmp_path):
    ends = log(tmp_path, 9, 3, 1.5, 0)
    assert beginning(tmp_path, 2 * DAY, NOW) == ends[1]
    assert beginning(tmp_path, 5 * DAY, NOW) == ends[0]


def test_nothing_is_too_old_or_there_is_nothing(tmp_path):
    log(tmp_path / "a", 1, 0)
    assert beginning(tmp_path / "a", 2 * DAY, NOW) == at.START
    assert beginning(tmp_path / "b", 2 * DAY, NOW) == at.START


def test_the_segment_that_is_written_is_followed_however_old(tmp_path):
    ends = log(tmp_path, 9, 9)
    assert beginning(tmp_path, 2 * DAY, NOW) == ends[0]
