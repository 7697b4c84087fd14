"""`encore bench events`: how fast are events taken and compacted, and in how much memory?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.progress import stages

if TYPE_CHECKING:
    from ranker.evaluation.event_growth import Growth
    from ranker.evaluation.event_speed import Speed


def bench_events(
    seconds: Annotated[float, typer.Option(min=0.1, help="How long each batch size is sent.")] = 5.0,
    most: Annotated[int, typer.Option(min=100_000, help="Events of the largest log.")] = 10_000_000,
    plot: Annotated[Path | None, typer.Option(help="Write the growth of compaction here, as SVG.")] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Events a second through the door of a ranker's own process, then compaction of growing logs.

    Eight clients send batches of 1, 100 and 1,000 events, each acknowledged after its fsync; they share the
    machine with the ranker. Logs of 100,000, 1,000,000 and 10,000,000 events of a week are compacted by
    `encore events compact`, whose peak memory is the kernel's count. About 5 GB of disk at the largest.

    Example: encore bench events --most 1000000 --plot events.svg
    """
    from ranker.evaluation import event_growth, event_speed

    settings, environment = options.settings(), options.environment()
    own = settings.model_copy(update={"data": settings.data / "bench" / "events"})
    with stages() as tell:
        speeds = event_speed.measure(own, environment, seconds, tell)
        sizes = [size for size in event_growth.SIZES if size <= most]
        growth = event_growth.measure(own, environment, sizes, tell)
    if plot is not None:
        plot.write_text(_plot(growth), "utf-8")
    if as_json:
        options.print_json(
            {"door": [row.as_json() for row in speeds], "compaction": [row.as_json() for row in growth]}
        )
        return
    console = Console()
    console.print(_doors(speeds))
    console.print(_logs(growth))


def _doors(speeds: "list[Speed]") -> Table:
    table = Table(title=f"Events taken, each batch after its fsync; {speeds[0].clients} clients")
    for name in ("events a batch", "events a second", "batches a second", "p50 ms", "p99 ms"):
        table.add_column(name, justify="right")
    for speed in speeds:
        row = speed.as_json()
        times = row["milliseconds"]
        table.add_row(
            f"{row['batch']:,}",
            f"{row['events_a_second']:,}",
            f"{row['batches_a_second']:,}",
            f"{times['p50']:.2f}",
            f"{times['p99']:.1f}",
        )
    return table


def _logs(growth: "list[Growth]") -> Table:
    table = Table(title="Compaction to Parquet, and reading the log")
    for name in ("events", "log MB", "Parquet MB", "seconds", "events a second", "peak MB", "read a second"):
        table.add_column(name, justify="right")
    for grown in growth:
        row = grown.as_json()
        table.add_row(
            f"{grown.events:,}",
            f"{grown.log_bytes / 1e6:,.0f}",
            f"{grown.parquet_bytes / 1e6:,.0f}",
            f"{grown.seconds:.1f}",
            f"{row['compacted_a_second']:,}",
            f"{row['peak_megabytes']:,}",
            f"{row['read_a_second']:,}",
        )
    return table


def _plot(growth: "list[Growth]") -> str:
    """Seconds and tens of megabytes by millions of events, as SVG."""
    from ranker.evaluation.svg_chart import line_chart

    lines = {
        "seconds": [(row.events / 1e6, row.seconds) for row in growth],
        "peak memory, 10 MB": [(row.events / 1e6, row.peak_megabytes / 10) for row in growth],
        "Parquet, 10 MB": [(row.events / 1e6, row.parquet_bytes / 1e7) for row in growth],
    }
    return line_chart("Compaction of the event log", "million events", "seconds; 10 MB", lines)
