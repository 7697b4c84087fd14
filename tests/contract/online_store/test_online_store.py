"""What every online store does; numbers are a reader's to recount."""

import asyncio

import msgspec
import numpy as np
import pytest

from ranker.features.online.as_of import CountedEvents
from ranker.features.online.store import GapError
from ranker.features.online.windows import COUNTERS, WINDOWS
from tests.contract.online_store.streams import NOW, event, stream

MINUTE, HOUR = 60_000, 3_600_000


def counted(found, row=0):
    """{(window, counter): n} of what isn't 0."""
    values = found.values[row]
    return {
        (window.name, counter): int(values[w, c])
        for w, window in enumerate(WINDOWS)
        for c, counter in enumerate(COUNTERS)
        if values[w, c]
    }


def test_an_empty_store_stands_at_the_start_and_knows_nothing(run):
    async def steps(store):
        found = await store.counters(["BV1", "BV2"], NOW)
        history = await store.history("u1", NOW)
        return await store.position(), found, history

    position, found, history = run(steps)
    assert position == found.position == 0
    assert found.values.shape == (2, 3, 7)
    assert found.values.dtype == np.int32
    assert not found.values.any()
    assert history.video_ids == []


def test_each_kind_has_its_counter_and_a_long_play_is_effective(run):
    batch = [
        event(1, kind="impression"),
        event(2, kind="click"),
        event(3, kind="play", seconds=14.9),
        event(4, kind="play", seconds=15.0),
        event(5, kind="like"),
        event(6, kind="favorite"),
        event(7, kind="share"),
        event(8, video="BV2", kind="share"),
    ]

    async def steps(store):
        await store.apply(batch, 0)
        return await store.counters(["BV1", "nobody", "BV2"], NOW)

    found = run(steps)
    assert found.position == 800
    assert found.values[0].tolist() == [[1, 1, 2, 1, 1, 1, 1]] * 3
    assert not found.values[1].any()
    assert found.values[2].tolist() == [[0, 0, 0, 0, 0, 0, 1]] * 3


def test_a_window_ends_where_its_oldest_bucket_begins(run):
    ages = (0, 4 * MINUTE, 5 * MINUTE, 55 * MINUTE, HOUR, 23 * HOUR, 24 * HOUR)
    batch = [event(i, at=NOW - age) for i, age in enumerate(reversed(ages), 1)]

    async def steps(store):
        await store.apply(batch, 0)
        return [await store.counters(["BV1"], now) for now in (NOW, NOW + MINUTE - 1, NOW + MINUTE)]

    first, second, third = run(steps)
    # 5 minutes: of ages 0 and 4; 1 hour: also 5 and 55; 1 day: also 1 and 23 hours.
    assert counted(first) == {("5m", "clicks"): 2, ("1h", "clicks"): 4, ("1d", "clicks"): 6}
    assert counted(second) == counted(first)
    assert counted(third) == {("5m", "clicks"): 1, ("1h", "clicks"): 4, ("1d", "clicks"): 6}


def test_an_older_now_does_not_see_later_buckets(run):
    async def steps(store):
        await store.apply([event(1, at=NOW), event(2, at=NOW + 10 * MINUTE)], 0)
        return await store.counters(["BV1"], NOW)

    assert counted(run(steps)) == {("5m", "clicks"): 1, ("1h", "clicks"): 1, ("1d", "clicks"): 2}


def test_what_comes_again_counts_once(run):
    first, second = [event(1), event(2)], [event(3), event(4)]

    async def steps(store):
        await store.apply(first, 0)
        await store.apply(first, 0)
        await store.apply(first + second, 0)
        await store.apply(second, 200)
        return await store.counters(["BV1"], NOW)

    found = run(steps)
    assert found.position == 400
    assert counted(found)["5m", "clicks"] == 4


def test_a_gap_is_refused_and_nothing_counted(run):
    async def steps(store):
        await store.apply([event(1)], 0)
        with pytest.raises(GapError, match=r"stands at \[100\], before \[200\], where the batch begins"):
            await store.apply([event(3)], 200)
        return await store.counters(["BV1"], NOW)

    found = run(steps)
    assert found.position == 100
    assert counted(found)["5m", "clicks"] == 1


def test_an_empty_store_begins_where_it_is_told_and_no_other_does(run):
    async def steps(store):
        await store.begin(200)
        await store.apply([event(3)], 200)
        await store.begin(500)
        return await store.counters(["BV1"], NOW)

    found = run(steps)
    assert found.position == 300
    assert counted(found)["5m", "clicks"] == 1


def test_an_event_without_receipt_moves_the_position_and_counts_nowhere(run):
    position, bare = event(1, kind="play", user="u1")

    async def steps(store):
        await store.apply([(position, msgspec.structs.replace(bare, received_time=None))], 0)
        return await store.counters(["BV1"], NOW), await store.history("u1", NOW)

    found, history = run(steps)
    assert found.position == 100
    assert not found.values.any()
    assert history.video_ids == []


def test_a_history_has_the_last_50_plays_as_of_now(run):
    batch = [
        event(i, video=f"视频{i}", kind="play", at=NOW + i * 1000, user="u1", seconds=i) for i in range(1, 61)
    ]
    batch += [event(61, kind="click", user="u1", at=NOW + 61_000), event(62, kind="play", user="u2")]

    async def steps(store):
        await store.apply(batch[:30], 0)
        await store.apply(batch[30:], 3000)
        return await store.history("u1", NOW + HOUR), await store.history("u1", NOW + 55_000)

    last, earlier = run(steps)
    assert last.video_ids == [f"视频{i}" for i in range(11, 61)]
    assert last.times.tolist() == [NOW + i * 1000 for i in range(11, 61)]
    assert last.seconds.tolist() == [float(i) for i in range(11, 61)]
    assert earlier.video_ids == [f"视频{i}" for i in range(6, 56)]


def test_a_day_of_events_is_counted_as_the_definition_says(run):
    log = stream(3000)
    names = sorted({one.video_id for _, one in log})
    row = {name: i for i, name in enumerate(names)}
    rows = np.arange(len(names))

    async def steps(store):
        answers, after = [], 0
        for start in range(0, len(log), 250):
            await store.apply(log[start : start + 250], after)
            after = log[start + 249][0]
            answers.append(await store.counters(names, log[start + 249][1].received_time))
        return answers

    answers = run(steps)
    truth = CountedEvents.of((row[one.video_id], one) for _, one in log)
    for i, found in enumerate(answers):
        now = log[250 * i + 249][1].received_time
        expected = truth.counters(rows, np.full(len(rows), now))
        assert found.values.tolist() == expected.tolist()


def test_two_that_apply_the_same_log_count_each_event_once(new_store):
    log = stream(2000, seed=2)
    names = sorted({one.video_id for _, one in log})

    async def follow(store, size):
        while True:
            at = await store.position()
            batch = [one for one in log if one[0] > at][:size]
            if not batch:
                return
            await store.apply(batch, at)

    async def whole():
        first = new_store()
        second = first if type(first).__name__ == "MemoryStore" else new_store()
        await asyncio.gather(follow(first, 70), follow(second, 110))
        found = await first.counters(names, NOW)
        await first.close()
        await second.close()
        return found

    found = asyncio.run(whole())
    row = {name: i for i, name in enumerate(names)}
    truth = CountedEvents.of((row[one.video_id], one) for _, one in log)
    assert found.position == log[-1][0]
    rows = np.arange(len(names))
    assert found.values.tolist() == truth.counters(rows, np.full(len(rows), NOW)).tolist()
