import asyncio

import pytest

from ranker.serving.model_server import lane as lane_module
from ranker.serving.model_server.lane import Lane

LONG = 20.0


class Work:
    """Calls that end when the test says so; knows which were begun."""

    def __init__(self):
        self.begun = []
        self.ends = {}

    def call(self, name):
        async def begin(seconds):
            self.begun.append(name)
            self.ends[name] = asyncio.get_running_loop().create_future()
            return await self.ends[name]

        return begin

    async def has_begun(self, *names):
        async with asyncio.timeout(LONG):
            while self.begun != list(names):
                await asyncio.sleep(0)


@pytest.fixture
def work():
    return Work()


def test_no_more_than_its_width_run_and_others_follow_in_order(work):
    async def scenario():
        lane = Lane(2)
        calls = [asyncio.create_task(lane.run(work.call(name), LONG)) for name in "abcd"]
        await work.has_begun("a", "b")
        work.ends["b"].set_result("B")
        await work.has_begun("a", "b", "c")
        work.ends["a"].set_result("A")
        await work.has_begun("a", "b", "c", "d")
        work.ends["c"].set_result("C")
        work.ends["d"].set_result("D")
        assert await asyncio.gather(*calls) == ["A", "B", "C", "D"]

    asyncio.run(scenario())


def test_a_call_knows_what_is_left_of_its_time(work, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(lane_module, "monotonic", lambda: now[0])

    async def scenario():
        lane = Lane(1)
        first = asyncio.create_task(lane.run(work.call("a"), LONG))
        await work.has_begun("a")
        left = []

        async def second(seconds):
            left.append(seconds)

        waiting = asyncio.create_task(lane.run(second, 10.0))
        await asyncio.sleep(0)
        now[0] += 4.0
        work.ends["a"].set_result(None)
        await asyncio.gather(first, waiting)
        assert left == [6.0]

    asyncio.run(scenario())


def test_a_wait_that_is_too_long_ends_without_the_call(work):
    async def scenario():
        lane = Lane(1)
        first = asyncio.create_task(lane.run(work.call("a"), LONG))
        await work.has_begun("a")
        with pytest.raises(TimeoutError):
            await lane.run(work.call("b"), 0.01)
        work.ends["a"].set_result("A")
        assert await first == "A"
        last = asyncio.create_task(lane.run(work.call("c"), LONG))
        await work.has_begun("a", "c")
        work.ends["c"].set_result("C")
        assert await last == "C"

    asyncio.run(scenario())


def test_a_wait_ends_early_when_the_call_could_not_end_in_time(work, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(lane_module, "monotonic", lambda: now[0])

    async def scenario():
        lane = Lane(1)
        slow = asyncio.create_task(lane.run(work.call("slow"), 100.0))
        await work.has_begun("slow")
        now[0] += 50.0  # the estimate becomes a fifth of it: 10 s
        work.ends["slow"].set_result(None)
        await slow

        running = asyncio.create_task(lane.run(work.call("a"), 100.0))
        await work.has_begun("slow", "a")
        start = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError):  # no time would be left after 10 s: half of 1 s is enough
            await lane.run(work.call("b"), 1.0)
        assert 0.49 < asyncio.get_running_loop().time() - start < 0.95
        work.ends["a"].set_result(None)
        await running

    asyncio.run(scenario())


def test_a_call_that_runs_out_of_time_halves_the_lane_and_answers_widen_it(work, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(lane_module, "monotonic", lambda: now[0])

    async def scenario():
        lane = Lane(4)
        late = asyncio.create_task(lane.run(work.call("late"), 1.0))
        await work.has_begun("late")
        now[0] += 1.0
        work.ends["late"].set_exception(ValueError("out of time"))
        with pytest.raises(ValueError, match="out of time"):
            await late

        calls = [asyncio.create_task(lane.run(work.call(name), LONG)) for name in "abcdefg"]
        await work.has_begun("late", "a", "b")  # two places
        work.ends["a"].set_result(None)  # 2 + 1/2 places
        await work.has_begun("late", "a", "b", "c")
        work.ends["b"].set_result(None)  # 2.5 + 1/2.5 places
        await work.has_begun("late", "a", "b", "c", "d")
        work.ends["c"].set_result(None)  # 2.9 + 1/2.9: three places and more
        await work.has_begun("late", "a", "b", "c", "d", "e", "f")
        for name in "def":
            work.ends[name].set_result(None)
        await work.has_begun("late", *"abcdefg")
        work.ends["g"].set_result(None)
        await asyncio.gather(*calls)

    asyncio.run(scenario())


def test_a_lane_is_never_closed(work, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(lane_module, "monotonic", lambda: now[0])

    async def scenario():
        lane = Lane(1)
        for name in ("a", "b"):
            late = asyncio.create_task(lane.run(work.call(name), 1.0))
            await work.has_begun(*"ab"[: "ab".index(name) + 1])
            now[0] += 1.0
            work.ends[name].set_exception(ValueError("out of time"))
            with pytest.raises(ValueError, match="out of time"):
                await late

    asyncio.run(scenario())


def test_a_call_that_fails_or_is_cancelled_makes_room(work):
    async def scenario():
        lane = Lane(1)
        first = asyncio.create_task(lane.run(work.call("a"), LONG))
        second = asyncio.create_task(lane.run(work.call("b"), LONG))
        third = asyncio.create_task(lane.run(work.call("c"), LONG))
        fourth = asyncio.create_task(lane.run(work.call("d"), LONG))
        await work.has_begun("a")
        second.cancel()  # while it waits
        work.ends["a"].set_exception(ValueError("broken"))
        with pytest.raises(ValueError, match="broken"):
            await first
        await work.has_begun("a", "c")
        third.cancel()  # while it runs
        await work.has_begun("a", "c", "d")
        work.ends["d"].set_result("D")
        assert await fourth == "D"

    asyncio.run(scenario())


def test_a_place_handed_to_a_caller_that_left_goes_on_to_the_next(work):
    async def scenario():
        lane = Lane(1)
        first = asyncio.create_task(lane.run(work.call("a"), LONG))
        leaves = asyncio.create_task(lane.run(work.call("b"), LONG))
        last = asyncio.create_task(lane.run(work.call("c"), LONG))
        await work.has_begun("a")
        work.ends["a"].set_result("A")
        # Comes after the first call's end, which hands its place over, and before the next one wakes up.
        asyncio.get_running_loop().call_soon(leaves.cancel)
        await work.has_begun("a", "c")
        assert await first == "A"
        work.ends["c"].set_result("C")
        assert await last == "C"

    asyncio.run(scenario())
