"""`encore eval catalogue`: real queries over a real catalogue, nothing degraded and nothing unknown."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.index_options import IndexOption
from ranker.cli.progress import stages
from ranker.errors import EncoreError


def eval_catalogue(
    queries: Annotated[Path, typer.Argument(help="Queries: one a line, or a TSV with --column; .gz too.")],
    column: Annotated[str | None, typer.Option(help="The TSV's column that holds the query.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Distinct queries asked, drawn at random.")] = 200,
    window: Annotated[int, typer.Option(min=1, help="Candidates that are finely ranked.")] = 500,
    index: IndexOption = "videos",
    as_json: options.JsonOption = False,
) -> None:
    """Does the ranker know every document of an index, and does it rank every answer?

    Example: [bold]encore eval catalogue queries.tsv.gz --column query --index mine[/bold]
    """
    from ranker.engine.rest import EngineRest
    from ranker.engine.supervisor import state
    from ranker.evaluation.catalogue import check
    from ranker.evaluation.queries import of_file

    running = state.read(options.settings())
    asked = of_file(queries, column, most)
    with EngineRest(running["engine"]["url"]) as engine, stages() as tell:
        done = check(
            engine,
            running["ranker"]["url"],
            index,
            asked,
            window,
            lambda count: tell("queries", count, len(asked)),
        )
    if as_json:
        options.print_json(asdict(done) | {"ok": done.ok})
    else:
        Console(highlight=False).print(
            f"{done.documents} documents, {done.rows} rows in the ranker; {done.queries} queries,"
            f" {done.matched} of them matched, {done.degraded} degraded;"
            f" {done.scored} candidates scored, {done.unknown} of them unknown"
        )
    if not done.ok:
        raise EncoreError("an answer was degraded, or the ranker doesn't know what the index holds")
