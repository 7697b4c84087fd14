"""`encore statistics show`: which days have statistics, and the largest of one."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.errors import InvalidInputError


def statistics_show(
    day: Annotated[str | None, typer.Option(help="Of this day.", show_default="the last")] = None,
    of: Annotated[str, typer.Option(help="video, uploader, artist, query_video or user_artist.")] = "video",
    by: Annotated[str, typer.Option(help="The number that orders them.")] = "clicks_7d",
    most: Annotated[int, typer.Option(min=1, help="Rows shown.")] = 10,
    log: Annotated[Path | None, typer.Option("--from", help="As of `run`.", show_default="own")] = None,
    as_json: options.JsonOption = False,
) -> None:
    """The days that have statistics, and of one day the rows with the largest numbers.

    Example: encore statistics show --of artist --by likes_30d
    """
    from ranker.features.daily.output import Manifest, days, folder_of, largest
    from ranker.features.daily.windows import KEYS, VALUES, parse_day

    for what, given, known in (("--of", of, tuple(KEYS)), ("--by", by, VALUES)):
        if given not in known:
            raise InvalidInputError(f"{what} [{given}] is not one of [{', '.join(known)}]")
    folder = log / "statistics" if log else options.settings().statistics
    there = days(folder)
    if not there and day is None:
        raise InvalidInputError(
            f"there are no statistics in [{folder}]; make them with: encore statistics run --day DAY"
        )
    place = folder_of(folder, parse_day(day or there[-1]))
    manifest = Manifest.load(place)
    rows = largest(place, of, by, most)
    if as_json:
        options.print_json({"days": there, "day": manifest.day, "rows": manifest.rows, of: rows})
    else:
        console = Console()
        console.print(f"days: {', '.join(there)}", highlight=False)
        console.print(_table(manifest.day, rows, by))


def _table(day: str, rows: list[dict[str, Any]], by: str) -> Table:
    from ranker.features.daily.windows import COUNTERS, VALUES, column

    window = by.rsplit("_", 1)[1]
    table = Table(title=f"Before {day}, {window} (of {by.rsplit('_', 1)[0]} the largest)")
    shown = {column(counter, int(window[:-1])) for counter in COUNTERS}
    names = [name for name in (rows[0] if rows else ()) if name not in VALUES or name in shown]
    for name in names:
        table.add_column(name.removesuffix(f"_{window}"), justify="right" if name in shown else "left")
    for row in rows:
        table.add_row(*(f"{row[name]:,}" if isinstance(row[name], int) else row[name] for name in names))
    return table
