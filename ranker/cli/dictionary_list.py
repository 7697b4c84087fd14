"""`encore dictionary list`: which versions the engine's nodes have, and who uses them."""

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.status import PIPED_WIDTH

NOT_READY = 4


def dictionary_list(as_json: options.JsonOption = False) -> None:
    """Show each version: how many nodes can use it, its size, where it came from, which indices name it.

    Exit code 4 if a node lacks a version that it is to have, or its copy is damaged.

    Example: [bold]encore dictionary list --json[/bold]
    """
    from ranker.engine import dictionaries
    from ranker.engine.reach import Reach

    with Reach.of(options.settings()).engine() as rest:
        found = dictionaries.versions(rest)
    lacking = [
        version
        for version, entry in found.items()
        if (entry["listed"] or entry["indices"])
        and any(state != "ready" for state in entry["nodes"].values())
    ]
    if as_json:
        options.print_json({"versions": found, "not_ready": lacking})
    else:
        table = Table(box=None, pad_edge=False)
        for heading in ("VERSION", "NODES", "BYTES", "FROM", "INDICES"):
            table.add_column(heading, overflow="fold")
        for version, entry in found.items():
            ready = sum(state == "ready" for state in entry["nodes"].values())
            came = "cluster" if entry["listed"] else "configuration"
            nodes = f"{ready} of {len(entry['nodes'])}"
            table.add_row(version, nodes, str(entry["bytes"]), came, ", ".join(entry["indices"]) or "-")
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = PIPED_WIDTH
        console.print(table)
    if lacking:
        raise typer.Exit(NOT_READY)
