"""Options that the commands about samples share, and the tables that they read."""

from typing import TYPE_CHECKING, Annotated

import typer

from ranker.errors import InvalidInputError

if TYPE_CHECKING:
    from ranker.features.samples.event_table import LoggedEvents
    from ranker.features.snapshots.tables import Tables
    from ranker.settings import Settings

WindowOption = Annotated[str, typer.Option(help="How long after a request its events count: 30m, 2h, 90s.")]
IntoOption = Annotated[
    str | None, typer.Option(help="Write samples/ into this folder instead of the data folder.")
]


def days_of(first: str, last: str) -> range:
    """Day numbers, both ends included.

    Raises:
        InvalidInputError: One is no day, or they are the wrong way round.
    """
    from ranker.features.snapshots.files import day_number

    days = range(day_number(first), day_number(last) + 1)
    if not days:
        raise InvalidInputError(f"--to [{last}] is before --from [{first}]; swap them")
    return days


def opened(settings: "Settings") -> "tuple[Tables, LoggedEvents]":
    """Snapshots, brought up to date, then events: no event of a later request is missed."""
    from ranker.features.samples.event_table import LoggedEvents
    from ranker.features.snapshots.compaction import compact
    from ranker.features.snapshots.tables import Tables

    compact(settings.data, settings.snapshots)
    return Tables.open(settings.data), LoggedEvents(settings.events)
