"""How time and memory of the daily statistics grow with the log, on each backend, each in a process."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl
import psutil

from ranker.errors import EncoreError
from ranker.evaluation.made_log import make_log
from ranker.features.daily.output import folder_of
from ranker.features.daily.windows import KEYS

SIZES: Final = (100_000, 1_000_000, 10_000_000)
DAY: Final = date(2026, 5, 31)
_LOOK_SECONDS: Final = 0.05
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Row:
    """One run: `seconds` of the work, `start_seconds` of everything around it (Python, a JVM).

    `peak_bytes` is the most that all processes of the run had resident together. `same` is whether all
    tables equal those of the first backend of this size.
    """

    backend: str
    events: int
    groups: int
    seconds: float
    start_seconds: float
    peak_bytes: int
    same: bool

    def as_json(self) -> dict[str, Any]:
        """Its numbers, and events a second."""
        return asdict(self) | {"events_a_second": round(self.events / self.seconds)}


def measure(
    sizes: Sequence[int], backends: Sequence[str], memory: str, folder: Path, progress: Progress
) -> list[Row]:
    """Make a log of each size in `folder`, and count it on each backend with the same memory.

    Raises:
        EncoreError: A run failed; the message is its own.
    """
    rows = []
    for number, events in enumerate(sizes):
        root = folder / str(events)
        make_log(root, DAY, events)
        first: dict[str, pl.DataFrame] = {}
        for place, backend in enumerate(backends):
            done, seconds, peak = _run(root, backend, memory)
            tables = {entity: _table(root, entity) for entity in KEYS}
            first = first or tables
            same = all(tables[entity].equals(first[entity]) for entity in KEYS)
            groups = sum(done["rows"].values())
            around = round(seconds - done["seconds"], 3)
            rows.append(Row(backend, events, groups, done["seconds"], around, peak, same))
            progress("runs", number * len(backends) + place + 1, len(sizes) * len(backends))
    return rows


def _table(root: Path, entity: str) -> pl.DataFrame:
    return pl.read_parquet(folder_of(root / "statistics", DAY) / f"{entity}.parquet")


def _run(root: Path, backend: str, memory: str) -> tuple[dict[str, Any], float, int]:
    """(its manifest, seconds in all, peak bytes)."""
    words = ["statistics", "run", "--day", str(DAY), "--from", str(root), "--backend", backend]
    words += ["--videos", str(root / "videos.parquet"), "--memory", memory, "--json"]
    began = time.monotonic()
    command = [sys.executable, "-c", "from ranker.cli.main import main; main()", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        peak = 0
        while True:
            peak = max(peak, _resident(child.pid))
            try:
                out, err = child.communicate(timeout=_LOOK_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
    if child.returncode:
        raise EncoreError(f"the run on [{backend}] failed: {err.strip() or out.strip()}")
    return json.loads(out), time.monotonic() - began, peak


def _resident(pid: int) -> int:
    """Bytes that a process and all below it have in memory now."""
    found = 0
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                found += process.memory_info().rss
    return found
