"""Starts the supervisor as a daemon, waits for its parts, and ends it."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from ranker.engine import lock
from ranker.engine.disk import disk_errors
from ranker.engine.spawn import LARGEST_LOG
from ranker.engine.supervisor import control, state
from ranker.engine.supervisor.daemon import LOCK
from ranker.engine.supervisor.parts import RESTORING, prepare
from ranker.errors import EncoreError, InvalidInputError
from ranker.settings import PROJECT, Settings

LOG = "supervisor.log"
REPORT_SECONDS = 60.0
READY_SECONDS = 180.0
STOP_SECONDS = 60.0
DOOMED_RESTARTS = 4  # a part that died five times in a row while we wait will die again


class _StartError(EncoreError):
    """The daemon could not start; carries its exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def running(settings: Settings) -> bool:
    """Whether a supervisor holds this installation."""
    return lock.is_held(settings.run / LOCK)


def refuse_elsewhere(settings: Settings) -> None:
    """Refuse to start what the other commands would then not talk to.

    Raises:
        InvalidInputError: The settings name a stack elsewhere.
    """
    if settings.engine_url is not None:
        raise InvalidInputError(
            f"ENCORE_ENGINE_URL is [{settings.engine_url}], the stack that commands talk to: "
            "unset it to start one here"
        )


def start(
    settings: Settings, environment: Mapping[str, str], progress: Callable[[str], None] | None = None
) -> bool:
    """Starts the daemon unless it runs already; whether it did.

    What takes long (downloads, compilers) happens here, where a person sees it, before the daemon starts.

    Raises:
        MissingPartError: A part of the machine is missing.
        EncoreError: The daemon could not start, or it runs the other engine.
        InvalidInputError: The settings name a stack elsewhere.
    """
    refuse_elsewhere(settings)
    if running(settings):
        _refuse_other(settings)
        return False
    prepare(settings, environment, progress)
    if progress is not None:
        progress("starting the supervisor")
    answer = _read_report(*_spawn(settings, environment), settings)
    if "error" in answer:
        raise _StartError(answer["error"], answer["exit_code"])
    return True


def _refuse_other(settings: Settings) -> None:
    """A wish for one engine is not met by the other; without a wish, whatever runs is right."""
    here = state.settled(settings).engine
    if "engine" in settings.model_fields_set and settings.engine != here:
        raise EncoreError(
            f"[{here}] runs in [{settings.data}] already, and [{settings.engine}] is wanted: "
            f"stop it first with 'encore down', or set ENCORE_DATA to another folder"
        )


def _spawn(settings: Settings, environment: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """The daemon's process, in a session of its own, and the reading end of its report."""
    reading, writing = os.pipe()
    with disk_errors(settings.run):
        settings.run.mkdir(parents=True, exist_ok=True)
        log = settings.run / LOG
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_name(f"{LOG}.1"))
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "ranker.engine.supervisor", str(writing)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=PROJECT,
                env={**environment, **settings.environment()},
                start_new_session=True,
                pass_fds=[writing],
            )
    os.close(writing)
    return process, reading


def _read_report(process: subprocess.Popen[bytes], reading: int, settings: Settings) -> dict[str, Any]:
    with os.fdopen(reading, "rb") as report:
        ready, _, _ = select.select([report], [], [], REPORT_SECONDS)
        line = report.readline() if ready else b""
    if not line:
        process.kill()
        process.wait()
        raise EncoreError(f"the supervisor did not start: look at [{settings.run / LOG}]")
    answer: dict[str, Any] = json.loads(line)
    return answer


def wait(
    settings: Settings,
    progress: Callable[[dict[str, Any]], None] | None = None,
    deadline_seconds: float = READY_SECONDS,
) -> dict[str, Any]:
    """Waits until the engine is ready and every other part answers; the last status.

    A ranker without models or without an index answers and is not ready: that is where a new installation
    stands, and no reason to wait.

    Raises:
        EncoreError: The deadline passed, or a part dies again and again; the message says why.
    """
    deadline = time.monotonic() + deadline_seconds
    while True:
        status = control.ask(settings, {"do": "status"})
        if progress is not None:
            progress(status)
        waiting = [part for part in status["parts"] if not _up(part)]
        if not waiting:
            return status
        doomed = any(part["phase"] == "dead" and part["restarts"] >= DOOMED_RESTARTS for part in waiting)
        if doomed or time.monotonic() > deadline:
            said = "; ".join(f"{part['name']} is {part['phase']}: {part['detail']}" for part in waiting)
            raise EncoreError(f"not everything came up: {said}; 'encore status' shows the rest")
        time.sleep(0.2)


def _up(part: Mapping[str, Any]) -> bool:
    if part["name"] == "engine" or part["detail"] == RESTORING:
        return bool(part["phase"] == "ready")
    return part["phase"] in ("ready", "answering")


def stop(settings: Settings, deadline_seconds: float = STOP_SECONDS) -> bool:
    """Ends the supervisor and all its parts; whether any ran. Returns when they are gone.

    One that does not answer is killed; its parts die with it.
    """
    if not running(settings):
        state.remove(settings.run)
        return False
    pid = lock.holder(settings.run / LOCK)
    try:
        control.ask(settings, {"do": "stop"})
    except EncoreError:  # it is starting, stopping or stuck
        _signal(pid, signal.SIGTERM)
    if not _wait_until_stopped(settings, pid, deadline_seconds):
        _signal(pid, signal.SIGKILL)
        if not _wait_until_stopped(settings, pid, deadline_seconds):
            raise EncoreError(f"process [{pid}] does not end: end it yourself, then try again")
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    if pid > 0:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _wait_until_stopped(settings: Settings, pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while running(settings) or lock.is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
