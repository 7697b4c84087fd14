"""`encore bench statistics`: how do the daily statistics grow with the log?"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.progress import stages
from ranker.errors import InvalidInputError

if TYPE_CHECKING:
    from ranker.evaluation.daily_growth import Row


def bench_statistics(
    sizes: Annotated[str, typer.Option(help="Events of each log, parted by commas.")] = "100000,1000000",
    backend: Annotated[str, typer.Option(help="duckdb, spark or both.")] = "both",
    memory: Annotated[str, typer.Option(help="What each run may hold in memory.")] = "512MB",
    as_json: options.JsonOption = False,
) -> None:
    """Events a second and peak memory at growing sizes of a made-up log, on DuckDB and on Spark (local).

    Each run is a process of its own; peak memory is of all its processes. `same` says
    whether both gave the same numbers.

    Example: encore bench statistics --sizes 100000,1000000,10000000 --memory 256MB
    """
    from ranker.evaluation.daily_growth import measure
    from ranker.features.daily.choose import BACKENDS

    known = {name: (name,) for name in BACKENDS} | {"both": BACKENDS}
    if backend not in known:
        raise InvalidInputError(f"--backend [{backend}] is not one of [{', '.join(known)}]")
    wanted = [_size(text) for text in sizes.split(",")]
    data = options.settings().data
    data.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".bench.", dir=data) as folder, stages() as tell:
        rows = measure(wanted, known[backend], memory, Path(folder), tell)
    if as_json:
        options.print_json({"memory": memory, "rows": [row.as_json() for row in rows]})
    else:
        Console().print(_table(rows, memory))


def _size(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise InvalidInputError(f"--sizes has [{text}], which is no number of events; write 100000,1000000")
    return int(text)


def _table(rows: "list[Row]", memory: str) -> Table:
    table = Table(title=f"Statistics of 30 days within {memory}")
    for name in (
        "backend",
        "events",
        "rows made",
        "seconds",
        "to start",
        "events a second",
        "peak MB",
        "same",
    ):
        table.add_column(name, justify="left" if name == "backend" else "right")
    for row in rows:
        numbers = (f"{row.events:,}", f"{row.groups:,}", f"{row.seconds:.1f}", f"{row.start_seconds:.1f}")
        rate = f"{row.events / row.seconds:,.0f}"
        table.add_row(row.backend, *numbers, rate, f"{row.peak_bytes >> 20:,}", "yes" if row.same else "NO")
    return table
