import asyncio
import time
from contextlib import suppress

import numpy as np

from ranker.errors import EncoreError
from ranker.features.online.memory import MemoryStore
from ranker.features.online.projection import Projector, log_identity
from ranker.features.online.store import StoreUnavailableError
from tests.contract.online_store.streams import NOW, event, read, stream


class Moody(MemoryStore):
    """Fails as often as it is told, and can lose what it holds."""

    def __init__(self, failures=0):
        super().__init__()
        self.failures = failures

    async def apply(self, batch, after):
        if self.failures:
            self.failures -= 1
            raise StoreUnavailableError("unavailable", "away")
        await super().apply(batch, after)

    def lose_all(self):
        super().__init__()


async def until(reached):
    deadline = time.monotonic() + 20
    while not await reached():
        assert time.monotonic() < deadline, "it does not come"
        await asyncio.sleep(0.001)


def projected(steps, store, log, **named):
    async def whole():
        projector = Projector(store, lambda after: read(log, after), **named)
        running = asyncio.create_task(projector.run())
        try:
            return await steps(projector)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    return asyncio.run(whole())


def stands_at(store, position):
    async def reached():
        return await store.position() == position

    return reached


def test_what_is_there_at_the_start_and_what_is_committed_later_is_applied():
    store, log, observed = MemoryStore(), stream(2500), []

    async def steps(projector):
        await until(stands_at(store, 100_000))
        before = projector.lag_seconds
        projector.committed(250_000)
        await until(stands_at(store, 250_000))
        await until(lambda: asyncio.sleep(0, projector.lag_seconds == 0))
        return before

    projected(steps, store, log, durable=100_000, observe=observed.append)
    found = asyncio.run(store.counters(["BV0"], NOW)).values[0, 2].tolist()
    fresh = MemoryStore()
    asyncio.run(fresh.apply(log, 0))
    assert found == asyncio.run(fresh.counters(["BV0"], NOW)).values[0, 2].tolist()
    assert len(observed) == 2
    assert min(observed) >= 0


def test_nothing_is_applied_before_its_fsync():
    store, log = MemoryStore(), [event(i) for i in range(1, 11)]

    async def steps(projector):
        await until(stands_at(store, 300))
        await asyncio.sleep(0)
        return await store.position()

    # The log's reader sees all ten; three are durable.
    assert projected(steps, store, log, durable=300) == 300


def test_a_store_that_was_away_gets_everything_once():
    store, log = Moody(failures=3), [event(i) for i in range(1, 11)]

    async def steps(projector):
        await until(stands_at(store, 1000))
        return await store.counters(["BV1"], NOW)

    assert projected(steps, store, log, durable=1000).values[0, 0, 1] == 10


def test_a_store_that_lost_everything_is_filled_again():
    store, log = Moody(), [event(i) for i in range(1, 21)]

    async def steps(projector):
        await until(stands_at(store, 1000))
        store.lose_all()
        projector.committed(2000)
        await until(stands_at(store, 2000))
        return await store.counters(["BV1"], NOW)

    assert projected(steps, store, log, durable=1000).values[0, 0, 1] == 20


def test_an_empty_store_begins_late_and_one_that_stands_goes_on():
    log = [event(i) for i in range(1, 11)]

    async def steps(projector):
        await until(stands_at(store, 1000))
        return await store.counters(["BV1"], NOW)

    store = MemoryStore()
    assert projected(steps, store, log, durable=1000, beginning=lambda: 600).values[0, 0, 1] == 4
    store = MemoryStore()
    asyncio.run(store.apply(log[:2], 0))
    assert projected(steps, store, log, durable=1000, beginning=lambda: 600).values[0, 0, 1] == 10


def test_a_log_that_cannot_be_read_is_tried_again():
    store, log, failures = MemoryStore(), [event(1)], [OSError("disk"), EncoreError("damaged")]

    def reading(after):
        if failures:
            raise failures.pop()
        return read(log, after)

    async def whole():
        projector = Projector(store, reading, 100)
        running = asyncio.create_task(projector.run())
        await until(stands_at(store, 100))
        running.cancel()

    asyncio.run(whole())
    assert not failures


def test_the_lag_is_that_of_the_oldest_commit_that_waits():
    now = [10.0]
    store = Moody(failures=10**9)

    async def steps(projector):
        now[0] = 12.0
        projector.committed(200)
        now[0] = 15.0
        return projector.lag_seconds

    assert projected(steps, store, [event(1)], durable=100, clock=lambda: now[0]) == 5.0


def test_a_folder_made_anew_is_another_log(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    assert log_identity(first) == log_identity(first)
    assert log_identity(first) != log_identity(second)
    assert len(log_identity(first)) == 8


def test_a_batch_of_a_thousand_is_cut_from_a_longer_log():
    store = MemoryStore()
    log = [event(i, video=f"BV{i % 7}") for i in range(1, 3001)]

    async def steps(projector):
        await until(stands_at(store, 300_000))
        return await store.counters([f"BV{i}" for i in range(7)], NOW)

    values = projected(steps, store, log, durable=300_000).values
    assert np.sum(values[:, 0, 1]) == 3000
