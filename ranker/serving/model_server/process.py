"""The Triton server as a process: its command line, and its life in tests and benches."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ranker.errors import EncoreError, MissingPartError
from ranker.serving.child import ChildProcess
from ranker.serving.model_server.environment import TritonEnvironment, triton_environment
from ranker.serving.model_server.models import MODELS
from ranker.serving.model_server.stubs import remove_leftovers, shared_memory_prefix
from ranker.settings import Settings

_LOOPBACK: Final = "127.0.0.1"
_SETPRIV: Final = Path("/usr/bin/setpriv")
_EXIT_SECONDS: Final = 5
_START_SECONDS: Final = 60.0


@dataclass(frozen=True)
class TritonPorts:
    """Ports on the loopback address."""

    grpc: int
    http: int
    metrics: int

    @property
    def address(self) -> str:
        """What `TritonModelServer` connects to."""
        return f"{_LOOPBACK}:{self.grpc}"

    @classmethod
    def free(cls) -> Self:
        """Three ports that nothing listens on now."""
        with ExitStack() as sockets:
            ports = []
            for _ in range(3):
                one = sockets.enter_context(socket.socket())
                one.bind((_LOOPBACK, 0))
                ports.append(one.getsockname()[1])
        return cls(*ports)


def triton_process(
    settings: Settings,
    ports: TritonPorts,
    models: Sequence[str] = tuple(MODELS),
    environment: TritonEnvironment | None = None,
) -> ChildProcess:
    """The server over `settings.model_repo`, loading the given models at its start.

    Models change by request only (explicit control), never because a folder appeared. A model that
    fails to load leaves the server running for the others. The process gets SIGTERM when the thread
    that started it ends, a killed supervisor's too.

    Args:
        settings: Where the repository and the cache lie; `settings.run` names the installation.
        ports: Ports to listen on, loopback only.
        models: Loaded at start; another can be loaded later.
        environment: Where the server lies; None: made in the cache if missing.

    Raises:
        MissingPartError: The server cannot run here.
    """
    parts = environment or triton_environment(settings)
    settings.run.mkdir(parents=True, exist_ok=True)
    dies_with_parent = (str(_SETPRIV), "--pdeathsig", "TERM") if _SETPRIV.exists() else ()
    return ChildProcess(
        name="triton",
        argv=(
            *dies_with_parent,
            str(parts.server),
            f"--model-repository={settings.model_repo.resolve()}",
            f"--backend-directory={parts.backends}",
            "--model-control-mode=explicit",
            *(f"--load-model={model}" for model in models),
            "--exit-on-error=false",
            "--strict-readiness=true",
            f"--exit-timeout-secs={_EXIT_SECONDS}",
            f"--http-address={_LOOPBACK}",
            f"--http-port={ports.http}",
            f"--grpc-address={_LOOPBACK}",
            f"--grpc-port={ports.grpc}",
            f"--metrics-address={_LOOPBACK}",
            f"--metrics-port={ports.metrics}",
            "--allow-gpu-metrics=false",
            f"--backend-config=python,shm-region-prefix-name={shared_memory_prefix(settings)}",
        ),
        env={
            "PATH": f"{parts.programs}:/usr/bin:/bin",
            "LD_LIBRARY_PATH": ":".join(str(folder) for folder in parts.libraries),
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
        },
        cwd=settings.run.resolve(),
        log_name="triton.log",
    )


class TritonProcess:
    """A running server, for tests and benches; the supervisor of a whole stack has its own.

    Use it as a context manager: entering starts the server and waits until its models were tried,
    leaving stops it and removes what it left, however it ended.
    """

    def __init__(self, settings: Settings, models: Sequence[str] = tuple(MODELS)) -> None:
        self.settings = settings
        self.ports = TritonPorts.free()
        self._child = triton_process(settings, self.ports, models)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """What `TritonModelServer` connects to."""
        return self.ports.address

    @property
    def pid(self) -> int:
        """The server's process id."""
        if self._process is None:
            raise EncoreError("the Triton server is not running; start it first")
        return self._process.pid

    @property
    def log(self) -> Path:
        """The server's output."""
        return self.settings.run / self._child.log_name

    def start(self) -> None:
        """Start the server and wait until it listens, which is after all loads.

        Raises:
            MissingPartError: It ended or did not listen in time; the message quotes its log.
        """
        remove_leftovers(self.settings)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._child.argv, env=self._child.env, cwd=self._child.cwd, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _START_SECONDS
        while not _listens(self.ports.grpc):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                tail = self.log.read_text(errors="replace")[-500:]
                raise MissingPartError(f"the Triton server did not start; its log [{self.log}] ends: {tail}")
            time.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the server alone: SIGKILL, SIGSTOP, SIGCONT."""
        os.kill(self.pid, number)

    def stop(self) -> None:
        """Kill the server and remove what it left; its own way to end takes seconds that help nobody here."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        remove_leftovers(self.settings)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(0.2)
        return client.connect_ex((_LOOPBACK, port)) == 0
