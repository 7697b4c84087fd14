"""The ranker's process, as a value that a supervisor starts."""

import os
import sys
from pathlib import Path

from ranker.serving.child import ChildProcess
from ranker.settings import Settings


def ranker_process(settings: Settings, port: int, model_server_address: str | None) -> ChildProcess:
    """`python -m ranker.serving` with these settings.

    Args:
        settings: The installation.
        port: Where it listens, on loopback.
        model_server_address: `host:port` of Triton's gRPC door; None: models run in the ranker's process.
    """
    argv = [sys.executable, "-m", "ranker.serving", "--port", str(port)]
    if model_server_address is not None:
        argv += ["--model-server", model_server_address]
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env |= {
        # One process shares the machine with the engine: spinning thread pools would only slow both.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
        **settings.environment(),
    }
    return ChildProcess(
        name="ranker", argv=tuple(argv), env=env, cwd=Path(settings.data), log_name="ranker.log"
    )
