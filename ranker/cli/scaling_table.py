"""The scaling bench as a table and as a plot."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from ranker.evaluation.scaling import Scaling


def show(result: "Scaling", console: Console) -> None:
    """Medians by window, then the lines through them."""
    windows = sorted({row.window for row in result.rows})
    times = Table(title="Milliseconds at the median (p99), by window")
    for name in ("engine", "documents", "way"):
        times.add_column(name)
    for window in windows:
        times.add_column(f"{window}", justify="right")
    rows = {(row.engine, row.documents, row.way, row.window): row for row in result.rows}
    for engine, documents, way in dict.fromkeys(key[:3] for key in rows):
        found = [rows[engine, documents, way, window] for window in windows]
        cells = (f"{row.percentile(50):.2f} ({row.percentile(99):.1f})" for row in found)
        times.add_row(engine, f"{documents:,}", way, *cells)
    console.print(times)
    lines = Table(title="What ranking adds: a line through the medians beyond coarse")
    names = ("engine", "documents", "way", "ms a hundred", "ms fixed", "R²", "to the smallest index")
    for name in names:
        lines.add_column(name)
    for slope in result.slopes():
        lines.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in slope.values()))
    console.print(lines)


def plot(result: "Scaling") -> str:
    """Median milliseconds by candidates, one line a way and index, as SVG."""
    from ranker.evaluation.svg_chart import line_chart

    lines: dict[str, list[tuple[float, float]]] = {}
    for row in result.rows:
        name = f"{row.engine} {row.way}, {row.documents:,}"
        lines.setdefault(name, []).append((row.window, row.percentile(50)))
    return line_chart("Search time by window and documents", "window (candidates)", "ms at the median", lines)
