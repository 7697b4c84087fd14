"""`encore samples build`: training samples of whole days, anew."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.progress import stages
from ranker.cli.samples_options import IntoOption, WindowOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ranker.features.samples.join import Counts


def samples_build(
    first: Annotated[str, typer.Option("--from", help="First day, like 2026-10-01 (Asia/Shanghai).")],
    last: Annotated[str, typer.Option("--to", help="Last day, itself included.")],
    window: WindowOption = "30m",
    into: IntoOption = None,
    as_json: options.JsonOption = False,
) -> None:
    """Join what the ranker saw with what came of it, and write samples/day=…, in place of what was there.

    A candidate that was scored and shown is a sample: its features as logged, the position of its first
    impression, what was clicked, liked, favoured and shared, and the longest play. An event counts if it was
    received within the window after its request, whatever time the client claims; later ones are counted and
    change nothing.

    Example: encore samples build --from 2026-10-01 --to 2026-10-07
    """
    from ranker.cli.samples_options import days_of, opened
    from ranker.features.samples.build import build
    from ranker.features.samples.window import Window, milliseconds

    days, rule = days_of(first, last), Window(length=milliseconds(window))
    tables, events = opened(options.settings())
    with stages() as tell:
        counts = build(
            tables, events, days, rule, into=Path(into).absolute() if into else None, progress=tell
        )
    if as_json:
        options.print_json({day: found.as_json() for day, found in counts.items()})
    else:
        Console().print(table_of(counts))


def table_of(counts: "Mapping[str, Counts]") -> Table:
    """Counts by name, as a table."""
    table = Table()
    table.add_column("day")
    rows = {name: found.as_json() for name, found in counts.items()}
    for column in next(iter(rows.values()), {}):
        table.add_column(column, justify="right")
    for name, row in rows.items():
        table.add_row(name, *(f"{value:,}" for value in row.values()))
    return table
