import itertools
import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranker.features.online import cells
from ranker.features.online.as_of import CountedEvents
from ranker.features.online.windows import COUNTERS, WINDOWS
from tests.contract.online_store.streams import KINDS, NOW, event

MINUTE, HOUR = 60_000, 3_600_000
IMPRESSIONS, CLICKS, PLAYS, EFFECTIVE = range(4)


def of_one(*events):
    return cells.add([None], [(0, one) for _, one in events])[0]


def test_a_click_is_three_cells_of_eight_bytes():
    blob = of_one(event(1, at=7 * HOUR))
    # Buckets of 7 hours: 420 minutes, 84 times five minutes, 7 hours. Click is counter 1.
    words = [(window << 30 | bucket << 3 | CLICKS, 1) for window, bucket in enumerate((420, 84, 7))]
    assert blob == b"".join(struct.pack("<II", *word) for word in words)


def test_counts_of_one_bucket_share_a_cell():
    assert len(of_one(*(event(i, at=NOW + i) for i in range(500)))) == 3 * 8
    sums = cells.sums([of_one(*(event(i, at=NOW + i) for i in range(500)))], NOW)
    assert sums[0, :, CLICKS].tolist() == [500, 500, 500]


def test_a_play_of_15_seconds_is_two_counts():
    sums = cells.sums([of_one(event(1, kind="play", seconds=15.0))], NOW)
    assert sums[0].tolist() == [[0, 0, 1, 1, 0, 0, 0]] * 3


def test_videos_keep_apart():
    blobs = cells.add([None, of_one(event(1)), None], [(2, event(2, kind="share")[1])])
    sums = cells.sums(blobs, NOW)[:, 0]
    assert blobs[0] == b""
    assert sums.tolist() == [[0] * 7, [0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1]]


def test_cells_that_no_window_reaches_are_left_out():
    old, new = event(1, at=NOW), event(2, at=NOW + 30 * HOUR)
    assert of_one(old, new) == of_one(new)
    assert of_one(new, old) == of_one(new)


def test_a_search_of_ten_minutes_ago_still_sees_its_five_minutes():
    blob = of_one(event(1, at=NOW - 4 * MINUTE), event(2, at=NOW + 11 * MINUTE))
    # The hour that `now` lies in is one bucket: what came later in it counts once it is applied.
    assert cells.sums([blob], NOW)[0, :, CLICKS].tolist() == [1, 1, 2]


def test_a_time_without_a_bucket_counts_nowhere():
    assert of_one(event(1, at=cells.LAST_MS)) == b""
    assert of_one(event(1, at=cells.LAST_MS - 1)) != b""


def test_no_videos_and_no_events():
    assert cells.sums([], NOW).shape == (0, 3, 7)
    assert cells.add([], []) == []
    assert cells.add([None], []) == [b""]


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(KINDS),
        st.integers(-30 * HOUR, 0),
        st.sampled_from((0.0, 14.9, 15.0, 200.0)),
    ),
    max_size=40,
)


def numbered(drawn, ordered=True):
    drawn = sorted(drawn, key=lambda one: one[2]) if ordered else drawn
    return [
        (video, event(i, video=f"BV{video}", kind=kind, at=NOW + at, seconds=seconds)[1])
        for i, (video, kind, at, seconds) in enumerate(drawn)
    ]


@given(EVENTS, st.lists(st.integers(0, 40)))
def test_bytes_do_not_depend_on_how_events_were_batched(drawn, cuts):
    events = numbered(drawn, ordered=False)
    whole = cells.add([None] * 4, events)
    parts = [None] * 4
    bounds = [0, *sorted(cuts), len(events)]
    for start, end in itertools.pairwise(bounds):
        parts = cells.add(parts, events[start:end])
    assert parts == whole


@given(EVENTS)
def test_sums_are_what_the_definition_counts(drawn):
    events = numbered(drawn)
    expected = np.zeros((4, len(WINDOWS), len(COUNTERS)), int)
    places = {"impression": [0], "click": [1], "play": [2], "like": [4], "favorite": [5], "share": [6]}
    for video, one in events:
        for w, window in enumerate(WINDOWS):
            bucket, newest = one.received_time // window.size_ms, NOW // window.size_ms
            if newest - window.buckets < bucket <= newest:
                for place in places[one.kind] + ([3] if (one.seconds or 0) >= 15 else []):
                    expected[video, w, place] += 1
    assert cells.sums(cells.add([None] * 4, events), NOW).tolist() == expected.tolist()
    as_of = CountedEvents.of(events).counters(np.arange(4), np.full(4, NOW))
    assert as_of.tolist() == expected.tolist()


@given(EVENTS, st.integers(-31 * HOUR, HOUR))
def test_counters_as_of_a_moment_are_those_of_what_was_received_by_then(drawn, moment):
    events = numbered(drawn)
    now = NOW + moment
    before = [(video, one) for video, one in events if one.received_time <= now]
    as_of = CountedEvents.of(events).counters(np.arange(4), np.full(4, now))
    assert as_of.tolist() == cells.sums(cells.add([None] * 4, before), now).tolist()
