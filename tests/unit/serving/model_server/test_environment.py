import platform
import subprocess
import sys

import pytest

from ranker.errors import MissingPartError
from ranker.serving.model_server import environment
from ranker.serving.model_server.environment import check_machine, triton_environment
from ranker.settings import Settings

INSTEAD = "or set ENCORE_MODEL_SERVER=in_process to serve without Triton"


def refusal():
    with pytest.raises(MissingPartError) as caught:
        check_machine()
    return str(caught.value)


def test_another_system_is_refused(monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert refusal() == (
        "the Triton server runs on Linux on x86_64 or aarch64, not on [Darwin arm64]; "
        f"use such a machine, {INSTEAD}"
    )


@pytest.mark.parametrize("version", [("glibc", "2.31"), ("", "")])
def test_an_older_c_library_is_refused(monkeypatch, version):
    monkeypatch.setattr(platform, "libc_ver", lambda: version)
    assert refusal() == (
        f"the Triton server needs glibc 2.35 or newer, this machine has [{version[0]} {version[1]}]; "
        f"use Debian 12 or newer, {INSTEAD}"
    )


def test_another_python_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 13, 0, "final", 0))
    monkeypatch.setattr(environment, "_python_version", lambda: "3.13")
    assert refusal() == (
        "the Triton server's model processes run on Python 3.11 or 3.12, this is [3.13]; "
        f"use one of those, {INSTEAD}"
    )


def test_a_python_without_its_shared_library_is_refused(monkeypatch, tmp_path):
    missing = tmp_path / "libpython3.11.so.1.0"
    monkeypatch.setattr(environment, "_libpython", lambda: missing)
    monkeypatch.setattr(environment, "_python_version", lambda: "3.11")
    assert refusal() == (
        f"the Triton server's model processes need the shared library [{missing}]; "
        f"install it (Debian: libpython3.11), {INSTEAD}"
    )


def test_packages_that_cannot_be_had_leave_nothing_behind(monkeypatch, tmp_path):
    def fails(command, **_):
        return subprocess.CompletedProcess(command, 2, "", "error: no\n  network")

    monkeypatch.setattr(subprocess, "run", fails)
    with pytest.raises(MissingPartError) as caught:
        triton_environment(Settings(data=tmp_path, cache=tmp_path / "cache"))
    assert str(caught.value) == (
        "the packages of the Triton server could not be installed: [error: no network]; "
        f"check the network and the package index, {INSTEAD}"
    )
    assert [path.name for path in (tmp_path / "cache" / "triton").iterdir()] == ["lock"]


def test_the_pins_have_hashes_and_name_no_host():
    lines = environment._REQUIREMENTS.read_text().splitlines()
    packages = [line.split("==")[0] for line in lines if "==" in line]
    assert packages == [
        "nvidia-pytriton",
        "flatbuffers",
        "numpy",
        "onnxruntime",
        "packaging",
        "protobuf",
    ]
    assert all("://" not in line for line in lines)
    assert sum("--hash=sha256:" in line for line in lines) > len(packages)


@pytest.mark.triton
def test_the_environment_is_made_once():
    settings = Settings()
    made = triton_environment(settings)
    assert made.server.is_file()
    backend = made.backends / "onnxruntime"
    assert sorted(path.name for path in backend.iterdir() if path.suffix == ".py") == ["graph.py", "model.py"]
    assert not any(path.is_symlink() for path in made.backends.rglob("*"))
    assert triton_environment(settings) == made
