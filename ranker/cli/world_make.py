"""`encore world make`: make a sample world."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ranker.cli import options

NameArgument = Annotated[str, typer.Argument(help="The world's name: a folder under the data directory.")]


def world_make(
    name: NameArgument,
    size: Annotated[
        str, typer.Option(help="small (1,000 videos), demo (20,000) or large (1,000,000).")
    ] = "demo",
    seed: Annotated[int, typer.Option(help="The same size and seed make the same world.", min=0)] = 7,
    as_json: options.JsonOption = False,
) -> None:
    """Make up a Chinese music-video site: catalogue, listeners, search log, hand-made labels, truth.

    A world of that name is replaced once the new one is whole.

    Example: [bold]encore world make demo --size demo --seed 7[/bold]
    """
    from ranker.world.generate import generate

    target = options.settings().worlds / name
    with progress_bar() as bar:
        task = bar.add_task("world", total=1.0)
        world = generate(
            size, seed, target, lambda what, share: bar.update(task, description=what, completed=share)
        )
    if as_json:
        options.print_json({"name": name, "path": str(target), **world.manifest})
    else:
        rows = ", ".join(f"{count:,} {table}" for table, count in world.manifest["rows"].items())
        Console(highlight=False, soft_wrap=True).print(f"{target}: {rows}", markup=False)


def progress_bar() -> Progress:
    """A bar on standard error that draws nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
