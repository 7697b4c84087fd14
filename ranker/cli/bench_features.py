"""`encore bench features`: what does a score request cost the ranker beside its models?"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.index_options import IndexOption
from ranker.cli.progress import stages
from ranker.errors import InvalidInputError

if TYPE_CHECKING:
    from ranker.evaluation.request_cost import RequestCost


def bench_features(
    world: Annotated[str, typer.Option(help="The world whose queries are asked.")] = "demo",
    most: Annotated[int, typer.Option(min=1, help="Requests measured.")] = 200,
    index: IndexOption = "videos",
    as_json: options.JsonOption = False,
) -> None:
    """All features of 100 and 500 candidates in memory, and the other stages of a request, in one run.

    Hot is a stage called again, cold one after a pause in which other memory was read, as between searches.
    Plain is the same features one candidate at a time in plain Python. Needs an index that was built and
    published models; no process has to run.

    Example: encore bench features --most 100 --json
    """
    from ranker.engine.index.generation import History
    from ranker.evaluation import queries
    from ranker.evaluation.request_cost import Ranker, measure

    settings = options.settings()
    names = History(settings.generations, index).names()
    if not names:
        raise InvalidInputError(f"index [{index}] was never built here; see `encore index build --help`")
    asked = queries.of_world(settings.worlds / world, most)
    with stages() as tell:
        tell("generation", 0, 1)
        ranker = Ranker(settings.generations / names[-1], settings.model_repo)
        result = measure(ranker, asked, tell)
    if as_json:
        options.print_json(result.as_json())
    else:
        Console().print(_table(result))


def _table(result: "RequestCost") -> Table:
    data = result.as_json()
    plain = data["plain_a_candidate"]["p50"]
    table = Table(
        title="Microseconds at the median. Features in plain Python:"
        f" {plain:.0f} a candidate, {data['times_faster']:.0f} times as long"
    )
    table.add_column("stage")
    columns = [(count, way) for count in data["stages"] for way in ("hot", "cold")]
    for count, way in columns:
        table.add_column(f"{count} {way}", justify="right")
    first = data["stages"][columns[0][0]]["hot"]
    for stage in first:
        values = (data["stages"][count][way][stage]["p50"] for count, way in columns)
        table.add_row(stage, *(f"{value:.0f}" for value in values))
    return table
