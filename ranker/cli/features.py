"""`encore features`: what the ranker knows about a query, a video and a listener."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options


def features(
    as_markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Write the document into this file.", show_default=False)
    ] = None,
    as_json: options.JsonOption = False,
) -> None:
    """All features: family, kind, unit, default for missing, leak class, what they are of, meaning.

    Families that are declared and not computed yet stand below, with the reason.

    Example: encore features --json
    """
    from ranker.features import table
    from ranker.features.feature import ABSENT

    if as_markdown is not None:
        as_markdown.write_text(table.markdown(), encoding="utf-8")
    if as_json:
        options.print_json(table.as_json())
    elif as_markdown is None:
        console = Console()
        shown = Table(title=f"{len(table.rows())} features")
        shown.add_column("name", no_wrap=True)
        for name in ("family", "kind", "leak", "meaning"):
            shown.add_column(name)
        for row in table.rows():
            shown.add_row(row.name, row.family, row.kind, row.leak, row.meaning)
        console.print(shown)
        for family in ABSENT:
            console.print(f"absent: {family.name}: {family.reason}", highlight=False)
