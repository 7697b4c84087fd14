"""One day's statistics, on whichever backend."""

import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from ranker.features.daily.backend import Backend
from ranker.features.daily.expressions import stages
from ranker.features.daily.inputs import EVENTS, REQUESTS, VIDEOS, Source, or_empty
from ranker.features.daily.output import Manifest, replaced
from ranker.features.daily.windows import KEYS

Progress = Callable[[str, int, int], None]


def run(backend: Backend, source: Source, day: date, target: Path, progress: Progress) -> Manifest:
    """Write `target/day=D/<entity>.parquet` and its manifest; a day that was there is replaced whole.

    Args:
        backend: Where it is computed.
        source: Files of the days before the day, and of the catalogue.
        day: The day that may know these numbers.
        target: The statistics' folder.
        progress: Told (what, done, in all).

    Raises:
        EncoreError: The backend gave up, or another run is at it; what was there stays.
    """
    began = time.monotonic()
    with replaced(target, day) as folder:
        scratch = folder / "scratch"
        scratch.mkdir()
        tables = {
            name: backend.read(name, or_empty(files, schema, scratch / f"no_{name}.parquet"))
            for name, files, schema in (
                ("events", source.events, EVENTS),
                ("requests", source.requests, REQUESTS),
                ("videos", source.videos, VIDEOS),
            )
        }
        work = list(stages())
        rows = {}
        for done, (name, stage) in enumerate(work, 1):
            tables[name] = backend.stage(name, stage(tables, day), scratch)
            if name in KEYS:
                file = folder / f"{name}.parquet"
                backend.write(tables[name], KEYS[name], file)
                rows[name] = pq.read_metadata(file).num_rows
            progress("statistics", done, len(work))
        shutil.rmtree(scratch)
        files = {"events": len(source.events), "requests": len(source.requests)}
        manifest = Manifest(str(day), backend.name, rows, files, round(time.monotonic() - began, 3))
        manifest.save(folder)
    return manifest
