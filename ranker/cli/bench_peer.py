"""`encore bench peer`: the measurement that the peer among rescorers was given."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.progress import stages

if TYPE_CHECKING:
    from ranker.evaluation.peer import Peer


def bench_peer(
    world: Annotated[str, typer.Option(help="The world whose videos and queries are used.")] = "demo",
    documents: Annotated[int, typer.Option(min=1, help="Videos of the index.")] = 200_000,
    most: Annotated[int, typer.Option(min=1, help="Queries asked.")] = 1_000,
    engine: options.EngineOption = None,
    as_json: options.JsonOption = False,
) -> None:
    """BM25, a control rescoring by match_all and fine_rank on one segment: time, CPU and searches a second.

    Starts a stack of its own, with an index of so many videos (the world's come again, kept for the next
    run), merges it to one segment and asks 1,000 queries by one client, then by eight. The models alone are
    the served graphs on the requests' tensors, one thread, in process. Plugin and hop: fine_rank at 500 with
    a ranker that scores with nothing, beyond the control. CPU is of engine, ranker and model server.

    Example: encore bench peer --documents 20000 --most 200 --json
    """
    from ranker.evaluation import peer
    from ranker.evaluation import queries as questions
    from ranker.evaluation.own_stack import own_stack, sized_index

    settings, environment = options.settings(engine=engine), options.environment()
    folder = settings.worlds / world
    asked = questions.of_world(folder, 2 * most)
    with stages() as tell, own_stack(settings, settings.engine, environment, tell) as own:
        index = sized_index(own, folder, documents, environment, tell)
        result = asyncio.run(peer.measure(own, index, asked, most, tell))
    if as_json:
        options.print_json(result.as_json())
    else:
        console = Console()
        console.print(_table(result))
        console.print(_summary(result))


def _table(result: "Peer") -> Table:
    data = result.as_json()
    table = Table(title=f"{data['documents']:,} videos, {data['queries']:,} queries, milliseconds")
    for name in ("", "p50", "p95", "p99", "CPU engine", "ranker", "models", "all", "q/s, 8 clients"):
        table.add_column(name, justify="right" if name else "left", no_wrap=not name)
    for name, row in data["rows"].items():
        cpu = (*row["cpu"].values(), row["cpu_all"])
        times = (row["p50"], row["p95"], row["p99"])
        table.add_row(name, *(f"{value:.2f}" for value in (*times, *cpu)), f"{row['searches_a_second']:.0f}")
    for window, found in data["models"].items():
        table.add_row(f"models alone {window}", *(f"{value:.2f}" for value in found.values()))
    return table


def _summary(result: "Peer") -> str:
    data = result.as_json()
    lines = [
        f"fine_rank {window}: +{added['over_control']:.2f} ms beyond the control (match_all 500),"
        f" of which {added['without_models']:.2f} without the models"
        for window, added in data["added"].items()
    ]
    return "\n".join([*lines, f"plugin and hop for 500: {data['plugin_and_hop']:.2f} ms"])
