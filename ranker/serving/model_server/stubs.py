"""The processes that Triton starts for models ("stubs"), and what is left of them after a kill.

Both carry the installation's name in their shared memory's, so that another installation's are never
touched.
"""

import hashlib
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from ranker.settings import Settings

_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # where Triton's model processes meet the server
_STUB: Final = "triton_python_backend_stub"
_SERVER: Final = "tritonserver"
_DEATH_SECONDS: Final = 10.0  # a killed process ends when it is next given a core


def shared_memory_prefix(settings: Settings) -> str:
    """How this installation's shared-memory files begin, so that no other installation's are touched."""
    return f"encore-{hashlib.sha256(str(settings.run.resolve()).encode()).hexdigest()[:10]}-"


def stub_pids(settings: Settings, model: str, server_pid: int | None = None) -> tuple[int, ...]:
    """Processes of this installation that compute a model, one an instance and version, oldest first.

    Args:
        settings: Names the installation.
        model: Its folder's name.
        server_pid: Only the children of this server; None: orphans too.
    """
    found = []
    for process in _stubs(settings):
        repository_path, pid = process.info["cmdline"][1], int(process.info["cmdline"][5])
        # REPOSITORY/MODEL/VERSION/model.onnx
        if Path(repository_path).parts[-3] == model and server_pid in (None, pid):
            found.append((process.info["create_time"], process.pid))
    return tuple(pid for _, pid in sorted(found))


def remove_leftovers(settings: Settings) -> tuple[str, ...]:
    """Kill what a killed server left running and delete its shared memory; call it before every start.

    What was killed is gone when this returns. Nothing of a server that still runs is touched.

    Returns:
        What was removed, for the log: "process 123", "shared memory encore-…".
    """
    killed, removed, in_use = [], [], set()
    for process in _stubs(settings):
        region, server_pid = process.info["cmdline"][2], int(process.info["cmdline"][5])
        if _server_runs(server_pid):
            in_use.add(region)
            continue
        with suppress(psutil.NoSuchProcess):  # it may end by itself just now
            process.kill()  # SIGTERM is ignored by one that computes
            killed.append(process)
            removed.append(f"process {process.pid}")
    _wait_until_gone(killed)
    for path in _SHARED_MEMORY.glob(f"{shared_memory_prefix(settings)}*"):
        if path.name not in in_use:
            path.unlink(missing_ok=True)
            removed.append(f"shared memory {path.name}")
    return tuple(removed)


def _wait_until_gone(killed: Sequence[psutil.Process]) -> None:
    """No children of ours, so only a look tells. One that merely waits to be reaped is gone."""
    deadline = time.monotonic() + _DEATH_SECONDS
    for process in killed:
        while _runs(process) and time.monotonic() < deadline:
            time.sleep(0.005)


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _server_runs(pid: int) -> bool:
    try:
        server = psutil.Process(pid)
        return server.status() != psutil.STATUS_ZOMBIE and server.name() == _SERVER
    except psutil.NoSuchProcess:
        return False


def _stubs(settings: Settings) -> list[psutil.Process]:
    prefix = shared_memory_prefix(settings)
    processes = psutil.process_iter(["cmdline", "create_time"])
    return [
        process
        for process in processes
        if (argv := process.info["cmdline"])
        and argv[0].endswith(_STUB)
        and len(argv) > 5
        and argv[2].startswith(prefix)
    ]
