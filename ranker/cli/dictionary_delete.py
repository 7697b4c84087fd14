"""`encore dictionary delete`: take a version from every node."""

from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options


def dictionary_delete(
    version: Annotated[str, typer.Argument(help="Twelve hexadecimal digits.")],
    as_json: options.JsonOption = False,
) -> None:
    """Delete a dictionary version from every node; refused while an index uses it.

    This installation keeps its own copy, so `encore dictionary put` brings it back.

    Example: [bold]encore dictionary delete 0f3ac95d7e21[/bold]
    """
    from ranker.engine import dictionaries
    from ranker.engine.reach import Reach

    with Reach.of(options.settings()).engine() as rest:
        dictionaries.delete(rest, version)
    if as_json:
        options.print_json({"deleted": [version]})
        return
    Console(highlight=False, soft_wrap=True).print(f"{version} is deleted", markup=False)
