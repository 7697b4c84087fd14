"""`encore samples follow`: training samples as a stream, through the day."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.samples_options import IntoOption, WindowOption


def samples_follow(
    window: WindowOption = "30m",
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 60.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, write what has closed, and end.")] = False,
    into: IntoOption = None,
    as_json: options.JsonOption = False,
) -> None:
    """Write the samples of each request once, as soon as its window (and a minute) has passed by the log.

    Where it was stopped, or killed, it goes on: no sample is written twice or left out. Days that
    `encore samples build` has made whole are left as they are. Ends with Ctrl-C.

    Example: encore samples follow --window 30m --every 60
    """
    from ranker.cli.samples_options import opened
    from ranker.features.samples.follow import Follower
    from ranker.features.samples.store import SampleStore
    from ranker.features.samples.window import Window, milliseconds

    rule = Window(length=milliseconds(window))
    settings = options.settings()
    console = Console(stderr=True, highlight=False)
    with SampleStore.writing(Path(into).absolute() if into else settings.data) as store:
        follower = Follower(store, rule)
        while True:
            tables, events = opened(settings)
            # Of before the step reads the log, so that its clock never runs ahead.
            counts = follower.step(tables, events, events.opened_at)
            if as_json:
                options.print_json(counts.as_json())
            elif counts.requests or once:
                console.print(
                    f"{counts.requests:,} requests closed, {counts.samples:,} samples,"
                    f" {counts.late:,} late events"
                )
            if once:
                return
            try:
                time.sleep(every)
            except KeyboardInterrupt:
                return
