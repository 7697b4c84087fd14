"""`encore eval recall`: how many of the good videos does each route bring before the fine order?"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ranker.cli import options
from ranker.cli.index_options import IndexOption

if TYPE_CHECKING:
    from ranker.evaluation.recall import Row


def eval_recall(
    world: Annotated[str, typer.Option(help="The world whose truth is asked.")] = "demo",
    index: IndexOption = "videos",
    window: Annotated[int, typer.Option(min=10, max=1000, help="Candidates that count.")] = 500,
    most: Annotated[int | None, typer.Option("--most", min=1, help="Ask only so many queries.")] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Recall of the truly good videos by kind of query: coarse query alone, with entities, with vectors.

    Example: encore eval recall --window 500
    """
    from ranker.engine.reach import Reach
    from ranker.evaluation import recall
    from ranker.world.truth import Truth

    settings = options.settings()
    truth = Truth.load(settings.worlds / world)
    asked = truth.evaluation_queries().unique("query", maintain_order=True)
    if most is not None:
        asked = asked.sample(min(most, len(asked)), seed=7)
    with Reach.of(settings).engine() as engine:
        found = recall.ask(engine, index, truth, asked, window)
        steps = track(found, "asking", len(asked), console=Console(stderr=True), transient=True)
        recalled = [item for item in steps if item is not None]
    rows = recall.rows(recalled)
    if as_json:
        options.print_json({"window": window, "rows": [row.as_json() for row in rows]})
    else:
        Console().print(_table(rows, window))


def _table(rows: "list[Row]", window: int) -> Table:
    table = Table(title=f"Recall of good videos among the first {window}, mean [95 % interval]")
    table.add_column("kind of query")
    table.add_column("n", justify="right")
    for name in rows[0].routes:
        table.add_column(name)
    for row in rows:
        count = next(iter(row.routes.values())).count
        values = [f"{i.mean:.3f} [{i.low:.3f}, {i.high:.3f}]" for i in row.routes.values()]
        table.add_row(row.kind, str(count), *(value.replace("[", r"\[") for value in values))
    return table
