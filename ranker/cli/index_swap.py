"""`encore index swap`: back to the generation before, or to a named one."""

from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.index_options import IndexOption


def index_swap(
    generation: Annotated[
        str | None, typer.Argument(help="A held generation; without it, the one before the live one.")
    ] = None,
    index: IndexOption = "videos",
    as_json: options.JsonOption = False,
) -> None:
    """Make a held generation live at once; accepted writes go with it.

    Two generations are held: the live one and the one before, so a second swap undoes the first.

    Example: [bold]encore index swap[/bold]
    """
    from dataclasses import asdict

    from ranker.engine.index.site import open_site
    from ranker.engine.index.swap import swap

    with open_site(options.settings(), index, options.environment()) as site:
        done = swap(site, generation)
    if as_json:
        options.print_json(asdict(done))
        return
    Console(highlight=False, soft_wrap=True).print(
        f"{done.generation} is live: {done.rows} videos, {done.replayed} writes replayed; "
        f"before it {done.previous}",
        markup=False,
    )
