"""One command of ours in a process of its own, with the peak of its memory."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from ranker.errors import EncoreError

_COMMAND: Final = ("-c", "from ranker.cli.main import main; main()")
_PAUSE_SECONDS: Final = 0.05


class Ran(NamedTuple):
    """What the command printed as JSON, seconds from start to end, and peak resident memory in megabytes."""

    said: Any
    seconds: float
    peak_megabytes: float


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> Ran:
    """Run `encore ARGUMENTS --json`.

    Raises:
        EncoreError: It failed.
    """
    peak = 0.0
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *_COMMAND, *arguments, "--json"],
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        while child.poll() is None:
            peak = max(peak, _peak_megabytes(child.pid))
            time.sleep(_PAUSE_SECONDS)
        seconds = time.perf_counter() - began
        assert child.stdout is not None
        assert child.stderr is not None
        output, errors = child.stdout.read(), child.stderr.read()
    if child.returncode:
        raise EncoreError(f"`encore {' '.join(arguments)}` failed: [{errors.strip()[-300:]}]")
    return Ran(json.loads(output), seconds, peak)


def _peak_megabytes(pid: int) -> float:
    """The kernel's own high-water mark of a process; 0 once it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024 / 1e6
