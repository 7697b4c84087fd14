import asyncio
import os
import signal
import time

import pytest

from ranker.engine.supervisor import keeper as keeper_module
from ranker.engine.supervisor.keeper import Keeper
from ranker.engine.supervisor.part import Finding, Health
from tests.unit.engine.supervisor.small_parts import Probe, gone, kept, part, until


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(keeper_module, "INTERVAL_SECONDS", 0.05)
    monkeypatch.setattr(keeper_module, "STARTING_INTERVAL_SECONDS", 0.05)


def keep(tmp_path, test, **given):
    """Runs `test` on the keeper of a small part."""
    changes: list[str] = []

    async def run():
        keeper = Keeper(part(tmp_path, **given), tmp_path, lambda: changes.append(keeper.status.phase))
        async with kept(keeper):
            await until(lambda: keeper.status.phase not in ("dead", "starting") or keeper.status.restarts)
            return await test(keeper)

    return asyncio.run(run()), changes


def test_it_starts_becomes_ready_and_is_stopped_in_order(tmp_path):
    async def test(keeper):
        assert (keeper.status.phase, keeper.status.restarts) == ("ready", 0)
        return keeper.status.pid

    pid, changes = keep(tmp_path, test)
    assert gone(pid)
    assert changes == ["starting", "ready", "dead", "stopped"]


def test_a_killed_part_is_back_at_once(tmp_path):
    async def test(keeper):
        killed = keeper.status.pid
        began = time.monotonic()
        os.kill(killed, signal.SIGKILL)
        await until(lambda: keeper.status.pid not in (None, killed) and keeper.status.phase == "ready")
        assert keeper.status.restarts == 1
        return time.monotonic() - began

    seconds, changes = keep(tmp_path, test)
    assert seconds < 5
    assert changes[:5] == ["starting", "ready", "dead", "starting", "ready"]


def test_one_that_dies_at_once_says_its_last_words_and_is_tried_again_ever_more_slowly(tmp_path):
    async def test(keeper):
        await until(lambda: keeper.status.restarts == 3 and keeper.status.phase == "dead")
        return keeper.status.detail

    detail, _ = keep(tmp_path, test, code="import sys; sys.exit('no licence')", probe=Probe(Health.SILENT))
    log = tmp_path / "small.log"
    assert detail == f"ended with exit code [1]: [no licence]; its log is [{log}]"


def test_a_program_that_is_not_there_is_tried_again(tmp_path, monkeypatch):
    tries = []

    def refuse(*_, **__):
        tries.append(1)
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(keeper_module.spawn, "spawn", refuse)

    async def test(keeper):
        await until(lambda: len(tries) >= 3)
        return keeper.status.detail

    detail, _ = keep(tmp_path, test)
    assert detail == "could not be started: [Errno 12] Cannot allocate memory"


def test_a_held_part_stays_dead_until_it_is_released_and_then_starts_without_delay(tmp_path):
    async def test(keeper):
        await keeper.hold(60)
        os.kill(keeper.status.pid, signal.SIGKILL)
        await until(lambda: keeper.status.phase == "dead")
        await asyncio.sleep(0.4)  # four times the delay after a first death
        assert (keeper.status.phase, keeper.status.held) == ("dead", True)
        began = time.monotonic()
        keeper.release()
        await until(lambda: keeper.status.phase == "ready")
        assert not keeper.status.held
        return time.monotonic() - began

    seconds, _ = keep(tmp_path, test)
    assert seconds < 3


def test_a_hold_ends_by_itself(tmp_path):
    async def test(keeper):
        await keeper.hold(0.2)
        os.kill(keeper.status.pid, signal.SIGKILL)
        await until(lambda: keeper.status.phase == "ready" and keeper.status.restarts == 1)
        return keeper.status.held

    held, _ = keep(tmp_path, test)
    assert held is False


def test_a_silent_part_is_killed_and_started_again(tmp_path):
    probe = Probe()

    async def test(keeper):
        first = keeper.status.pid
        probe.finding = Finding(Health.SILENT, "hung")
        await until(lambda: keeper.status.phase == "silent")
        assert keeper.status.detail == "hung"
        await until(lambda: keeper.status.restarts == 1)
        probe.finding = Finding(Health.READY)
        await until(lambda: keeper.status.phase == "ready")
        assert gone(first)

    keep(tmp_path, test, probe=probe, hung_seconds=0.2)


def test_one_that_never_answers_is_killed_after_its_time_to_start(tmp_path):
    async def test(keeper):
        await until(lambda: keeper.status.restarts == 1)

    keep(tmp_path, test, probe=Probe(Health.SILENT), start_seconds=0.2)


def test_a_held_part_may_be_silent_and_is_not_mended(tmp_path):
    probe = Probe()

    async def test(keeper):
        pid = keeper.status.pid
        await keeper.hold(60)
        asked = len(probe.allowed)
        probe.finding = Finding(Health.SILENT, "stopped by a bench")
        await until(lambda: len(probe.allowed) > asked + 10)  # longer than hung_seconds
        assert keeper.status.pid == pid
        assert not any(probe.allowed[asked:])
        keeper.release()
        probe.finding = Finding(Health.READY)
        asked = len(probe.allowed)
        await until(lambda: len(probe.allowed) > asked + 1)
        assert probe.allowed[-1]
        assert (keeper.status.pid, keeper.status.restarts) == (pid, 0)

    keep(tmp_path, test, probe=probe, hung_seconds=0.2)


def test_a_hold_waits_for_a_probe_that_may_mend(tmp_path):
    release = asyncio.Event()
    mending: list[str] = []

    async def probe(may_mend):
        if may_mend and mending == ["wanted"]:
            mending.append("begun")
            await release.wait()
            mending.append("done")
        return Finding(Health.READY)

    async def test(keeper):
        mending.append("wanted")
        await until(lambda: "begun" in mending)
        hold = asyncio.create_task(keeper.hold(60))
        await asyncio.sleep(0.1)
        assert not hold.done()
        release.set()
        await hold
        assert mending == ["wanted", "begun", "done"]

    keep(tmp_path, test, probe=probe)


def test_answering_is_not_ready_and_says_why(tmp_path):
    async def test(keeper):
        return keeper.status.phase, keeper.status.detail

    found, _ = keep(tmp_path, test, probe=Probe(Health.ANSWERING, "no model is published"))
    assert found == ("answering", "no model is published")


def test_a_probe_that_fails_is_silence(tmp_path):
    calls: list[int] = []

    async def probe(may_mend):
        del may_mend
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("odd")
        return Finding(Health.READY)

    async def test(keeper):
        await until(lambda: keeper.status.phase == "silent")
        return keeper.status.detail

    detail, _ = keep(tmp_path, test, probe=probe)
    assert detail == "the probe failed: RuntimeError('odd')"


def test_what_a_kill_leaves_is_cleaned_before_each_start_and_at_the_end(tmp_path):
    cleaned: list[str] = []

    def clean():
        cleaned.append("yes")
        raise OSError("it clings")  # and must not keep the part from running

    async def test(keeper):
        assert len(cleaned) == 1
        os.kill(keeper.status.pid, signal.SIGKILL)
        await until(lambda: keeper.status.restarts == 1 and keeper.status.phase == "ready")
        assert len(cleaned) == 2

    keep(tmp_path, test, clean=clean)
    assert len(cleaned) == 3


def test_a_farewell_is_said_through_its_input(tmp_path):
    code = """
        import sys
        first = sys.stdin.buffer.read(5)
        print(first, sys.stdin.buffer.read(1), flush=True)
    """

    async def test(keeper):
        return keeper.status.pid

    keep(tmp_path, test, code=code, stdin=b"hello", farewell=b"!")
    assert (tmp_path / "small.log").read_text().splitlines()[-1] == "b'hello' b'!'"


def test_a_stopped_process_can_be_ended(tmp_path):
    async def test(keeper):
        os.kill(keeper.status.pid, signal.SIGSTOP)
        return time.monotonic()

    began, _ = keep(tmp_path, test, patience_seconds=8.0)
    assert time.monotonic() - began < 5
