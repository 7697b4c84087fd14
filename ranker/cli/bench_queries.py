"""`encore bench queries`: real queries against the running index."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.index_options import IndexOption
from ranker.cli.progress import stages
from ranker.errors import EncoreError


def bench_queries(
    file: Annotated[Path, typer.Argument(help="A TSV, CSV or text file of queries (.gz too).")],
    column: Annotated[str | None, typer.Option(help="Their column, by name or number.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Ask so many distinct ones.")] = 200,
    seed: Annotated[int, typer.Option(help="Which ones: the same for the same seed.")] = 7,
    page: Annotated[
        Path | None, typer.Option(help="Write the first hits of each query here, as text.")
    ] = None,
    index: IndexOption = "videos",
    as_json: options.JsonOption = False,
) -> None:
    """Ask real queries with fine ranking: is any answer degraded, any candidate unknown to the ranker?

    Exit code 1 if so.

    Example: encore bench queries queries.tsv.gz --column query --most 200
    """
    from ranker.engine.rest import EngineRest
    from ranker.engine.supervisor import state
    from ranker.evaluation import real_queries, text_files

    running = state.read(options.settings())
    read = text_files.read(file, [column] if column else ())
    queries = real_queries.sample(read.texts, most, seed)
    with EngineRest(running["engine"]["url"]) as engine, stages() as tell:
        outcome = real_queries.ask_all(
            engine,
            running["ranker"]["url"],
            index,
            queries,
            progress=lambda done, size: tell("queries", done, size),
        )
    if page is not None:
        page.write_text(real_queries.page(outcome.asked), "utf-8")
    found = outcome.as_json()
    if as_json:
        options.print_json(found)
    else:
        table = Table(*found)
        table.add_row(*(str(value) for value in found.values()))
        Console().print(table)
    if found["degraded"] or found["unknown"]:
        raise EncoreError(f"[{found['degraded']}] answers degraded, [{found['unknown']}] candidates unknown")
