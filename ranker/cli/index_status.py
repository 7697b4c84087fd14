"""`encore index status`: the alias and its generations."""

from datetime import datetime

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.index_options import IndexOption
from ranker.cli.status import PIPED_WIDTH

NOT_WHOLE = 4


def index_status(index: IndexOption = "videos", as_json: options.JsonOption = False) -> None:
    """Show each held generation: counts in engine and ranker, dictionary, encoder, clock.

    Exit code 4 if none is live, or a running ranker does not hold the live one with as many rows.

    Example: [bold]encore index status --json[/bold]
    """
    from ranker.engine.index.site import open_site
    from ranker.engine.index.status import status

    with open_site(options.settings(), index, options.environment()) as site:
        found = status(site)
    if as_json:
        options.print_json(found.as_json())
    else:
        table = Table(box=None, pad_edge=False)
        for heading in (
            "GENERATION",
            "LIVE",
            "SOURCE",
            "DOCUMENTS",
            "RANKER ROWS",
            "DICTIONARY",
            "ENCODER",
            "BUILT",
        ):
            table.add_column(heading, overflow="fold")
        for entry in found.generations:
            table.add_row(
                entry.generation,
                "yes" if entry.live else "",
                entry.source,
                str(entry.documents),
                "-" if entry.ranker_rows is None else str(entry.ranker_rows),
                entry.dictionary,
                f"{entry.encoder['name']} {entry.encoder['version']}",
                datetime.fromtimestamp(entry.built_at / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            )
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = PIPED_WIDTH
        console.print(table)
        console.print(f"alias {found.index}: {found.live or 'none'}; ranker {found.ranker}", markup=False)
    if not found.whole:
        raise typer.Exit(NOT_WHOLE)
