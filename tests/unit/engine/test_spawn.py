import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from ranker.engine import spawn
from ranker.serving.child import ChildProcess

ROOT = Path(__file__).resolve().parents[3]


def child(folder: Path, code: str, *, interpreter: str = sys.executable) -> ChildProcess:
    """A small Python program as a child."""
    return ChildProcess(
        name="small",
        argv=(interpreter, "-I", "-S", "-c", textwrap.dedent(code)),
        env={"WHAT": "given"},
        cwd=folder,
        log_name="small.log",
    )


def wait_for(condition, seconds: float = 10.0):
    """The condition's first true value; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError("the condition never held")


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_it_gets_its_own_environment_and_log(tmp_path):
    code = "import os; print(sorted(os.environ), os.getcwd(), os.getsid(0) == os.getpid())"
    process = spawn.spawn(child(tmp_path, code), tmp_path / "run")
    assert process.wait(10) == 0
    log = (tmp_path / "run" / "small.log").read_text()
    assert log.startswith("--- started 20")
    assert "'WHAT'" in log
    assert "'HOME'" not in log
    assert f"{tmp_path} True" in log
    assert spawn.last_line(tmp_path / "run" / "small.log").endswith("True")


def test_its_input_stays_open_until_it_is_stopped(tmp_path):
    code = """
        import sys
        assert sys.stdin.buffer.read(3) == b"abc"
        print("waiting", flush=True)
        sys.exit(0 if sys.stdin.buffer.read(1) == b"!" else 1)
    """
    process = spawn.spawn(child(tmp_path, code), tmp_path, stdin=b"abc")
    wait_for(lambda: "waiting" in (tmp_path / "small.log").read_text())
    assert process.poll() is None
    spawn.stop(process, farewell=b"!", patience_seconds=10)
    assert process.returncode == 0


def test_one_that_does_not_listen_to_sigterm_is_killed(tmp_path):
    code = """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("deaf", flush=True)
        time.sleep(60)
    """
    process = spawn.spawn(child(tmp_path, code), tmp_path)
    wait_for(lambda: "deaf" in (tmp_path / "small.log").read_text())
    spawn.stop(process, patience_seconds=0.1)
    assert process.returncode == -signal.SIGKILL


def test_stopping_what_is_gone_is_harmless(tmp_path):
    process = spawn.spawn(child(tmp_path, "pass"), tmp_path, stdin=b"")
    process.wait(10)
    spawn.stop(process, farewell=b"!", patience_seconds=1)
    spawn.stop(process, patience_seconds=1)
    assert process.returncode == 0


def test_a_killed_launcher_takes_its_child_with_it(tmp_path):
    launcher = tmp_path / "launcher.py"
    launcher.write_text(
        textwrap.dedent(
            f"""
            import sys, time
            from pathlib import Path
            from ranker.engine import spawn
            from ranker.serving.child import ChildProcess
            child = ChildProcess(
                name="small", argv=({sys.executable!r}, "-I", "-S", "-c", "import time; time.sleep(60)"),
                cwd=Path({str(tmp_path)!r}), log_name="small.log",
            )
            print(spawn.spawn(child, Path({str(tmp_path)!r})).pid, flush=True)
            time.sleep(60)
            """
        )
    )
    process = subprocess.Popen([sys.executable, launcher], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with process:
        pid = int(process.stdout.readline())
        wait_for(lambda: "time.sleep" in " ".join(psutil.Process(pid).cmdline()[:5][-1:]))
        process.kill()
    wait_for(lambda: gone(pid))


def test_a_launcher_that_died_before_the_wish_leaves_no_child():
    done = subprocess.run(
        [sys.executable, "-I", "-S", spawn.TETHER, str(os.getpid() + 1), "/bin/echo", "alive"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, b"")


def test_it_shares_the_lock_that_it_is_given(tmp_path):
    handle = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    try:
        code = f"import os; print(os.path.samestat(os.fstat({handle}), os.stat({str(tmp_path / 'lock')!r})))"
        process = spawn.spawn(child(tmp_path, code), tmp_path, keep=[handle])
        assert process.wait(10) == 0
    finally:
        os.close(handle)
    assert spawn.last_line(tmp_path / "small.log") == "True"


def test_a_large_log_makes_room(tmp_path, monkeypatch):
    monkeypatch.setattr(spawn, "LARGEST_LOG", 100)
    (tmp_path / "small.log").write_text("old\n" * 50)
    spawn.spawn(child(tmp_path, "print('new')"), tmp_path).wait(10)
    assert (tmp_path / "small.log.1").read_text().startswith("old")
    assert spawn.last_line(tmp_path / "small.log") == "new"


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("", ""),
        ("--- started a\n", ""),
        ("--- started a\nold\n--- started b\n", ""),
        ("--- started a\nold\n--- started b\nnew\n\n", "new"),
    ],
)
def test_the_last_line_is_of_the_newest_start(tmp_path, log, line):
    (tmp_path / "log").write_text(log)
    assert spawn.last_line(tmp_path / "log") == line


def test_no_log_has_no_last_line(tmp_path):
    assert spawn.last_line(tmp_path / "absent") == ""
