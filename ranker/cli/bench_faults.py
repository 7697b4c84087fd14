"""`encore bench faults`: break the ranker and the model server under load, and see that no search fails."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.errors import EncoreError

_PLAIN_PAUSE_SECONDS = 0.01


def bench_faults(
    world: Annotated[str, typer.Option(help="The world whose queries are asked.")] = "demo",
    index: Annotated[str, typer.Option(help="Index or alias.")] = "videos",
    only: Annotated[str | None, typer.Option(help="Only faults whose name contains this.")] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Hold each fault on the running stack, with 8 clients searching, and time the way back.

    Faults: ranker killed, stopped, slow (3 × deadline); Triton killed, stopped; one model's process killed.

    Example: encore bench faults --only triton
    """
    from ranker.engine.rest import EngineRest
    from ranker.evaluation import queries
    from ranker.evaluation.faults import CLIENTS, Report, enough, hold, observe
    from ranker.evaluation.load import Clients, percentile
    from ranker.evaluation.stack import Stack
    from ranker.recall.coarse import search_body

    settings = options.settings()
    stack = Stack(settings)
    notes = Console(stderr=True)
    with EngineRest(stack.engine_url) as engine:
        asked = queries.that_match(engine, index, queries.of_world(settings.worlds / world, 400))
    fine = [search_body(q.text, q.user) for q in asked]
    plain = [search_body(q.text, q.user, fine=False) for q in asked]
    with Clients(stack.engine_url, index, plain, CLIENTS) as clients:
        notes.print(f"{CLIENTS} clients without rescore …")
        coarse = observe(clients, clients, enough)
    outcomes = []
    with (
        stack.mended_afterwards(),
        stack.slow_proxy() as proxy,
        Clients(stack.engine_url, index, fine, CLIENTS) as fine_clients,
        Clients(stack.engine_url, index, plain, 1, _PLAIN_PAUSE_SECONDS) as plain_client,
    ):
        notes.print("healthy …")
        healthy = observe(fine_clients, plain_client, enough)
        for fault in stack.faults(proxy, settings.fine_rank_timeout_milliseconds / 1000):
            if only is None or only in fault.name:
                notes.print(f"{fault.name} …")
                outcomes.append(hold(fault, fine_clients, plain_client))
    report = Report(settings.fine_rank_timeout_milliseconds, percentile(coarse.fine, 99), healthy, outcomes)
    rows = report.rows()
    if as_json:
        options.print_json({"deadline": report.deadline, "coarse_p99": report.coarse_p99, "phases": rows})
    else:
        Console().print(_table(rows))
    failed = [row["fault"] for row in rows if not row["ok"]]
    if failed:
        raise EncoreError(f"a demand was missed in [{', '.join(failed)}]")


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(
        title="8 clients, milliseconds", caption="p99 and its limit; plain: one client without rescore"
    )
    for name in ("fault", "searches", "degraded", "p50", "p99 ≤", "plain p99 ≤", "back s", "ok"):
        table.add_column(name, justify="left" if name == "fault" else "right", no_wrap=name != "fault")
    for row in rows:
        back = row.get("back_seconds")
        table.add_row(
            f"{row['fault']}\n[dim]{', '.join(row['causes'])}[/]" if row["causes"] else row["fault"],
            str(row["searches"]),
            str(row["degraded"]),
            f"{row['p50']:.0f}",
            f"{row['p99']:.0f} {row['p99_limit']:.0f}",
            f"{row['plain_p99']:.0f} {row['plain_limit']:.0f}",
            "" if back is None else f"{back:.1f}",
            "[green]yes[/]" if row["ok"] else "[red]no[/]",
        )
    return table
