"""`encore index delete`: take videos out of the live generation."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.index_options import IndexOption
from ranker.errors import InvalidInputError


def index_delete(
    ids: Annotated[
        list[str], typer.Argument(help="Video ids; - reads them from standard input, one a line.")
    ],
    index: IndexOption = "videos",
    as_json: options.JsonOption = False,
) -> None:
    """Delete videos: gone from the index and the ranker's columns when this returns.

    Example: [bold]encore index delete BV14b411J7ML[/bold]
    """
    from ranker.engine.index.site import open_site
    from ranker.engine.index.writes import delete

    wanted = [line.strip() for line in sys.stdin if line.strip()] if ids == ["-"] else ids
    if not wanted:
        raise InvalidInputError("standard input holds no id")
    with open_site(options.settings(), index, options.environment()) as site:
        done = delete(site, wanted)
    if as_json:
        options.print_json(done.as_json())
        return
    Console(highlight=False, soft_wrap=True).print(
        f"{done.deleted} videos deleted from {done.generation} in {done.seconds:.2f} s, {done.unknown} ids "
        f"unknown; ranker {done.ranker}",
        markup=False,
    )
