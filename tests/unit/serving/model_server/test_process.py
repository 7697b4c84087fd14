from pathlib import Path

import pytest

from ranker.errors import EncoreError
from ranker.serving.model_server.environment import TritonEnvironment
from ranker.serving.model_server.process import TritonPorts, triton_process
from ranker.serving.model_server.stubs import shared_memory_prefix
from ranker.settings import Settings

PARTS = TritonEnvironment(
    server=Path("/parts/tritonserver"),
    programs=Path("/parts/bin"),
    libraries=(Path("/python/lib"), Path("/parts/libs")),
    backends=Path("/parts/backends"),
)


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data", model_repo=tmp_path / "models")


def test_the_command_line_is_loopback_explicit_and_goes_on_after_a_failed_load(settings):
    ports = TritonPorts(grpc=1, http=2, metrics=3)
    child = triton_process(settings, ports, ["mmoe", "relevance"], PARTS)
    command = child.argv[child.argv.index("/parts/tritonserver") :]
    assert set(command[1:]) == {
        f"--model-repository={settings.model_repo}",
        "--backend-directory=/parts/backends",
        "--model-control-mode=explicit",
        "--load-model=mmoe",
        "--load-model=relevance",
        "--exit-on-error=false",
        "--strict-readiness=true",
        "--exit-timeout-secs=5",
        "--http-address=127.0.0.1",
        "--http-port=2",
        "--grpc-address=127.0.0.1",
        "--grpc-port=1",
        "--metrics-address=127.0.0.1",
        "--metrics-port=3",
        "--allow-gpu-metrics=false",
        f"--backend-config=python,shm-region-prefix-name={shared_memory_prefix(settings)}",
    }
    assert (child.name, child.log_name, child.cwd) == ("triton", "triton.log", settings.run)
    assert ports.address == "127.0.0.1:1"


def test_the_environment_is_its_own_and_the_interpreters_library_comes_first(settings):
    child = triton_process(settings, TritonPorts(1, 2, 3), (), PARTS)
    assert child.env == {
        "PATH": "/parts/bin:/usr/bin:/bin",
        "LD_LIBRARY_PATH": "/python/lib:/parts/libs",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
    }


def test_free_ports_differ():
    ports = TritonPorts.free()
    assert len({ports.grpc, ports.http, ports.metrics}) == 3


def test_installations_do_not_share_a_prefix(tmp_path):
    first, second = (shared_memory_prefix(Settings(data=tmp_path / name)) for name in "ab")
    assert first != second
    assert first.startswith("encore-")
    assert first == shared_memory_prefix(Settings(data=tmp_path / "a"))


def test_a_server_that_does_not_run_has_no_pid(settings, monkeypatch):
    from ranker.serving.model_server import process

    monkeypatch.setattr(process, "triton_environment", lambda _: PARTS)
    with pytest.raises(EncoreError) as caught:
        _ = process.TritonProcess(settings, ()).pid
    assert str(caught.value) == "the Triton server is not running; start it first"
