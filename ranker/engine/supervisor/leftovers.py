"""Ends what a killed supervisor left running: a stopped part did not hear the kernel's signal."""

import json
import logging
from pathlib import Path

import psutil

from ranker.engine.supervisor import state
from ranker.settings import Settings

GONE_SECONDS = 10.0

_log = logging.getLogger(__name__)


def end_leftovers(settings: Settings) -> list[int]:
    """Kills the processes of the last state.json that still run; their ids.

    Only for who holds the installation's lock: then nobody else keeps them. A process that got the id of a
    dead part since is told by its working folder, which lies in the data folder for every part.
    """
    ended = []
    for pid in _recorded(settings.run):
        try:
            process = psutil.Process(pid)
            if not Path(process.cwd()).is_relative_to(settings.data.resolve()):
                continue
            process.kill()
            process.wait(GONE_SECONDS)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
        except psutil.TimeoutExpired:
            _log.warning("process %d of a killed supervisor does not end", pid)
            continue
        _log.info("ended process %d of a killed supervisor", pid)
        ended.append(pid)
    state.remove(settings.run)
    return ended


def _recorded(run: Path) -> list[int]:
    """The ids of parts in state.json; none when it is missing or torn."""
    try:
        parts = json.loads((run / state.FILE).read_bytes()).values()
    except (OSError, ValueError, AttributeError):
        return []
    pids = [part.get("pid") for part in parts if isinstance(part, dict)]
    return [pid for pid in pids if isinstance(pid, int) and pid > 1]
