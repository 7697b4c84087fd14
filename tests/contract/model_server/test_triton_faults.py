"""What the real Triton server does when it or one of its processes is killed or stopped, and our answer."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from tritonclient.grpc import service_pb2

from ranker.errors import MissingPartError
from ranker.serving.model_server.base import ModelServerError
from ranker.serving.model_server.process import TritonProcess
from ranker.serving.model_server.repair import ModelHealth, repair
from ranker.serving.model_server.stubs import remove_leftovers, shared_memory_prefix, stub_pids
from ranker.serving.model_server.triton import TritonModelServer
from ranker.settings import Settings

pytestmark = pytest.mark.triton

SECONDS = 30.0
BEFORE_THE_DEADLINE = SECONDS / 2
INPUTS = {"values": np.ones((2, 4), np.float32), "ids": np.ones((2, 2), np.int64)}
SHARED_MEMORY = Path("/dev/shm")


def run(process, scenario):
    async def all_of_it():
        server = TritonModelServer(process.address)
        try:
            await until_it_answers(server, within=SECONDS)
            await scenario(server)
        finally:
            await server.close()

    asyncio.run(all_of_it())


async def failure(server, timeout_seconds):
    """The cause with which a call fails, and after how many seconds."""
    start = time.monotonic()
    with pytest.raises(ModelServerError) as caught:
        await server.infer("scale", INPUTS, timeout_seconds=timeout_seconds)
    return caught.value.cause, time.monotonic() - start


async def until_it_answers(server, within):
    start = time.monotonic()
    while time.monotonic() - start < within:
        try:
            await server.infer("scale", INPUTS, timeout_seconds=0.2)
        except ModelServerError:
            await asyncio.sleep(0.02)
        else:
            return
    pytest.fail(f"the model server did not answer within {within} s")


def wait_until(condition, within):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not so within {within} s"
        time.sleep(0.02)


def test_a_killed_server_is_unavailable_at_once_and_found_again_after_its_restart(fresh_triton):
    async def scenario(server):
        fresh_triton.send(signal.SIGKILL)
        for _ in range(20):
            cause, seconds = await failure(server, SECONDS)
            assert cause == "unavailable"
            assert seconds < BEFORE_THE_DEADLINE
        await asyncio.to_thread(fresh_triton.stop)
        await asyncio.to_thread(fresh_triton.start)
        await until_it_answers(server, within=SECONDS)

    run(fresh_triton, scenario)


def test_a_call_in_flight_fails_when_the_server_is_killed(fresh_triton):
    async def scenario(server):
        fresh_triton.send(signal.SIGSTOP)
        call = asyncio.create_task(failure(server, SECONDS))
        await asyncio.sleep(0)
        fresh_triton.send(signal.SIGKILL)
        cause, seconds = await call
        assert cause == "unavailable"
        assert seconds < BEFORE_THE_DEADLINE

    run(fresh_triton, scenario)


def test_a_stopped_server_costs_a_call_its_deadline_and_no_more(fresh_triton):
    async def scenario(server):
        fresh_triton.send(signal.SIGSTOP)
        for _ in range(5):
            cause, seconds = await failure(server, 0.15)
            assert cause == "timeout"
            assert 0.1 < seconds < BEFORE_THE_DEADLINE
        health = await repair(server, ["scale", "match"], timeout_seconds=0.3)
        assert health == {"scale": ModelHealth.SLOW, "match": ModelHealth.SLOW}
        fresh_triton.send(signal.SIGCONT)
        await until_it_answers(server, within=SECONDS)
        assert await server.versions("scale") == (1,)

    run(fresh_triton, scenario)


def test_a_killed_stub_is_found_by_a_probe_alone_and_repaired(fresh_triton):
    async def scenario(server):
        assert await repair(server, ["scale", "match"]) == {
            "scale": ModelHealth.READY,
            "match": ModelHealth.READY,
        }
        (stub,) = stub_pids(fresh_triton.settings, "scale", fresh_triton.pid)
        os.kill(stub, signal.SIGKILL)

        cause, seconds = await failure(server, 0.15)
        assert cause in {"timeout", "unavailable"}
        assert seconds < BEFORE_THE_DEADLINE
        assert not await server.ready("scale", timeout_seconds=3)
        assert await server.ready("match", timeout_seconds=3)
        asked = service_pb2.ModelReadyRequest(name="scale")
        said = await server._call("ModelReady", asked, SECONDS)
        assert said.ready  # which is why a probe is an inference

        health = await repair(server, ["scale", "match"])
        assert health == {"scale": ModelHealth.REPAIRED, "match": ModelHealth.READY}
        await server.infer("scale", INPUTS, timeout_seconds=SECONDS)
        assert stub_pids(fresh_triton.settings, "scale", fresh_triton.pid) != (stub,)

    run(fresh_triton, scenario)


def test_a_killed_stub_is_repaired_under_load(fresh_triton):
    """Eight clients with short deadlines: what they send must neither be lost nor hold the repair up."""

    async def scenario(server):
        done = asyncio.Event()
        causes = []

        async def client():
            while not done.is_set():
                try:
                    await server.infer("scale", INPUTS, timeout_seconds=0.15)
                    causes.append(None)
                except ModelServerError as error:
                    causes.append(error.cause)
                    await asyncio.sleep(0.01)

        clients = [asyncio.create_task(client()) for _ in range(8)]
        while len(causes) < 100:
            await asyncio.sleep(0.01)
        assert set(causes) == {None}
        os.kill(stub_pids(fresh_triton.settings, "scale")[0], signal.SIGKILL)
        start = time.monotonic()
        while (await repair(server, ["scale"]))["scale"] != ModelHealth.REPAIRED:
            assert time.monotonic() - start < 10
        assert time.monotonic() - start < 10
        answered = len(causes)
        while len(causes) < answered + 100:
            await asyncio.sleep(0.01)
        done.set()
        await asyncio.gather(*clients)
        assert set(causes) <= {None, "timeout", "unavailable", "not_found"}
        assert set(causes[-90:]) == {None}

    run(fresh_triton, scenario)


def test_a_stopped_stub_is_repaired_too(fresh_triton):
    async def scenario(server):
        (stub,) = stub_pids(fresh_triton.settings, "scale", fresh_triton.pid)
        os.kill(stub, signal.SIGSTOP)
        cause, _ = await failure(server, 0.15)
        assert cause in {"timeout", "unavailable"}
        deadline = time.monotonic() + 20
        health = await repair(server, ["scale"])
        while health["scale"] != ModelHealth.REPAIRED and time.monotonic() < deadline:
            health = await repair(server, ["scale"])
        assert health == {"scale": ModelHealth.REPAIRED}
        await server.infer("scale", INPUTS, timeout_seconds=SECONDS)

    run(fresh_triton, scenario)


def test_an_unloaded_model_is_loaded_by_repair_and_a_missing_one_is_down(fresh_triton):
    async def scenario(server):
        await server.unload("match")
        assert await repair(server, ["match", "nothing"]) == {
            "match": ModelHealth.REPAIRED,
            "nothing": ModelHealth.DOWN,
        }
        fresh_triton.send(signal.SIGKILL)
        assert await repair(server, ["match"]) == {"match": ModelHealth.DOWN}

    run(fresh_triton, scenario)


def test_what_a_kill_leaves_is_removed_and_nothing_else(fresh_triton):
    settings = fresh_triton.settings
    others = SHARED_MEMORY / f"encore-test-{os.getpid()}"
    others.touch()
    try:
        assert remove_leftovers(settings) == ()  # the server runs: all of it is in use
        stubs = [stub_pids(settings, model)[0] for model in ("scale", "match")]
        for stub in stubs:
            os.kill(stub, signal.SIGSTOP)  # as one that computes: it does not see that its server is gone
        fresh_triton.send(signal.SIGKILL)
        wait_until(lambda: psutil.Process(fresh_triton.pid).status() == psutil.STATUS_ZOMBIE, SECONDS)
        prefix = shared_memory_prefix(settings)
        assert list(SHARED_MEMORY.glob(f"{prefix}*"))

        removed = remove_leftovers(settings)
        assert {f"process {stub}" for stub in stubs} <= set(removed)
        assert not list(SHARED_MEMORY.glob(f"{prefix}*"))
        assert not stub_pids(settings, "scale") + stub_pids(settings, "match")
        assert others.exists()
    finally:
        others.unlink()


def test_it_listens_on_loopback_only(fresh_triton):
    server, ports = psutil.Process(fresh_triton.pid), fresh_triton.ports

    def listening():
        return [entry.laddr for entry in server.net_connections() if entry.status == psutil.CONN_LISTEN]

    # HTTP and metrics open a moment after gRPC.
    wait_until(lambda: {entry.port for entry in listening()} == {ports.grpc, ports.http, ports.metrics}, 5)
    assert {entry.ip.removeprefix("::ffff:") for entry in listening()} == {"127.0.0.1"}


def test_a_model_that_cannot_load_leaves_the_others_serving(tmp_path, publish_scale):
    repository = tmp_path / "models"
    publish_scale(repository, 1, "scale")
    broken = repository / "broken" / "1"
    broken.mkdir(parents=True)
    (broken / "model.onnx").write_bytes(b"no graph")
    (broken.parent / "config.pbtxt").write_text('backend: "onnxruntime"\n')
    settings = Settings(data=tmp_path / "data", cache=Settings().cache_path, model_repo=repository)
    with TritonProcess(settings, ("scale", "broken", "missing")) as process:
        run(process, lambda server: server.probe("scale", timeout_seconds=SECONDS))


def test_it_ends_with_the_process_that_started_it(tmp_path, publish_scale):
    publish_scale(tmp_path / "models", 1, "scale")
    parent = textwrap.dedent(
        f"""
        import sys, time
        from pathlib import Path
        from ranker.serving.model_server.process import TritonProcess
        from ranker.settings import Settings
        folder = Path({str(tmp_path)!r})
        cache = Path({str(Settings().cache_path)!r})
        settings = Settings(data=folder / "data", cache=cache, model_repo=folder / "models")
        process = TritonProcess(settings, ["scale"])
        process.start()
        print(process.pid, flush=True)
        time.sleep(60)
        """
    )
    started = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    try:
        pid = int(started.stdout.readline())
        assert psutil.Process(pid).name() == "tritonserver"
    finally:
        started.kill()
        started.wait()
    wait_until(lambda: not _runs(pid), 10)
    settings = Settings(data=tmp_path / "data", cache=Settings().cache_path)
    remove_leftovers(settings)
    assert not list(SHARED_MEMORY.glob(f"{shared_memory_prefix(settings)}*"))


def _runs(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_taken_port_is_said_with_the_end_of_the_log(tmp_path, publish_scale):
    publish_scale(tmp_path / "models", 1, "scale")
    settings = Settings(data=tmp_path / "data", cache=Settings().cache_path, model_repo=tmp_path / "models")
    process = TritonProcess(settings, ["scale"])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", process.ports.grpc))
        with pytest.raises(MissingPartError, match="the Triton server did not start; its log") as caught:
            process.start()
    assert f"127.0.0.1:{process.ports.grpc}" in str(caught.value)
    assert not stub_pids(settings, "scale")
