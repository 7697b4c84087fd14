"""`encore bench latency`: what does fine ranking add to a search, and where does the time go?"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.index_options import IndexOption
from ranker.cli.progress import stages
from ranker.errors import EncoreError

if TYPE_CHECKING:
    from ranker.evaluation.latency import Latency


def bench_latency(  # noqa: PLR0913, PLR0917 (a command has as many options as it has)
    world: Annotated[str, typer.Option(help="The world whose queries are asked.")] = "demo",
    queries: Annotated[
        Path | None, typer.Option(help="A file of queries instead: one a line, or a TSV with --column.")
    ] = None,
    column: Annotated[str | None, typer.Option(help="The TSV's column that holds the query.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Questions asked.")] = 200,
    rounds: Annotated[int, typer.Option(min=1, help="Times each is asked; the median counts.")] = 5,
    warm_up: Annotated[float, typer.Option(min=0, help="Seconds of searches before it counts.")] = 20.0,
    index: IndexOption = "videos",
    engine: Annotated[
        str | None,
        typer.Option(help="Windows and sizes of an index instead: elasticsearch, opensearch or both."),
    ] = None,
    documents: Annotated[
        list[int] | None, typer.Option(min=1, help="With --engine: documents of an index; may be repeated.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="With --engine: write the plot here, as SVG.")] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Coarse, fine_rank at 100 and 500, and the models' computation alone, in one run, one client.

    Overhead is the median of (fine − coarse − model) for 500; at most 3 ms and one identity-model hop for
    each of the two model-server calls in sequence. Models alone: the served ONNX files on the request's own
    tensors, ONNX Runtime in process, one thread.

    With --engine the bench starts a stack of its own for each engine, builds indices of 10,000 and 200,000
    of the world's videos (kept for the next run) and asks coarse, fine_rank and the global rank (retriever
    or processor) at windows of 50 to 1,000: the time should grow with the window in a line, and not with
    the index.

    Example: encore bench latency --most 100 --json

    Example: encore bench latency --engine both --most 100 --plot scaling.svg
    """
    if engine is not None:
        _scaling(engine, documents, plot, world, most, rounds, as_json)
        return
    _at_once(queries, column, world, most, rounds, warm_up, index, as_json)


def _scaling(
    engine: str,
    documents: list[int] | None,
    plot: Path | None,
    world: str,
    most: int,
    rounds: int,
    as_json: bool,
) -> None:
    from ranker.cli import scaling_table
    from ranker.engine.rest import EngineRest
    from ranker.engine.supervisor import state
    from ranker.evaluation import queries as questions
    from ranker.evaluation import scaling
    from ranker.evaluation.own_stack import own_stack, sized_index

    settings, environment = options.settings(), options.environment()
    chosen = scaling.engines(engine)
    folder = settings.worlds / world
    asked = questions.of_world(folder, 4 * most)
    rows: list[scaling.Row] = []
    with stages() as tell:
        for product in chosen:
            with own_stack(settings, product, environment, tell) as own:
                sizes = {
                    count: sized_index(own, folder, count, environment, tell)
                    for count in sorted(set(documents or scaling.DOCUMENTS))
                }
                with EngineRest(state.read(own)["engine"]["url"]) as rest:
                    rows += scaling.measure(rest, product, sizes, asked, most, rounds, tell)
    result = scaling.Scaling(rows)
    if plot is not None:
        plot.write_text(scaling_table.plot(result), "utf-8")
    if as_json:
        options.print_json(result.as_json())
    else:
        scaling_table.show(result, Console())


def _at_once(
    queries: Path | None,
    column: str | None,
    world: str,
    most: int,
    rounds: int,
    warm_up: float,
    index: str,
    as_json: bool,
) -> None:
    from ranker.engine.supervisor import state
    from ranker.evaluation import queries as questions
    from ranker.evaluation.latency import Plan, measure

    settings = options.settings()
    running = state.read(settings)
    settings = state.settled(settings, running)
    if queries is None:
        asked = questions.of_world(settings.worlds / world, 2 * most)
    else:
        asked = questions.of_file(queries, column, 2 * most)
    with stages() as tell:
        result = asyncio.run(measure(settings, running, index, Plan(asked, most, rounds, warm_up), tell))
    if as_json:
        options.print_json(result.as_json())
    else:
        Console().print(_table(result))
    if result.overhead > result.overhead_limit:
        raise EncoreError(
            f"the overhead of [{result.overhead:.2f}] ms exceeds its limit of [{result.overhead_limit:.2f}]"
        )


def _table(result: "Latency") -> Table:
    data = result.as_json()
    table = Table(
        title=f"{data['questions']} questions, {data['candidates']} candidates on average, milliseconds"
    )
    for name in ("", "p50", "p95", "p99"):
        table.add_column(name, justify="left" if not name else "right")
    named = {"coarse": data["coarse"]}
    named |= {f"fine_rank, window {window}": values for window, values in data["fine_rank"].items()}
    named |= {f"models alone, window {window}": values for window, values in data["model"].items()}
    named["identity model's hop"] = data["identity_hop"]
    for name, values in named.items():
        table.add_row(name, *(f"{values[q]:.2f}" for q in ("p50", "p95", "p99")))
    overhead = data["overhead"]
    style = "green" if overhead["ok"] else "red"
    table.add_row(
        "overhead (median)", f"[{style}]{overhead['median']:.2f}[/]", "limit", f"{overhead['limit']:.2f}"
    )
    return table
