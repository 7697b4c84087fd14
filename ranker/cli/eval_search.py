"""`encore eval search`: is the fine order better than the coarse one, on the world's truth?"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ranker.cli import options
from ranker.errors import EncoreError

if TYPE_CHECKING:
    from ranker.evaluation.search_quality import Row


def eval_search(
    world: Annotated[str, typer.Option(help="The world whose truth is asked.")] = "demo",
    index: Annotated[str, typer.Option(help="Index or alias that holds this world's videos.")] = "videos",
    window: Annotated[int, typer.Option(min=10, max=1000, help="Candidates that are finely ranked.")] = 500,
    most: Annotated[int | None, typer.Option("--most", min=1, help="Ask only so many requests.")] = None,
    by_kind: Annotated[bool, typer.Option("--by-kind", help="A row for each kind of query too.")] = False,
    as_json: options.JsonOption = False,
) -> None:
    """NDCG@10 of the oracle, fine, coarse, BM25, popularity and random orders, with 95 % intervals.

    Example: encore eval search --world demo --by-kind
    """
    from ranker.engine.reach import Reach
    from ranker.evaluation import search_quality
    from ranker.evaluation.orders import ask, requests
    from ranker.world.truth import Truth

    settings = options.settings()
    truth = Truth.load(settings.worlds / world)
    table = truth.evaluation_queries()
    if most is not None:
        table = table.sample(min(most, len(table)), seed=7)
    asked = list(requests(table))
    with Reach.of(settings).engine() as engine:
        steps = track(asked, "asking", console=Console(stderr=True), transient=True)
        answered = [ask(engine, index, request, window) for request in steps]
    judged = [search_quality.judge(truth, item) for item in answered]
    segments = dict(search_quality.SEGMENTS) | (search_quality.kinds(judged) if by_kind else {})
    rows = search_quality.rows(judged, segments)
    causes = sorted({item.degraded for item in answered if item.degraded})
    if as_json:
        options.print_json({"degraded": causes, "rows": [row.as_json() for row in rows]})
    else:
        for gain, title in search_quality.GAINS.items():
            Console().print(_table(title, [row for row in rows if row.gain == gain]))
    if causes:
        count = sum(bool(item.degraded) for item in answered)
        raise EncoreError(
            f"[{count}] answers were degraded by [{', '.join(causes)}]: mend that and ask again"
        )


def _table(title: str, rows: "list[Row]") -> Table:
    table = Table(title=f"NDCG@10, {title}, mean [95 % interval]")
    table.add_column("requests")
    table.add_column("n", justify="right")
    for name in rows[0].orders:
        table.add_column(name)
    table.add_column("fine − coarse")
    for row in rows:
        style = "green" if row.is_beyond else "yellow"
        values = [f"{i.mean:.3f} [{i.low:.3f}, {i.high:.3f}]" for i in row.orders.values()]
        table.add_row(
            row.segment,
            str(row.lift.count),
            *values,
            f"[{style}]{row.lift.mean:+.3f} \\[{row.lift.low:+.3f}, {row.lift.high:+.3f}]",
        )
    return table
