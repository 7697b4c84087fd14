"""The node's life as a process: restarts keep data, one node a folder, no orphan, no lost document."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time

import httpx
import psutil
import pytest

from ranker.engine.home import EngineHome
from ranker.engine.node import EngineNode
from ranker.engine.plan import lock_data, plan
from ranker.engine.ports import any_free
from ranker.errors import EncoreError, MissingPartError
from ranker.settings import PROJECT, Settings

DOCUMENTS = 400


@pytest.fixture
def settings(tmp_path, cache, home):
    return Settings(data=tmp_path / "data", cache=cache, engine=home.engine, engine_heap_megabytes=512)


def start(settings: Settings, home: EngineHome, jdk, **given) -> EngineNode:
    given.setdefault("port", any_free())
    return EngineNode.start(settings, home, jdk, **given)


def rest(node: EngineNode) -> httpx.Client:
    return httpx.Client(base_url=node.url, timeout=30, trust_env=False)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def until(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        time.sleep(0.02)


def test_stopped_in_order_and_started_again_it_has_its_data(settings, home, jdk):
    with start(settings, home, jdk) as node, rest(node) as http:
        assert http.put("/kept/_doc/1", json={"title": "晴天"}).status_code == 201
        with pytest.raises(EncoreError) as refusal:  # a second node on the same folder
            start(settings, home, jdk)
        assert node.alive()
        port = node.plan.port
    assert str(refusal.value) == (
        f"an engine already runs on [{settings.engine_data}] (process [{node.pid}]): "
        f"stop it with 'encore down', or set ENCORE_DATA to another folder"
    )
    assert node.process.returncode == 0
    # The token of the ranker is a secret: it travels through the pipe, in the node's keystore.
    secret = plan(settings, home, jdk, port=port, secrets={"encore.ranker.token": "s3cret~!"})
    with EngineNode.launch(secret) as node, rest(node) as http:
        node.wait_ready()
        assert http.get("/kept/_doc/1").json()["_source"] == {"title": "晴天"}


def test_kill_9_loses_no_acknowledged_document(settings, home, jdk):
    acknowledged: list[str] = []
    with start(settings, home, jdk) as node, rest(node) as http:
        http.put("/safe", json={"settings": {"number_of_shards": 2, "number_of_replicas": 0}})
        killer = subprocess.Popen(
            [sys.executable, "-c", f"import os, sys, time; sys.stdin.readline(); os.kill({node.pid}, 9)"],
            stdin=subprocess.PIPE,
        )
        for number in range(DOCUMENTS):
            if number == DOCUMENTS // 2:  # dies in the middle of the writes that follow
                killer.stdin.write(b"now\n")
                killer.stdin.flush()
            try:
                answer = http.put(f"/safe/_doc/{number}", json={"n": number})
            except httpx.HTTPError:
                break
            assert answer.status_code == 201
            acknowledged.append(str(number))
        killer.wait(10)
        until(lambda: not node.alive(), 10)
        assert node.process.returncode == -signal.SIGKILL
    assert len(acknowledged) >= DOCUMENTS // 2
    with start(settings, home, jdk) as node, rest(node) as http:
        found = http.post("/safe/_mget", json={"ids": acknowledged}).json()["docs"]
        assert [doc["_source"]["n"] for doc in found] == [int(number) for number in acknowledged]


def test_a_port_lost_after_it_was_chosen_is_one_sentence(settings, home, jdk):
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", 0))
        thief.listen()
        port = thief.getsockname()[1]
        with pytest.raises(MissingPartError) as refusal:
            start(settings, home, jdk, port=port)
    assert str(refusal.value) == (
        f"port [{port}] on 127.0.0.1 is taken by another program: "
        f"stop that program, or set ENCORE_ENGINE_PORT to another port (0 picks a free one)"
    )


def test_a_wrong_setting_is_said_with_the_engines_own_reason(settings, home, jdk):
    with pytest.raises(MissingPartError) as refusal:
        start(settings, home, jdk, extra={"no.such.setting": "1"})
    kind = {
        "elasticsearch": "java.lang.IllegalArgumentException",
        "opensearch": "org.opensearch.common.settings.SettingsException",
    }[home.engine]
    expected = f"the engine died with exit code [1]: [{kind}: unknown setting [no.such.setting]"
    assert str(refusal.value).startswith(expected)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("moment", ["booting", "running"])
def test_a_killed_launcher_leaves_no_orphan(settings, home, jdk, tmp_path, moment):
    program = tmp_path / "launcher.py"
    program.write_text(
        textwrap.dedent(
            f"""
            import os, time
            from pathlib import Path
            from ranker.engine.home import EngineHome
            from ranker.engine.java import Jdk
            from ranker.engine.node import EngineNode
            from ranker.engine.plan import plan
            from ranker.settings import Settings
            folder, engine = Path({str(settings.data)!r}), {home.engine!r}
            settings = Settings(data=folder, engine=engine, engine_heap_megabytes=512)
            home = EngineHome(engine, Path({str(home.path)!r}), ())
            jdk = Jdk(Path({str(jdk.home)!r}), 25)
            node = EngineNode.launch(plan(settings, home, jdk, port={any_free()}))
            if {moment!r} == "running":
                node.wait_ready()
            print(node.pid, flush=True)
            time.sleep(600)
            """
        )
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, env=environment) as launcher:
        pid = int(launcher.stdout.readline())
        assert psutil.pid_exists(pid)
        launcher.kill()
    until(lambda: is_gone(pid), 10)
    os.close(lock_data(settings.engine_data))  # the folder is free again
