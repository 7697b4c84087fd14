"""`encore events compact`: from the log to Parquet."""

import time
from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.progress import stages


def events_compact(
    prune: Annotated[
        bool, typer.Option("--prune", help="Then delete segments of the log that are in Parquet and old.")
    ] = False,
    keep_days: Annotated[
        float, typer.Option(min=0, help="With --prune: keep what was written within so many days.")
    ] = 2.0,
    as_json: options.JsonOption = False,
) -> None:
    """Write the log's new events to Parquet, a folder a day; the ranker may go on writing meanwhile.

    An event counts once. Killed at any moment, it leaves what was there or what was to be.

    Example: encore events compact --prune
    """
    from ranker.features.events.compaction import Compaction
    from ranker.features.events.manifest import read_manifest
    from ranker.features.events.reading import end
    from ranker.features.events.retention import pruning
    from ranker.features.events.segments import bytes_between

    folder = options.settings().events
    last = end(folder)
    waiting = bytes_between(folder, read_manifest(folder).until, last)
    began = time.perf_counter()
    with stages() as tell:
        for step in Compaction(folder).steps():
            if step.what == "rows":
                tell("bytes", waiting - bytes_between(folder, step.position, last), waiting)
    seconds = time.perf_counter() - began
    deleted: list[str] = []
    if prune:
        deleted = [path.name for path in pruning(folder, time.time(), keep_days * 86_400) if path]
    done = {
        "events": step.events,
        "duplicates": step.duplicates,
        "until": step.position,
        "seconds": round(seconds, 3),
        "deleted": deleted,
    }
    if as_json:
        options.print_json(done)
        return
    Console(highlight=False, soft_wrap=True).print(
        f"{step.events} events compacted in {seconds:.2f} s, {step.duplicates} duplicates left out; "
        f"{len(deleted)} segments deleted",
        markup=False,
    )
