"""A ranker's real process alone, in a data folder of its own: without generations it takes events."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

import httpx

from ranker.engine.ports import LOOPBACK, any_free
from ranker.errors import EncoreError
from ranker.settings import Settings

_START_SECONDS: Final = 120.0
_STOP_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.05


class OwnRanker:
    """A child process; `url` is its door.

    Args:
        process: The child.
        port: Where it listens.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.url = f"http://{LOOPBACK}:{port}"

    @classmethod
    def start(cls, settings: Settings, environment: Mapping[str, str]) -> Self:
        """Start it and wait until it answers.

        Raises:
            EncoreError: It did not, or ended.
        """
        port = any_free()
        settings.run.mkdir(parents=True, exist_ok=True)
        log = settings.run / "ranker.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "ranker.serving", "--port", str(port)],
                env={**environment, **settings.environment()},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        started = cls(process, port)
        try:
            started._wait(log)
        except BaseException:
            started.kill()
            raise
        return started

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                httpx.get(f"{self.url}/metrics", trust_env=False, timeout=5)
                return
            except httpx.TransportError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise EncoreError(f"the ranker did not start; see [{log}]") from None
            time.sleep(_PAUSE_SECONDS)

    def kill(self) -> None:
        """As `kill -9` does; it is gone on return."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Let it write what waits, and end."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
