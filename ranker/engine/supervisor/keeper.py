"""Keeps one part running: starts it, probes it, kills it when it hangs, starts it again when it died."""

import asyncio
import contextlib
import logging
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ranker.engine import spawn
from ranker.engine.supervisor.backoff import Backoff
from ranker.engine.supervisor.part import Finding, Health, Part
from ranker.errors import EncoreError

_log = logging.getLogger(__name__)

Phase = Literal["starting", "answering", "ready", "silent", "dead", "stopped"]

STARTING_INTERVAL_SECONDS = 0.2
INTERVAL_SECONDS = 1.0
HOLD_SECONDS = 5.0
PROBE_SECONDS = 90.0  # a probe that mends a model by a reload takes seconds; more is a hung probe


@dataclass
class PartStatus:
    """How a part is, for people and programs.

    Attributes:
        phase: "starting" until its first answer; then what the last probe found; "dead" between runs.
        pid: Of the running process; None between runs.
        restarts: Starts after the first.
        since_ms: When the phase began, UTC milliseconds.
        held: A bench or a person suspended restarts and repairs.
        detail: What is wrong, in words.
    """

    phase: Phase = "dead"
    pid: int | None = None
    restarts: int = 0
    since_ms: int = 0
    held: bool = False
    detail: str = ""


class Keeper:
    """Runs one part until `stop`. All methods belong to the event loop's thread, the process's main one.

    Args:
        part: What to keep running.
        run: The folder of logs.
        changed: Called after each change of `status`.
    """

    def __init__(self, part: Part, run: Path, changed: Callable[[], None]) -> None:
        self.part = part
        self.status = PartStatus()
        self._run = run
        self._changed = changed
        self._backoff = Backoff()
        self._stopping = asyncio.Event()
        self._probing = asyncio.Lock()
        self._nudge = asyncio.Event()  # something for the waiting loop to look at: hold, release, stop
        self._hold_ends = 0.0
        self._heard = 0.0

    async def keep(self) -> None:
        """The part's life, until `stop` was called and the process is gone."""
        starts = 0
        while not self._stopping.is_set():
            if self._held():
                await self._pause(max(0.0, self._hold_ends - time.monotonic()))
                continue
            began = time.monotonic()
            self.status.restarts = starts
            starts += 1
            try:
                self._clean()
                await self._run_once()
            except (EncoreError, OSError) as error:  # a full disk, a program that is gone: it may come back
                _log.warning("%s could not be started: %s", self.part.name, error)
                self._set("dead", detail=f"could not be started: {error}")
            if not self._stopping.is_set() and not self._held():
                await self._pause(self._backoff.after_death(time.monotonic() - began))
        self._clean()
        self._set("stopped")

    async def hold(self, seconds: float) -> None:
        """Suspends restarts, kills of a hung process and repairs, for at most `seconds`.

        Returns once no probe runs that was allowed to repair: what breaks afterwards stays broken.
        """
        self._hold_ends = time.monotonic() + seconds
        self.status.held = True
        self._nudge.set()
        self._changed()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HOLD_SECONDS), self._probing:
                pass

    def release(self) -> None:
        """Ends a hold: a dead part starts at once, without the delay that its deaths earned."""
        self._hold_ends = 0.0
        self._backoff.reset()
        self._heard = time.monotonic()
        self._held()
        self._nudge.set()

    def stop(self) -> None:
        """Asks `keep` to end the process in order and to return."""
        self._stopping.set()
        self._nudge.set()

    def _held(self) -> bool:
        held = time.monotonic() < self._hold_ends
        if held != self.status.held:
            self.status.held = held
            self._changed()
        return held

    async def _pause(self, seconds: float) -> None:
        """Waits, or less when somebody nudges."""
        self._nudge.clear()
        if not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._nudge.wait(), seconds)

    def _clean(self) -> None:
        try:
            self.part.clean()
        except Exception:  # what it could not remove must not keep the part from running
            _log.exception("cleaning up after %s failed", self.part.name)

    async def _run_once(self) -> None:
        process = spawn.spawn(self.part.child, self._run, stdin=self.part.stdin, keep=self.part.keep)
        self._heard = time.monotonic()
        self._set("starting", pid=process.pid)
        _log.info("%s started as process %d", self.part.name, process.pid)
        gone = _when_gone(process)
        try:
            await self._watch(process, gone)
        finally:
            if process.poll() is None:
                await asyncio.to_thread(
                    spawn.stop,
                    process,
                    farewell=self.part.farewell,
                    patience_seconds=self.part.patience_seconds,
                )
            spawn.stop(process, patience_seconds=0.0)  # reap it, close the pipe
            gone.cancel()
        code = process.returncode
        _log.info("%s (process %d) ended with exit code %d", self.part.name, process.pid, code)
        log = self._run / self.part.child.log_name
        said = f": [{spawn.last_line(log)}]" if code else ""
        self._set("dead", detail=f"ended with exit code [{code}]{said}; its log is [{log}]")

    async def _watch(self, process: subprocess.Popen[bytes], gone: "asyncio.Future[None]") -> None:
        """Probes until the process is gone or has to go."""
        while not gone.done() and not self._stopping.is_set():
            probe = asyncio.ensure_future(self._probe())
            stopping = asyncio.ensure_future(self._stopping.wait())
            awaited: set[asyncio.Future[Any]] = {probe, gone, stopping}
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not probe.done():
                probe.cancel()
                return
            self._judge(probe.result(), process)
            starting = self.status.phase == "starting"
            pause = asyncio.ensure_future(
                self._pause(STARTING_INTERVAL_SECONDS if starting else INTERVAL_SECONDS)
            )
            await asyncio.wait({pause, gone}, return_when=asyncio.FIRST_COMPLETED)
            pause.cancel()

    async def _probe(self) -> Finding:
        try:
            async with self._probing, asyncio.timeout(PROBE_SECONDS):
                return await self.part.probe(not self._held())
        except Exception as error:  # whatever a probe meets, the supervisor goes on
            return Finding(Health.SILENT, f"the probe failed: {error!r}")

    def _judge(self, finding: Finding, process: subprocess.Popen[bytes]) -> None:
        now = time.monotonic()
        if finding.health is not Health.SILENT:
            self._heard = now
            self._set("ready" if finding.health is Health.READY else "answering", finding.detail)
            return
        starting = self.status.phase == "starting"
        if not starting:
            self._set("silent", finding.detail)
        patience = self.part.start_seconds if starting else self.part.hung_seconds
        if self._held():
            self._heard = now
        elif now - self._heard > patience:
            _log.warning(
                "%s was silent for %.0f s and is killed: %s", self.part.name, patience, finding.detail
            )
            process.kill()

    def _set(self, phase: Phase, detail: str = "", pid: int | None = None) -> None:
        status = self.status
        status_pid = pid if phase == "starting" else status.pid if phase not in ("dead", "stopped") else None
        if (phase, detail, status_pid) == (status.phase, status.detail, status.pid):
            return
        if phase != status.phase:
            status.since_ms = time.time_ns() // 1_000_000
        status.phase, status.detail, status.pid = phase, detail, status_pid
        self._changed()


def _when_gone(process: subprocess.Popen[bytes]) -> "asyncio.Future[None]":
    """A future that is done when the process has ended: the kernel says so at once, no polling."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()
    handle = os.pidfd_open(process.pid)

    def ended() -> None:
        if not future.done():
            future.set_result(None)

    def close(_: object) -> None:
        loop.remove_reader(handle)
        os.close(handle)

    loop.add_reader(handle, ended)
    future.add_done_callback(close)
    return future
