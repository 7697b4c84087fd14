"""The supervisor itself: takes the installation's lock, runs its parts, answers at its door."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ranker.engine import lock
from ranker.engine.supervisor import control, state
from ranker.engine.supervisor.keeper import Keeper
from ranker.engine.supervisor.part import Part
from ranker.errors import InvalidInputError
from ranker.settings import Settings

HOLD_SECONDS = 300.0  # a bench that died must not leave a part without its keeper for ever
LONGEST_HOLD_SECONDS = 3600.0
LOCK = "lock"

_log = logging.getLogger(__name__)


def lock_run(run: Path) -> int:
    """Takes the installation for one supervisor; a file descriptor to keep open.

    Raises:
        EncoreError: Another one runs it.
    """
    run.mkdir(parents=True, exist_ok=True)
    handle = lock.take(
        run / LOCK,
        lambda holder: (
            f"already running in [{run.parent}] (process [{holder}]): "
            f"use it, stop it with 'encore down', or set ENCORE_DATA to another folder"
        ),
    )
    lock.note(handle, os.getpid())
    return handle


class Supervisor:
    """Runs parts until it is told to stop; made and run in the process's main thread.

    Args:
        settings: Names the folder of state, socket and logs.
        parts: What to run.
    """

    def __init__(self, settings: Settings, parts: Sequence[Part]) -> None:
        self._run = settings.run
        self._product = settings.engine
        self._started_ms = time.time_ns() // 1_000_000
        self._keepers = [Keeper(part, settings.run, self._write_state) for part in parts]
        self._stop = asyncio.Event()

    async def run(self, report: "asyncio.Future[None] | None" = None) -> None:
        """Starts every part and keeps them running until SIGTERM, SIGINT or `stop` at the door.

        Args:
            report: Done once the door is open and the parts are being started.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        door = await control.serve(self._run, self._answer)
        lives = [asyncio.create_task(keeper.keep()) for keeper in self._keepers]
        self._write_state()
        if report is not None:
            report.set_result(None)
        try:
            await self._stop.wait()
        finally:
            for keeper in self._keepers:
                keeper.stop()
            await asyncio.gather(*lives)
            door.close()
            (self._run / control.FILE).unlink(missing_ok=True)
            state.remove(self._run)
        _log.info("everything is stopped")

    def _write_state(self) -> None:
        content: dict[str, Any] = {
            "pid": os.getpid(),
            "started_ms": self._started_ms,
            "product": self._product,
            "model_server": None,
        }
        for keeper in self._keepers:
            part = keeper.part
            content[part.key or part.name] = {
                **part.addresses,
                "pid": keeper.status.pid,
                "phase": keeper.status.phase,
            }
        try:
            state.write(self._run, content)
        except OSError as error:  # a full disk must not end what runs well
            _log.warning("the state could not be written: %s", error)

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request.get("do"):
            case "status":
                return self._status()
            case "hold":
                keepers, seconds = self._named(request), _seconds(request)
                for keeper in keepers:
                    await keeper.hold(seconds)
                return {"held": [keeper.part.name for keeper in keepers], "seconds": seconds}
            case "release":
                keepers = self._named(request)
                for keeper in keepers:
                    keeper.release()
                return {"released": [keeper.part.name for keeper in keepers]}
            case "stop":
                self._stop.set()
                return {"stopping": True}
            case other:
                raise InvalidInputError(f"cannot do [{other}]: choose status, hold, release or stop")

    def _named(self, request: dict[str, Any]) -> list[Keeper]:
        """The part that the request names, or all of them."""
        name = request.get("part")
        if name is None:
            return self._keepers
        found = [keeper for keeper in self._keepers if keeper.part.name == name]
        if not found:
            names = ", ".join(keeper.part.name for keeper in self._keepers)
            raise InvalidInputError(f"no part [{name}] runs here: choose one of [{names}]")
        return found

    def _status(self) -> dict[str, Any]:
        parts = [
            {"name": keeper.part.name, **asdict(keeper.status), "addresses": dict(keeper.part.addresses)}
            for keeper in self._keepers
        ]
        return {
            "pid": os.getpid(),
            "started_ms": self._started_ms,
            "product": self._product,
            "stopping": self._stop.is_set(),
            "parts": parts,
        }


def _seconds(request: dict[str, Any]) -> float:
    seconds = request.get("seconds", HOLD_SECONDS)
    if not isinstance(seconds, int | float) or not 0 < seconds <= LONGEST_HOLD_SECONDS:
        raise InvalidInputError(
            f"cannot hold for [{seconds}] seconds: give more than 0 and at most {LONGEST_HOLD_SECONDS:g}"
        )
    return float(seconds)
