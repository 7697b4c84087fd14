"""Starts a `ChildProcess`, tied to this process's life and logging to its own file."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ranker.engine.disk import disk_errors
from ranker.serving.child import ChildProcess

TETHER = Path(__file__).with_name("tether.py")
STARTED = "--- started "  # begins the line that each start writes into the log
LARGEST_LOG = 8 * 2**20  # raw output only: the parts rotate their real logs themselves


def spawn(
    child: ChildProcess, run: Path, *, stdin: bytes | None = None, keep: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Starts it from this thread, which should live as long as the process (`tether` says why).

    Args:
        child: What to start.
        run: The folder below which its log goes.
        stdin: Written to its standard input, which then stays open until `stop` or our death; None: no input.
        keep: Our file descriptors that it shares: a lock that must last as long as either of us.
    """
    log = run / child.log_name
    with disk_errors(run):
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_name(f"{log.name}.1"))
        with log.open("ab", buffering=0) as output:
            output.write(f"{STARTED}{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode())
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *child.argv],
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=child.cwd,
                env=dict(child.env),
                start_new_session=True,  # a Ctrl-C in the terminal is ours to handle, not theirs
                pass_fds=tuple(keep),
            )
    if stdin is not None:
        assert process.stdin is not None
        try:
            process.stdin.write(stdin)
            process.stdin.flush()
        except BrokenPipeError:  # it died at once; its log says why
            pass
    return process


def stop(process: subprocess.Popen[bytes], *, farewell: bytes | None = None, patience_seconds: float) -> None:
    """Ends it: asks in its own words or by SIGTERM, waits, then kills; returns when it is gone.

    Args:
        process: One that `spawn` started.
        farewell: What asks it through its standard input; None: SIGTERM does.
        patience_seconds: How long it may take to close down in order.
    """
    if process.poll() is None:
        if farewell is not None and process.stdin is not None:
            try:
                process.stdin.write(farewell)
                process.stdin.close()
            except BrokenPipeError:
                pass
        else:
            process.terminate()
            process.send_signal(signal.SIGCONT)  # one that is stopped would not hear
        try:
            process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
    if process.stdin is not None and not process.stdin.closed:
        process.stdin.close()


def tail(path: Path, most_bytes: int = 65_536) -> str:
    """The end of a log file; empty if there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - most_bytes))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def last_line(path: Path) -> str:
    """The last line that the newest start wrote into its log; empty if it wrote none."""
    said = tail(path).rpartition(STARTED)[2].splitlines()[1:]
    return next((line.strip() for line in reversed(said) if line.strip()), "")
