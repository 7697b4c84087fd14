"""`encore dictionary prune`: take the versions that nobody uses from every node."""

from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options


def dictionary_prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which they are.")] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Delete from every node the dictionary versions that no index names; nothing else ever deletes one.

    This installation keeps its own copies. Versions that lie in a node's configuration are left alone.

    Example: [bold]encore dictionary prune --dry-run[/bold]
    """
    from ranker.engine import dictionaries
    from ranker.engine.reach import Reach

    with Reach.of(options.settings()).engine() as rest:
        unused = dictionaries.unused(rest)
        if not dry_run:
            for version in unused:
                dictionaries.delete(rest, version)
    if as_json:
        options.print_json({"unused": unused, "deleted": [] if dry_run else unused})
        return
    console = Console(highlight=False, soft_wrap=True)
    for version in unused:
        console.print(f"{version} is {'unused' if dry_run else 'deleted'}", markup=False)
    if not unused:
        console.print("every version is used")
