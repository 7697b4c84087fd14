import signal
import subprocess
import sys

import pytest

from ranker.engine.supervisor import state
from ranker.engine.supervisor.leftovers import end_leftovers
from ranker.settings import Settings
from tests.unit.engine.supervisor.small_parts import SLEEPER, gone


@pytest.fixture
def settings(tmp_path):
    settings = Settings(data=tmp_path / "data")
    settings.run.mkdir(parents=True)
    return settings


def sleeper(folder) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-I", "-S", "-c", SLEEPER], cwd=folder)


def test_a_stopped_part_of_a_killed_supervisor_is_ended(settings):
    with sleeper(settings.run) as process:
        process.send_signal(signal.SIGSTOP)
        state.write(settings.run, {"pid": 1, "model_server": {"pid": process.pid}, "ranker": {"pid": None}})
        assert end_leftovers(settings) == [process.pid]
        assert gone(process.pid)
    assert not (settings.run / state.FILE).exists()


def test_a_process_that_only_got_the_same_id_is_left_alone(settings, tmp_path):
    with sleeper(tmp_path) as process:
        state.write(settings.run, {"pid": 1, "engine": {"pid": process.pid}})
        assert end_leftovers(settings) == []
        assert not gone(process.pid)
        process.kill()


@pytest.mark.parametrize(
    "content", [None, b"", b"[1]", b'{"engine": {"pid": "x"}}', b'{"engine": {"pid": 4194303}}']
)
def test_a_torn_or_missing_state_is_no_obstacle(settings, content):
    if content is not None:
        (settings.run / state.FILE).write_bytes(content)
    assert end_leftovers(settings) == []
