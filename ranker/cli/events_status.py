"""`encore events status`: what there is of the event log."""

from rich.console import Console

from ranker.cli import options


def events_status(as_json: options.JsonOption = False) -> None:
    """Show the log's segments, what is compacted and what waits.

    Example: encore events status --json
    """
    from ranker.features.events.status import log_status

    found = log_status(options.settings().events)
    if as_json:
        options.print_json(found.as_json())
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in (
        f"log         {found.folder}, {'being written' if found.written else 'not being written'}",
        f"segments    {found.segments}, {found.segment_bytes / 1e6:,.1f} MB, up to position {found.end}",
        f"compacted   {found.compacted_events:,} events of {len(found.days)} days, {found.parquet_files}"
        f" files, {found.parquet_bytes / 1e6:,.1f} MB, up to position {found.compacted_until}",
        f"waiting     {found.waiting:,} events",
        f"pruned      up to position {found.pruned_until}",
    ):
        console.print(line, markup=False)
