import asyncio
import time

import msgspec
import numpy as np
import pytest

from ranker.errors import InvalidInputError
from ranker.features.online.memory import MemoryStore
from ranker.features.online.store import StoreUnavailableError
from ranker.features.online.valkey_store import ValkeyStore
from ranker.serving.events import EventReceiver
from ranker.serving.metrics import Metrics
from ranker.serving.online import OnlineCounters, make_store, no_counters
from ranker.settings import Settings

NOW = 1_790_000_000_000


class Broken(MemoryStore):
    calls = 0

    async def counters(self, video_ids, now):
        self.calls += 1
        raise StoreUnavailableError("timeout", "no answer")


def clicks(*numbers):
    fields = {"request_id": "r", "video_id": "BV1", "kind": "click", "event_time": NOW}
    return msgspec.json.encode({"events": [{"event_id": f"e{number}", **fields} for number in numbers]})


def served(settings, store, steps):
    async def whole():
        events, metrics = EventReceiver(settings.events, lambda _: NOW), Metrics()
        online = OnlineCounters(store, events, settings, metrics)
        try:
            return await steps(events, online, metrics)
        finally:
            await online.close()
            await events.close()

    return asyncio.run(whole())


async def caught_up(events, online):
    deadline = time.monotonic() + 20
    while online.projector.applied < events.position:
        assert time.monotonic() < deadline, "the events aren't counted"
        await asyncio.sleep(0.001)


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path)


def sample(metrics, name, **labels):
    return metrics.registry.get_sample_value(name, labels)


def test_an_accepted_event_counts_soon_and_after_a_restart(settings):
    async def first(events, online, metrics):
        await events.receive(clicks(1, 2, 3))
        await caught_up(events, online)
        found = await online.counters(["BV1"], NOW)
        return found, metrics, events.position

    async def second(events, online, metrics):
        await caught_up(events, online)
        return await online.counters(["BV1"], NOW)

    found, metrics, position = served(settings, MemoryStore(), first)
    again = served(settings, MemoryStore(), second)
    assert found.values[0, :, 1].tolist() == again.values[0, :, 1].tolist() == [3, 3, 3]
    assert found.position == again.position == position
    assert sample(metrics, "encore_online_lag_seconds") == 0
    assert sample(metrics, "encore_online_position") == position
    assert sample(metrics, "encore_online_seconds_count") == 2  # the empty log's end, and the batch
    assert sample(metrics, "encore_online_reads_total", how="read") == 1


def test_a_store_that_fails_fails_no_search_and_is_soon_left_alone(settings):
    store = Broken()

    async def steps(events, online, metrics):
        return [await online.counters(["BV1"], NOW) for _ in range(5)], metrics

    found, metrics = served(settings, store, steps)
    assert found == [None] * 5
    assert store.calls == 3
    assert sample(metrics, "encore_online_reads_total", how="timeout") == 3
    assert sample(metrics, "encore_online_reads_total", how="spared") == 2


def test_no_counters_are_zeros():
    found = no_counters(2)
    assert found.position == 0
    assert found.values.dtype == np.int32
    assert found.values.tolist() == [[[0] * 7] * 3] * 2


def test_the_settings_choose_the_store(tmp_path):
    (tmp_path / "events").mkdir()
    assert isinstance(make_store(Settings(data=tmp_path)), MemoryStore)
    valkey = Settings(data=tmp_path, online_store="valkey", valkey_url="valkey://127.0.0.1:1")
    assert isinstance(make_store(valkey), ValkeyStore)
    with pytest.raises(InvalidInputError) as nowhere:
        make_store(Settings(data=tmp_path, online_store="valkey"))
    assert str(nowhere.value) == (
        "ENCORE_ONLINE_STORE is [valkey] and no server is named: set ENCORE_VALKEY_URL,"
        " or let 'encore up' start one"
    )
    with pytest.raises(ValueError, match="valkey_url is for the online_store valkey: set that too"):
        Settings(data=tmp_path, valkey_url="valkey://127.0.0.1:1")
