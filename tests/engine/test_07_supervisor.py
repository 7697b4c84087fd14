"""`encore up` on real parts: what dies comes back, nothing is left behind, whatever is killed."""

import asyncio
import os
import signal
import time
from pathlib import Path

import httpx
import psutil
import pytest

from ranker.engine.ports import is_free
from ranker.engine.supervisor import control, launch, state
from ranker.errors import EncoreError
from ranker.serving.model_server.identity import publish_identity
from ranker.serving.model_server.stubs import shared_memory_prefix, stub_pids
from ranker.serving.model_server.triton import TritonModelServer
from ranker.settings import Settings

pytestmark = [pytest.mark.node, pytest.mark.triton]

# From a death to real work again; an engine's own start is 5 to 8 s on a quiet machine.
BACK_SECONDS = {"ranker": 10.0, "triton": 10.0, "engine": 90.0}


@pytest.fixture(scope="module")
def settings(product, tmp_path_factory, cache):
    folder = tmp_path_factory.mktemp("stack")
    repository = folder / "models"
    repository.mkdir()
    publish_identity(repository, folder)
    return Settings(
        data=folder / "data",
        cache=cache,
        model_repo=repository,
        engine=product,
        engine_heap_megabytes=512,
    )


@pytest.fixture(scope="module", autouse=True)
def stack(settings):
    try:
        assert launch.start(settings, os.environ)
        launch.wait(settings)
        yield
    finally:
        launch.stop(settings)


def part(settings, name):
    return next(p for p in control.ask(settings, {"do": "status"})["parts"] if p["name"] == name)


def until(condition, seconds: float):
    """Seconds until the condition held; fails when it does not in time."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "the condition never held"
        time.sleep(0.05)
    return time.monotonic() - began


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def is_stub(pid: int) -> bool:
    """Whether it is a process of a model; those of a stopped server live until it is ended."""
    return psutil.pid_exists(pid) and "stub" in psutil.Process(pid).name()


def well(settings, name) -> bool:
    """The ranker has no model but the identity here, so that it answers and is not ready."""
    return part(settings, name)["phase"] in (("answering",) if name == "ranker" else ("ready",))


def test_a_second_up_changes_nothing(settings):
    before = state.read(settings)["pid"]
    assert launch.start(settings, os.environ) is False
    assert state.read(settings)["pid"] == before


def test_a_port_that_is_taken_is_said_by_up_itself(settings, tmp_path):
    port = int(state.read(settings)["engine"]["url"].rpartition(":")[2])
    other = settings.model_copy(update={"data": tmp_path, "engine_port": port})
    with pytest.raises(EncoreError) as refusal:
        launch.start(other, os.environ)
    assert str(refusal.value) == (
        f"port [{port}] on 127.0.0.1 is taken by another program: "
        f"stop that program, or set ENCORE_ENGINE_PORT to another port (0 picks a free one)"
    )
    assert refusal.value.exit_code == 3
    assert not launch.running(other)


def test_every_door_is_where_the_state_says(settings):
    found = state.read(settings)
    assert httpx.get(f"{found['engine']['url']}/_cluster/health").status_code == 200
    assert httpx.get(f"{found['ranker']['url']}/metrics").status_code == 200
    assert httpx.get(f"{found['model_server']['http']}/v2/health/live").status_code == 200
    assert "nv_inference_count" in httpx.get(found["model_server"]["metrics"]).text


def test_the_engine_knows_the_ranker(settings):
    found = state.read(settings)
    answer = httpx.get(f"{found['engine']['url']}/_nodes/settings").json()
    node = answer["nodes"].popitem()[1]["settings"]["encore"]["ranker"]
    assert node["addresses"] == [found["ranker"]["url"]]
    assert node["calls_in_flight"] == "8"


def test_every_listener_is_on_loopback(settings):
    for name in ("engine", "triton", "ranker"):
        listening = [
            connection.laddr.ip
            for connection in psutil.Process(part(settings, name)["pid"]).net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert listening
        assert set(listening) <= {"127.0.0.1", "::ffff:127.0.0.1"}


@pytest.mark.parametrize("name", ["ranker", "triton", "engine"])
def test_a_killed_part_is_back_at_the_same_address(settings, name):
    before = part(settings, name)
    os.kill(before["pid"], signal.SIGKILL)
    until(
        lambda: part(settings, name)["pid"] not in (None, before["pid"]) and well(settings, name),
        BACK_SECONDS[name],
    )
    after = part(settings, name)
    assert after["addresses"] == before["addresses"]
    assert after["restarts"] == before["restarts"] + 1


def identity_answers(settings) -> bool:
    async def ask():
        server = TritonModelServer(state.read(settings)["model_server"]["grpc"])
        try:
            return await server.ready("identity", timeout_seconds=3.0)
        finally:
            await server.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_model_process_that_died_or_hangs_is_replaced(settings, number):
    server, before = part(settings, "triton")["pid"], stub_pids(settings, "identity")
    os.kill(before[0], number)
    until(lambda: set(stub_pids(settings, "identity")) - set(before) and identity_answers(settings), 10)
    if number == signal.SIGSTOP:
        os.kill(before[0], signal.SIGKILL)
    assert part(settings, "triton")["pid"] == server


def test_a_stopped_ranker_is_left_alone_while_held(settings):
    control.ask(settings, {"do": "hold", "part": "ranker"})
    before = part(settings, "ranker")
    os.kill(before["pid"], signal.SIGSTOP)
    until(lambda: part(settings, "ranker")["phase"] == "silent", 20)
    os.kill(before["pid"], signal.SIGCONT)
    control.ask(settings, {"do": "release", "part": "ranker"})
    until(lambda: well(settings, "ranker"), 10)
    assert part(settings, "ranker")["pid"] == before["pid"]


def test_a_killed_supervisor_leaves_nothing_and_up_brings_all_back(settings):
    url = state.read(settings)["engine"]["url"]
    assert httpx.put(f"{url}/kept/_doc/1", json={"n": 1}, timeout=30).status_code == 201
    status = control.ask(settings, {"do": "status"})
    children = [entry["pid"] for entry in status["parts"]] + list(stub_pids(settings, "identity"))
    triton = part(settings, "triton")["pid"]
    os.kill(triton, signal.SIGSTOP)  # the worst moment: it cannot hear that its launcher died
    os.kill(status["pid"], signal.SIGKILL)
    until(lambda: all(is_gone(pid) for pid in children if pid != triton and not is_stub(pid)), 15)
    with pytest.raises(EncoreError, match="nothing runs in"):
        state.read(settings)
    assert launch.start(settings, os.environ)
    assert all(is_gone(pid) for pid in children)
    launch.wait(settings)
    url = state.read(settings)["engine"]["url"]
    assert httpx.get(f"{url}/kept/_doc/1").json()["_source"] == {"n": 1}


def test_down_leaves_nothing(settings):
    found = state.read(settings)
    status = control.ask(settings, {"do": "status"})
    children = [entry["pid"] for entry in status["parts"]] + list(stub_pids(settings, "identity"))
    assert launch.stop(settings) is True
    assert all(is_gone(pid) for pid in [status["pid"], *children])
    assert not (settings.run / state.FILE).exists()
    assert not (settings.run / control.FILE).exists()
    assert list(Path("/dev/shm").glob(f"{shared_memory_prefix(settings)}*")) == []
    assert is_free(int(found["engine"]["url"].rpartition(":")[2]))
    assert launch.stop(settings) is False
