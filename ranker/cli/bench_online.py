"""`encore bench online`: what do the counters of 500 videos cost, from memory and from Valkey?"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.progress import stages

if TYPE_CHECKING:
    from ranker.evaluation.online_speed import OnlineSpeed


def bench_online(
    events: Annotated[int, typer.Option(min=1_000, help="Events of the day that is counted.")] = 200_000,
    most: Annotated[int, typer.Option(min=1, help="Requests measured.")] = 200,
    as_json: options.JsonOption = False,
) -> None:
    """Counters of 500 videos from each online store, against one video at a time, in one run.

    Starts an embedded Valkey of its own, and ends it. The round trip is the same keys read and nothing made
    of them, by the same client.

    Example: encore bench online --events 100000 --json
    """
    from ranker.evaluation.online_speed import measure

    options.settings()
    with stages() as tell:
        result = measure(events, most, tell)
    if as_json:
        options.print_json(result.as_json())
    else:
        Console().print(_table(result))


def _table(result: "OnlineSpeed") -> Table:
    data = result.as_json()
    table = Table(title=f"500 videos of a day of {data['events']:,} events, milliseconds at the median")
    for name in ("store", "one pass", "row by row", "times faster", "events counted a second"):
        table.add_column(name, justify="left" if name == "store" else "right")
    for store in ("memory", "valkey"):
        table.add_row(
            store,
            f"{data['milliseconds'][store]:.2f}",
            f"{data['milliseconds'][f'{store}_row_by_row']:.1f}",
            f"{data['times_faster'][store]:.0f}",
            f"{data['events_a_second'][store]:,.0f}",
        )
    table.add_row("its round trip alone", f"{data['milliseconds']['round_trip']:.2f}", "", "", "")
    return table
