"""`encore events load`: events of files, into the same log as those of clients."""

from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.index_options import EncodingOption
from ranker.cli.progress import stages

if TYPE_CHECKING:
    from ranker.catalog.delimited import BadRow
    from ranker.cli.catalog_file import Refused

SOME_REFUSED = 3


def events_load(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files named .jsonl, .csv, .tsv or .parquet, perhaps with .gz."),
    ],
    columns: Annotated[
        str | None,
        typer.Option("--map", help="Which column a field is in: event_id=id,event_time=ts,…"),
    ] = None,
    encoding: EncodingOption = "utf-8",
    as_json: options.JsonOption = False,
) -> None:
    """Hand in events, through the ranker if it runs; each counts once, so a file may be loaded again.

    They are received now, whenever they happened. A bad event is refused with its line and the reason;
    the rest is kept. Exit code 3 when some were refused.

    Example: encore events load clicks.jsonl plays.csv.gz
    """
    from ranker.catalog.source_file import Encoding
    from ranker.cli.catalog_file import Refused, check_option
    from ranker.engine.event_door import open_door
    from ranker.engine.event_load import Loaded, load
    from ranker.features.events.from_file import parse_columns, read_event_file

    settings = options.settings()
    check_option("--encoding", encoding, Encoding)
    chosen = parse_columns(columns) if columns is not None else None
    total = Loaded()
    refused_file = settings.run / "events.refused.tsv"
    with Refused(refused_file) as refused, open_door(settings) as door, stages() as tell:
        for file in files:
            progress = partial(tell, file.name)
            rows = read_event_file(file, chosen, encoding=encoding, progress=progress)  # type: ignore[arg-type]
            done = load(rows, door, refused.add if len(files) == 1 else partial(_refuse, refused, file))
            total.accepted += done.accepted
            total.duplicates += done.duplicates
            total.refused += done.refused
    if as_json:
        options.print_json(asdict(total) | {"where": door.where})
    else:
        Console(highlight=False, soft_wrap=True).print(
            f"{total.accepted} events accepted by {door.where}, {total.duplicates} known already, "
            f"{total.refused} refused",
            markup=False,
        )
    if total.refused:
        raise typer.Exit(SOME_REFUSED)


def _refuse(refused: "Refused", file: Path, row: "BadRow") -> None:
    refused.add(replace(row, reason=f"[{file.name}] {row.reason}"))
