"""Valkey slow, dead and emptied, projectors killed and doubled: each event counts once, reads end in time."""

import asyncio
import secrets
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

from ranker.catalog.journal import Journal
from ranker.features.online.as_of import CountedEvents
from ranker.features.online.store import StoreUnavailableError
from ranker.features.online.valkey_store import ValkeyStore
from tests.contract.online_store.conftest import PATIENT
from tests.contract.online_store.servers import Server
from tests.contract.online_store.streams import NOW, event, stream

ROOT = Path(__file__).parents[3]


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    yield server
    server.go_on()
    server.kill()


@pytest.fixture
def follow(server, tmp_path):
    """Starts a process that follows the journal; all are killed at the end."""
    started = []
    log = secrets.token_hex(4)

    def start():
        command = [sys.executable, "-m", "tests.contract.online_store.follower", server.url, log]
        started.append(subprocess.Popen([*command, str(tmp_path / "log.journal")], cwd=ROOT))
        return started[-1]

    start.log = log
    yield start
    for process in started:
        process.kill()
        process.wait()


def asked(server, log, names):
    async def whole():
        store = ValkeyStore(server.url, log, **PATIENT)
        found = await store.counters(names, NOW)
        await store.close()
        return found

    return asyncio.run(whole())


def reach(server, log, position):
    """Waits until that much is applied; where it stands then."""
    deadline = time.monotonic() + 60
    while (stood := asked(server, log, []).position) < position:
        assert time.monotonic() < deadline, f"it stands at {stood} of {position}"
    return stood


def check(server, log, events):
    """Every counter of every window is what the raw events say."""
    names = sorted({one.video_id for one in events})
    row = {name: i for i, name in enumerate(names)}
    truth = CountedEvents.of((row[one.video_id], one) for one in events)
    expected = truth.counters(np.arange(len(names)), np.full(len(names), NOW))
    assert asked(server, log, names).values.tolist() == expected.tolist()


def test_kill_9_of_projector_and_of_valkey_amid_a_stream(server, follow, tmp_path):
    events = [one for _, one in stream(24_000, seed=3, videos=300)]
    followers = [follow(), follow()]  # the second by mistake
    end = amid = 0
    with Journal.open(tmp_path / "log.journal") as journal:
        for number in range(6):
            before, chunk = end, events[4_000 * number : 4_000 * (number + 1)]
            end = journal.append(msgspec.json.encode(one) for one in chunk)
            amid += reach(server, follow.log, before + 1) < end
            if number in (2, 4):
                server.kill()
                server.start()  # empty: filled again from the log's start
            else:
                victim = number % 2
                followers[victim].kill()
                followers[victim].wait()
                followers[victim] = follow()
    assert reach(server, follow.log, end) == end
    assert amid, "every kill came after the work was done"
    check(server, follow.log, events)


def test_a_stopped_server_costs_a_reader_its_deadline_and_no_answer_comes_late(server):
    async def steps():
        store = ValkeyStore(server.url, "log", read_seconds=0.2, write_seconds=5.0)
        await store.apply([event(1), event(2, video="BV2", kind="share")], 0)
        before = await store.counters(["BV1"], NOW)
        server.pause()
        for _ in range(3):
            with pytest.raises(StoreUnavailableError) as late:
                await store.counters(["BV1"], NOW)
            assert late.value.cause == "timeout"
        server.go_on()
        after = None
        deadline = time.monotonic() + 20
        while after is None:
            try:
                after = await store.counters(["BV2"], NOW)
            except StoreUnavailableError:
                assert time.monotonic() < deadline
        await store.close()
        return before, after

    before, after = asyncio.run(steps())
    assert before.values[0, 0].tolist() == [0, 1, 0, 0, 0, 0, 0]
    # Not the answer that the stopped server still owed for BV1.
    assert after.values[0, 0].tolist() == [0, 0, 0, 0, 0, 0, 1]


def test_a_dead_server_is_said_to_be_and_a_new_one_is_found(server):
    async def steps():
        store = ValkeyStore(server.url, "log", **PATIENT)
        await store.apply([event(1)], 0)
        server.kill()
        with pytest.raises(StoreUnavailableError) as gone:
            await store.counters(["BV1"], NOW)
        with pytest.raises(StoreUnavailableError):
            await store.history("u1", NOW)
        with pytest.raises(StoreUnavailableError):
            await store.position()
        server.start()
        found = await store.counters(["BV1"], NOW)
        await store.close()
        return gone.value.cause, found

    cause, found = asyncio.run(steps())
    assert cause == "unavailable"
    assert found.position == 0
    assert not found.values.any()


def test_a_full_server_refuses_and_forgets_nothing(server):
    async def steps():
        store = ValkeyStore(server.url, "log", **PATIENT)
        await store.apply([event(1)], 0)
        with server.client() as client:
            client.config_set("maxmemory", "1")
            with pytest.raises(StoreUnavailableError, match="OutOfMemory"):
                await store.apply([event(2)], 100)
            client.config_set("maxmemory", "0")
        before = await store.counters(["BV1"], NOW)
        await store.apply([event(2)], 100)
        after = await store.counters(["BV1"], NOW)
        await store.close()
        return before, after

    before, after = asyncio.run(steps())
    assert (before.position, before.values[0, 0, 1]) == (100, 1)
    assert (after.position, after.values[0, 0, 1]) == (200, 2)


def test_logs_share_a_server_and_nothing_else(server):
    async def steps():
        one, other = (ValkeyStore(server.url, log, **PATIENT) for log in ("one", "other"))
        await one.apply([event(1)], 0)
        found = await other.counters(["BV1"], NOW)
        await one.close()
        await other.close()
        return found

    found = asyncio.run(steps())
    assert found.position == 0
    assert not found.values.any()


def test_values_of_a_video_that_nobody_watches_expire(server):
    async def steps():
        store = ValkeyStore(server.url, "log", **PATIENT)
        await store.apply([event(1, kind="play", user="u1")], 0)
        await store.close()

    asyncio.run(steps())
    with server.client() as client:
        ages = {key.decode().split(":")[3]: client.ttl(key) for key in client.keys("e1:log:*:[vu]:*")}
        positions = [client.ttl(key) for key in client.keys("e1:log:*:at")]
    assert 170_000 < ages["v"] <= 187_200  # two days and four hours
    assert 2_590_000 < ages["u"] <= 2_592_000  # thirty days
    assert positions == [-1] * 16
