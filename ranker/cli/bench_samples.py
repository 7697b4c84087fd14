"""`encore bench samples`: how fast are samples built, and in how much memory?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.progress import stages

if TYPE_CHECKING:
    from ranker.evaluation.sample_growth import Growth


def bench_samples(
    most: Annotated[int, typer.Option(min=100_000, help="Events of the largest log.")] = 10_000_000,
    plot: Annotated[Path | None, typer.Option(help="Write the growth here, as SVG.")] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Build the samples of logs of 100,000, 1,000,000 and 10,000,000 events of a week.

    A request scores ten candidates with all features, shows eight, and one is clicked and played. The build
    is `encore samples build` in a process of its own, from its start to its end; peak memory is the kernel's
    count. About 4 GB of disk at the largest.

    Example: encore bench samples --most 1000000 --plot samples.svg
    """
    from ranker.evaluation import sample_growth

    settings = options.settings()
    own = settings.model_copy(update={"data": settings.data / "bench" / "samples"})
    sizes = [size for size in sample_growth.SIZES if size <= most]
    with stages() as tell:
        growth = sample_growth.measure(own, options.environment(), sizes, tell)
    if plot is not None:
        plot.write_text(_plot(growth), "utf-8")
    if as_json:
        options.print_json([row.as_json() for row in growth])
    else:
        Console().print(_table(growth))


def _table(growth: "list[Growth]") -> Table:
    table = Table(title="Building samples")
    names = (
        "events",
        "candidates",
        "samples",
        "snapshots MB",
        "samples MB",
        "seconds",
        "a second",
        "peak MB",
    )
    for name in names:
        table.add_column(name, justify="right")
    for row in growth:
        table.add_row(
            f"{row.events:,}",
            f"{row.candidates:,}",
            f"{row.samples:,}",
            f"{row.snapshot_bytes / 1e6:,.0f}",
            f"{row.sample_bytes / 1e6:,.0f}",
            f"{row.seconds:.1f}",
            f"{row.as_json()['samples_a_second']:,}",
            f"{row.peak_megabytes:,.0f}",
        )
    return table


def _plot(growth: "list[Growth]") -> str:
    """Seconds and tens of megabytes by millions of events, as SVG."""
    from ranker.evaluation.svg_chart import line_chart

    lines = {
        "seconds": [(row.events / 1e6, row.seconds) for row in growth],
        "peak memory, 10 MB": [(row.events / 1e6, row.peak_megabytes / 10) for row in growth],
    }
    return line_chart("Building samples", "million events", "seconds; 10 MB", lines)
