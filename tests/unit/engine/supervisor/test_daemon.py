import asyncio
import json
import os
import signal

import pytest

from ranker.engine.supervisor import control, keeper, state
from ranker.engine.supervisor.daemon import Supervisor, lock_run
from ranker.engine.supervisor.part import Health
from ranker.errors import EncoreError
from ranker.settings import Settings
from tests.unit.engine.supervisor.small_parts import Probe, gone, part, until


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(keeper, "INTERVAL_SECONDS", 0.05)
    monkeypatch.setattr(keeper, "STARTING_INTERVAL_SECONDS", 0.05)


def supervised(settings, test, parts):
    """What `test` returns while a supervisor runs these parts; it ends by the test's `stop` or by ours."""
    settings.run.mkdir(parents=True, exist_ok=True)

    async def ask(**request):
        return await asyncio.to_thread(control.ask, settings, request)

    async def run():
        supervisor = Supervisor(settings, parts)
        report = asyncio.get_running_loop().create_future()
        life = asyncio.create_task(supervisor.run(report))
        await report
        try:
            return await test(ask)
        finally:
            if (settings.run / control.FILE).exists():
                await ask(do="stop")
            await asyncio.wait_for(life, 30)

    return asyncio.run(run())


def test_the_state_names_every_part_and_goes_with_the_supervisor(tmp_path):
    settings = Settings(data=tmp_path)
    parts = [
        part(tmp_path, name="engine", addresses={"url": "http://127.0.0.1:9200"}),
        part(tmp_path, name="triton", key="model_server", addresses={"grpc": "127.0.0.1:8001"}),
    ]

    async def test(ask):
        await until(lambda: state.read(settings)["model_server"]["phase"] == "ready")
        await until(lambda: state.read(settings)["engine"]["phase"] == "ready")
        return state.read(settings), await ask(do="status")

    written, status = supervised(settings, test, parts)
    assert written["pid"] == os.getpid()
    assert written["engine"]["url"] == "http://127.0.0.1:9200"
    assert written["model_server"]["grpc"] == "127.0.0.1:8001"
    assert "triton" not in written
    assert [entry["name"] for entry in status["parts"]] == ["engine", "triton"]
    assert status["parts"][0]["pid"] == written["engine"]["pid"]
    assert status["parts"][0] == {
        "name": "engine",
        "phase": "ready",
        "pid": written["engine"]["pid"],
        "restarts": 0,
        "since_ms": status["parts"][0]["since_ms"],
        "held": False,
        "detail": "",
        "addresses": {"url": "http://127.0.0.1:9200"},
    }
    assert all(gone(entry["pid"]) for entry in status["parts"])
    assert not (settings.run / state.FILE).exists()
    assert not (settings.run / control.FILE).exists()


def test_without_a_model_server_the_state_says_null(tmp_path):
    settings = Settings(data=tmp_path)

    async def test(ask):
        return json.loads((settings.run / state.FILE).read_text())["model_server"]

    assert supervised(settings, test, [part(tmp_path, name="ranker")]) is None


def test_hold_and_release_by_name_or_for_all(tmp_path):
    settings = Settings(data=tmp_path)

    async def test(ask):
        held = await ask(do="hold", part="b", seconds=60)
        phases = [entry["held"] for entry in (await ask(do="status"))["parts"]]
        everything = await ask(do="hold")
        released = await ask(do="release")
        return held, phases, everything, released

    held, phases, everything, released = supervised(
        settings, test, [part(tmp_path, name="a"), part(tmp_path, name="b")]
    )
    assert held == {"held": ["b"], "seconds": 60.0}
    assert phases == [False, True]
    assert everything == {"held": ["a", "b"], "seconds": 300.0}
    assert released == {"released": ["a", "b"]}


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"do": "dance"}, "cannot do [dance]: choose status, hold, release or stop"),
        ({}, "cannot do [None]: choose status, hold, release or stop"),
        ({"do": "hold", "part": "c"}, "no part [c] runs here: choose one of [a, b]"),
        ({"do": "hold", "seconds": 0}, "cannot hold for [0] seconds: give more than 0 and at most 3600"),
        ({"do": "hold", "seconds": "x"}, "cannot hold for [x] seconds: give more than 0 and at most 3600"),
    ],
)
def test_wrong_requests_are_refused_with_the_value(tmp_path, request_, sentence):
    settings = Settings(data=tmp_path)

    async def test(ask):
        with pytest.raises(EncoreError) as refusal:
            await ask(**request_)
        return str(refusal.value)

    parts = [part(tmp_path, name="a"), part(tmp_path, name="b")]
    assert supervised(settings, test, parts) == sentence


def test_a_signal_stops_it_in_order(tmp_path):
    settings = Settings(data=tmp_path)

    async def test(ask):
        pid = (await ask(do="status"))["parts"][0]["pid"]
        os.kill(os.getpid(), signal.SIGTERM)
        await until(lambda: not (settings.run / state.FILE).exists())
        return pid

    assert gone(supervised(settings, test, [part(tmp_path, name="a")]))


def test_a_full_disk_does_not_end_what_runs(tmp_path, monkeypatch):
    settings = Settings(data=tmp_path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(state, "write", full)

    async def test(ask):
        while (status := (await ask(do="status"))["parts"][0])["phase"] != "answering":
            await asyncio.sleep(0.01)
        return status["detail"]

    found = supervised(settings, test, [part(tmp_path, name="a", probe=Probe(Health.ANSWERING, "well"))])
    assert found == "well"


def test_only_one_supervisor_runs_an_installation(tmp_path):
    lock = lock_run(tmp_path / "run")
    try:
        with pytest.raises(EncoreError) as refusal:
            lock_run(tmp_path / "run")
        assert str(refusal.value) == (
            f"already running in [{tmp_path}] (process [{os.getpid()}]): "
            f"use it, stop it with 'encore down', or set ENCORE_DATA to another folder"
        )
    finally:
        os.close(lock)
    os.close(lock_run(tmp_path / "run"))
