"""`encore world check`: is a world hard enough, and not too hard?"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.world_make import NameArgument, progress_bar

if TYPE_CHECKING:
    from ranker.world.difficulty.report import Difficulty

_FEATURES_SHOWN = 12


def world_check(
    name: NameArgument = "demo",
    learner: Annotated[bool, typer.Option(help="Also what boosted trees over all features reach.")] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Measure the oracle, every single observable feature and text alone; exit code 1 if a bound is broken.

    Bounds: the oracle's click AUC lies in .78 to .88, the best single feature .08 or more below it; text
    alone separates the tiers with auc_strict .75 or less; of the titles at least 40 % lack artist or song.
    A log of more than a million exposures is measured on a sample of its requests.

    Example: [bold]encore world check demo --learner[/bold]
    """
    from ranker.world.difficulty.report import measure

    with progress_bar() as bar:
        task = bar.add_task("world", total=1.0)
        found = measure(
            options.settings().worlds / name,
            learner,
            lambda what, share: bar.update(task, description=what, completed=share),
        )
    verdicts = found.verdicts()
    if as_json:
        options.print_json(found.as_json())
    else:
        _print(found)
    if not all(verdicts.values()):
        raise typer.Exit(1)


def _print(found: "Difficulty") -> None:
    console = Console(highlight=False)
    table = Table("click AUC over all exposures", "", title=f"{found.exposures:,} exposures")
    table.add_row("oracle", f"{found.oracle:.3f}")
    for feature, value in sorted(found.single.items(), key=lambda item: -item[1])[:_FEATURES_SHOWN]:
        table.add_row(feature, f"{value:.3f}")
    if found.learner is not None:
        table.add_section()
        table.add_row("last fifth of the log: oracle", f"{found.oracle_there:.3f}")
        table.add_row("boosted trees over all of them", f"{found.learner:.3f}")
        table.add_row("the same with the true tier", f"{found.learner_with_tier:.3f}")
    console.print(table)
    text = Table("tiers by text alone", "auc_strict, shown", "auc_strict, labelled", "auc, shown")
    for score in found.text_shown:
        columns = (found.text_shown, found.text_labelled, found.text_auc)
        text.add_row(score, *(f"{column[score]:.3f}" for column in columns))
    console.print(text)
    shares = ", ".join(f"{share:.0%}" for share in found.tier_shares)
    console.print(
        f"click rate {found.click_rate:.3f}; tiers shown, bad to good: {shares}; "
        f"titles that lack artist or song {found.lacking:.0%}; labels wrong {found.label_errors:.1%}"
    )
    for bound, holds in found.verdicts().items():
        console.print(f"{'holds ' if holds else 'BROKEN'}  {bound}", style=None if holds else "red")
