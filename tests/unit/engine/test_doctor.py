import shutil
import socket

import pytest

from ranker.engine import doctor
from ranker.engine.check import Check
from ranker.errors import MissingPartError
from ranker.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(
        data=tmp_path / "data",
        cache=tmp_path / "data" / "cache",
        model_repo=tmp_path / "models",
        model_server="in_process",
    )


def found(checks, name) -> Check:
    return next(check for check in checks if check.name == name)


def test_a_bare_machine_is_told_what_to_get(settings):
    checks = list(doctor.examine(settings, {"PATH": "/nowhere"}))
    assert found(checks, "Maven") == Check(
        "Maven", "missing", "no Maven: [mvn] is not in PATH", "install it (Debian: apt install maven)"
    )
    assert found(checks, "running parts") == Check(
        "running parts", "note", "nothing runs", "start it with 'encore up'"
    )
    assert found(checks, "model mmoe").todo == "publish it with 'encore train'"
    assert found(checks, "dictionaries").todo == "'encore index build' exports one"
    assert found(checks, "engine plugin").state == "note"
    assert all(check.todo for check in checks if check.state != "ok")
    assert not any(check.todo for check in checks if check.state == "ok")


def test_what_a_machine_lacks_is_one_sentence(settings, monkeypatch):
    monkeypatch.setattr(
        doctor, "machine", lambda settings, environment: [
            Check("JDK", "ok", "25"),
            Check("Maven", "missing", "no mvn", "install it"),
            Check("port of the engine", "note", "9200 is taken", "another will be chosen"),
            Check("memory", "missing", "1 MB", "free some"),
        ],
    )  # fmt: skip
    with pytest.raises(MissingPartError) as refusal:
        doctor.require_machine(settings, {})
    assert str(refusal.value) == (
        "this machine lacks what the stack needs: Maven [no mvn]: install it; memory [1 MB]: free some"
    )


def test_a_machine_that_lacks_nothing_passes(settings, monkeypatch):
    monkeypatch.setattr(doctor, "machine", lambda settings, environment: [Check("JDK", "ok", "25")])
    doctor.require_machine(settings, {})


def test_no_jdk_is_split_into_what_and_what_to_do(settings, monkeypatch):
    def none(_):
        raise MissingPartError("no JDK of version 21 or later (found none): install one, or set JAVA_HOME")

    monkeypatch.setattr(doctor, "find_jdk", none)
    check = found(list(doctor.examine(settings, {"PATH": ""})), "JDK")
    assert check == Check(
        "JDK", "missing", "no JDK of version 21 or later (found none)", "install one, or set JAVA_HOME"
    )


def test_triton_is_looked_at_only_where_it_is_wanted(settings):
    names = {check.name for check in doctor.examine(settings, {"PATH": ""})}
    assert "Triton on this machine" not in names
    with_triton = settings.model_copy(update={"model_server": "triton"})
    names = {check.name for check in doctor.examine(with_triton, {"PATH": ""})}
    assert {"Triton on this machine", "shared memory", "Triton's environment"} <= names


def test_a_small_disk_and_little_memory(settings, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, 5 * 2**20))
    heap = settings.model_copy(update={"engine_heap_megabytes": 10**9})
    checks = list(doctor.examine(heap, {"PATH": ""}))
    assert found(checks, "disk of the data") == Check(
        "disk of the data", "missing", f"5 MB free for {settings.data}",
        "free up to 4096 MB, or point ENCORE_DATA and ENCORE_CACHE elsewhere",
    )  # fmt: skip
    assert found(checks, "memory").todo == "free some, or set ENCORE_ENGINE_HEAP_MEGABYTES lower"


def test_a_wanted_port_that_is_taken_is_missing_a_usual_one_is_not(settings, monkeypatch):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        wanted = settings.model_copy(update={"engine_port": port})
        assert found(list(doctor.examine(wanted, {"PATH": ""})), "port of the engine") == Check(
            "port of the engine", "missing", f"port [{port}] on 127.0.0.1 is taken by another program",
            "stop that program, or set ENCORE_ENGINE_PORT to another port (0 picks a free one)",
        )  # fmt: skip
        monkeypatch.setattr(doctor.parts, "USUAL_RANKER_PORT", port)
        assert found(list(doctor.examine(settings, {"PATH": ""})), "port of the ranker") == Check(
            "port of the ranker", "note", f"{port} is taken", "another free port will be chosen"
        )
