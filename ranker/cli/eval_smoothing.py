"""`encore eval smoothing`: which smoothing of a click rate tells later clicks best?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.errors import InvalidInputError

if TYPE_CHECKING:
    from ranker.evaluation.smoothing import Comparison


def eval_smoothing(
    world: Annotated[str, typer.Option(help="The world whose log is split.")] = "demo",
    by: Annotated[str, typer.Option(help="Whose rate: video, query_video or user.")] = "video",
    before: Annotated[list[Path] | None, typer.Option(help="CSV of exposures to fit, instead.")] = None,
    after: Annotated[list[Path] | None, typer.Option(help="CSV of later exposures to ask about.")] = None,
    item: Annotated[str, typer.Option(help="The files' column of what is shown.")] = "video_id",
    click: Annotated[
        str, typer.Option(help="The files' column that is 1 where it was clicked.")
    ] = "is_click",
    as_json: options.JsonOption = False,
) -> None:
    """Raw rate, Wilson's lower bound, and Bayesian smoothing fitted by moments, by fixed point and by EM.

    Fitted on a log's first part, measured on its last: log loss and AUC, of all exposures and of those of
    items that were shown 20 times or less before. Public logs such as KuaiRand's are given as files.

    Example: encore eval smoothing --before log_0425_0430.csv.gz --after log_0501_0504.csv.gz
    """
    from ranker.evaluation import smoothing
    from ranker.world.store import World

    if by not in smoothing.BY:
        raise InvalidInputError(f"--by [{by}] is not one of [{', '.join(smoothing.BY)}]")
    if bool(before) != bool(after):
        raise InvalidInputError("--before and --after go together: give both, or neither for a world's log")
    if before and after:
        tables = tuple(smoothing.of_files(files, item, click) for files in (before, after))
    else:
        tables = smoothing.of_world(World.load(options.settings().worlds / world), by)
    found = smoothing.compare(*tables)
    if as_json:
        options.print_json(found.as_json())
    else:
        Console().print(_table(found))


def _table(found: "Comparison") -> Table:
    table = Table(
        title=f"Fitted on {found.before:,} exposures of {found.items:,} items, asked about {found.after:,}"
        f" ({found.few:,} of items shown little before)"
    )
    table.add_column("way")
    for name in ("α", "β", "log loss", "AUC", "log loss, few", "AUC, few"):
        table.add_column(name, justify="right")
    for row in found.rows:
        pair = ("", "") if row.alpha is None or row.beta is None else (f"{row.alpha:.3f}", f"{row.beta:.3f}")
        measures = (row.log_loss, row.auc, row.few_log_loss, row.few_auc)
        table.add_row(row.way, *pair, *(f"{value:.4f}" for value in measures))
    return table
