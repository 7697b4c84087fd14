"""`encore dictionary put`: send a version to every node."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options


def dictionary_put(
    dictionary: Annotated[
        str, typer.Argument(help="A version of this installation, or the folder of one.", metavar="VERSION")
    ],
    as_json: options.JsonOption = False,
) -> None:
    """Send a dictionary version to the engine and wait until each of its nodes can use it.

    `encore index build` does it by itself; this is for a version that was deleted or lost. Sending one that
    is there changes nothing.

    Example: [bold]encore dictionary put 0f3ac95d7e21[/bold]
    """
    from ranker.engine import dictionaries
    from ranker.engine.reach import Reach

    settings = options.settings()
    named = settings.dictionaries / dictionary
    folder = named if named.is_dir() else Path(dictionary)
    with Reach.of(settings).engine() as rest:
        sent = dictionaries.put(rest, folder.resolve())
    if as_json:
        options.print_json(asdict(sent))
        return
    what = "is new on" if sent.created else "was there already, and is on"
    Console(highlight=False, soft_wrap=True).print(f"{sent.version} {what} {sent.nodes} nodes", markup=False)
