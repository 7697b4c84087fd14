"""`encore samples check`: are the logged features those of the request's moment?"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.errors import EncoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ranker.features.samples.replay import Report
    from ranker.features.specification import Specification


def samples_check(
    first: Annotated[str, typer.Option("--from", help="First day, like 2026-10-01 (Asia/Shanghai).")],
    last: Annotated[str, typer.Option("--to", help="Last day, itself included.")],
    every: Annotated[int, typer.Option(min=1, help="Look at each n-th ranker call only.")] = 1,
    least: Annotated[float, typer.Option(min=0, max=1, help="Share of values that must be equal.")] = 0.999,
    as_json: options.JsonOption = False,
) -> None:
    """Compute the features of logged requests again, as of each request, and compare every value.

    The report says of each feature what share is equal, how the rest is explained, and what nobody could
    recompute. Ends with an error where fewer values than --least are equal, or a difference is unexplained.

    Example: encore samples check --from 2026-10-01 --to 2026-10-01 --every 10
    """
    from ranker.cli.samples_options import days_of, opened
    from ranker.features.samples.recompute import OfGeneration
    from ranker.features.samples.replay import check
    from ranker.features.snapshots.files import day_bounds
    from ranker.serving.explain import PARTS

    days = days_of(first, last)
    settings = options.settings()
    tables, _ = opened(settings)
    start, end = day_bounds(days[0])[0], day_bounds(days[-1])[1] - 1
    way = OfGeneration(settings.generations, _specifications(settings.model_repo))
    report = check(tables, start, end, way, scores=frozenset(PARTS), every=every)
    if as_json:
        options.print_json(report.as_json())
    else:
        _show(report, Console())
    whole = report.whole
    if whole.share < least or whole.unexplained:
        raise EncoreError(
            f"[{whole.share:.6f}] of [{whole.values}] values are equal and [{whole.unexplained}] differ for"
            f" no known reason; at least [{least}] must be equal, and the rest explained"
        )


def _specifications(model_repo: "Path") -> "Callable[[str], Specification | None]":
    """By hash, of every version of the ranking model that is published."""
    from ranker.features.specification import Specification
    from ranker.serving.model_server.repository import model_versions, version_folder
    from ranker.serving.pipeline import MMOE

    found: dict[str, Specification] = {}
    for version in model_versions(model_repo, MMOE):
        try:
            one = Specification.load(version_folder(model_repo, MMOE, version))
        except EncoreError:  # of another program: what it logged can't be recomputed by this one
            continue
        found[one.hash] = one
    return found.get


def _show(report: "Report", console: Console) -> None:
    whole = report.whole
    console.print(
        f"{report.calls:,} ranker calls, {report.candidates:,} candidates, {whole.values:,} values:"
        f" {100 * whole.share:.4f} % equal, {whole.unexplained:,} unexplained"
    )
    table = Table(title="Features with differences")
    for name in ("feature", "share equal", "explained", "unexplained", "largest difference"):
        table.add_column(name, justify="left" if name == "feature" else "right")
    for name, found in report.features.items():
        if found.equal < found.values:
            explained = ", ".join(f"{count:,} {reason}" for reason, count in found.excused.items())
            table.add_row(
                name, f"{found.share:.6f}", explained, f"{found.unexplained:,}", f"{found.largest:.3g}"
            )
    if table.row_count:
        console.print(table)
    for reason, calls in report.skipped.items():
        console.print(f"{calls:,} ranker calls were left out: {reason}", markup=False)
    if report.not_recomputed:
        console.print(f"not recomputed: {', '.join(sorted(report.not_recomputed))}")
