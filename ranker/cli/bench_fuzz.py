"""`encore bench fuzz`: send malformed requests: each is refused by name, none harms the node."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ranker.cli import options
from ranker.cli.index_options import IndexOption
from ranker.errors import EncoreError


def bench_fuzz(
    requests: Annotated[int, typer.Option(min=1, help="How many.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of the dice; the same seed gives the same requests.")] = 7,
    index: IndexOption = "videos",
    as_json: options.JsonOption = False,
) -> None:
    """Ask the running engine wrongly: wrong types, huge numbers, deep nesting, unknown fields, broken bytes.

    Each must be a 4xx whose reason names the offending value in [brackets]; else the command fails.

    Example: encore bench fuzz --requests 10000
    """
    from ranker.engine.reach import Reach
    from ranker.evaluation import fuzz

    with Reach.of(options.settings()).engine() as engine:
        cases = fuzz.cases(requests, seed, index, engine.product().engine)
        reports = fuzz.run(engine.attempt, cases)
        steps = track(reports, "asking", requests + 1, console=Console(stderr=True), transient=True)
        *_, report = steps
    found = report.as_json()
    if as_json:
        options.print_json(found)
    else:
        _show(found)
    if report.offence_count or not report.alive:
        state = "alive" if report.alive else "not alive"
        raise EncoreError(
            f"[{report.offence_count}] of [{requests}] answers are wrong, the node is [{state}]"
        )


def _show(found: dict[str, Any]) -> None:
    console = Console(highlight=False)
    statuses = sorted({status for counts in found["statuses"].values() for status in counts})
    table = Table("asked", *statuses, title="Malformed requests by status", box=None)
    for target, counts in found["statuses"].items():
        table.add_row(target, *(str(counts.get(status, "")) for status in statuses))
    console.print(table)
    for offence in found["first"]:
        console.print(
            f"{offence['target']}, {offence['mistake']}: {offence['wrong']}", style="red", markup=False
        )
        for name in ("request", "body", "answer"):
            console.print(f"  {name}: {offence[name]}", markup=False)
