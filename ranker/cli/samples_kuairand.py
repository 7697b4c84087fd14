"""`encore samples kuairand`: real exposures of a public log as the same tables and samples."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.progress import stages
from ranker.cli.samples_options import WindowOption

if TYPE_CHECKING:
    from ranker.features.samples.kuairand.convert import Converted


def samples_kuairand(
    log: Annotated[list[Path], typer.Argument(help="Logs of exposures, CSV or CSV.gz, in any order.")],
    users: Annotated[Path, typer.Option(help="The file of user features.")],
    videos: Annotated[Path, typer.Option(help="The file of basic video features.")],
    into: Annotated[
        Path | None, typer.Option(help="A new folder for the tables.", show_default="kuairand in the data")
    ] = None,
    window: WindowOption = "30m",
    as_json: options.JsonOption = False,
) -> None:
    """Make requests, snapshots, events and samples of KuaiRand's files, features as of each day.

    There is no query there: features that need one, or titles, artists and the site's counts, are left out
    and named. What is fitted (smoothing, ids) is fitted on the log's first days.

    Example: encore samples kuairand log_a.csv.gz log_b.csv.gz --users users.csv.gz --videos videos.csv.gz
    """
    from ranker.features.samples.kuairand.convert import ABSENT, convert
    from ranker.features.samples.window import Window, milliseconds

    rule = Window(length=milliseconds(window))
    target = into.absolute() if into else options.settings().data / "kuairand"
    with stages() as tell:
        converted = convert(log, users, videos, target, rule, tell)
    if as_json:
        options.print_json(
            {
                "folder": str(target),
                "exposures": converted.exposures,
                "days": {day: counts.as_json() for day, counts in converted.counts.items()},
                "features": converted.features,
                "left_out": converted.left_out,
                "absent": ABSENT,
            }
        )
    else:
        _show(converted, Console())


def _show(converted: "Converted", console: Console) -> None:
    from ranker.cli.samples_build import table_of
    from ranker.features.samples.kuairand.convert import ABSENT

    console.print(table_of(converted.counts))
    console.print(f"{len(converted.features)} features, {len(converted.left_out)} left out. Absent there:")
    for name, meaning in ABSENT.items():
        console.print(f"  {name}: {meaning}", highlight=False)
