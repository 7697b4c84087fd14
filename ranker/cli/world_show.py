"""`encore world show`: what a world looks like."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.world_make import NameArgument

if TYPE_CHECKING:
    from ranker.world.store import World

# A person's screen has room for what a video is; programs get every column by --json.
_HIDDEN = {"video_id", "uploader_id", "resolution", "reviewed", "likes", "favorites", "shares", "comments"}
_HIDDEN |= {"artist_id", "released_at", "event_time"}
_HEADINGS = {"duration_seconds": "seconds", "uploaded_at": "uploaded", "play_seconds": "played"}
_TIMES = {"uploaded_at", "released_at", "signup_at", "now", "event_time"}
_SHORT = {
    "shown",
    "clicks",
    "tier",
    "facts",
    "plays",
    "position",
    "request_id",
    "user_id",
    "song_id",
    "click",
}


def world_show(
    name: NameArgument = "demo",
    query: Annotated[str | None, typer.Option(help="What was shown for this query, with true tiers.")] = None,
    rows: Annotated[int, typer.Option(help="Rows a table.", min=1, max=200)] = 8,
    as_json: options.JsonOption = False,
) -> None:
    """Show samples of the world's tables, or what one query of it was answered with.

    Examples: [bold]encore world show demo[/bold], [bold]encore world show demo --query 会不会[/bold]
    """
    from ranker.world.store import World

    world = World.load(options.settings().worlds / name)
    tables = _samples(world, rows) if query is None else {query: _answers(world, query, rows)}
    if as_json:
        options.print_json(
            {"manifest": world.manifest, **{key: one.to_dicts() for key, one in tables.items()}}
        )
        return
    console = Console(highlight=False)
    for title, table in tables.items():
        console.print(_table(title, table))


def _samples(world: "World", rows: int) -> dict[str, pl.DataFrame]:
    counts = world.searches.group_by("query").len("searches")
    counts = counts.sort(["searches", "query"], descending=[True, False])
    titles = world.videos.select("video_id", "title")
    return {
        f"videos ({len(world.videos):,})": world.videos.sample(min(rows, len(world.videos)), seed=1),
        f"artists ({len(world.artists):,})": world.artists.head(rows),
        f"songs ({len(world.songs):,})": world.songs.head(rows),
        f"listeners ({len(world.users):,})": world.users.head(rows),
        f"queries asked ({len(counts):,}), the most asked": counts.head(rows),
        "queries asked, a sample": counts.sample(min(rows, len(counts)), seed=1),
        f"searches ({len(world.searches):,})": world.searches.head(rows),
        f"exposures ({len(world.exposures):,})": world.exposures.head(rows).join(
            titles, on="video_id", how="left"
        ),
        f"labels ({len(world.labels):,})": world.labels.head(rows).join(titles, on="video_id", how="left"),
    }


def _answers(world: "World", query: str, rows: int) -> pl.DataFrame:
    """Videos shown for a query, most shown first, with clicks and the facts T, S, I, A of their true tier."""
    from ranker.world.truth import Truth

    truth = Truth.load(world.path)
    truth.query_rows([query])
    asked = world.searches.filter(pl.col("query") == query).select("request_id")
    shown = (
        world.exposures.join(asked, on="request_id")
        .group_by("video_id")
        .agg(pl.len().alias("shown"), pl.col("click").sum().alias("clicks"))
        .sort(["shown", "video_id"], descending=[True, False])
        .head(rows)
    )
    facts = truth.facts(query, shown["video_id"].to_list())
    letters = [
        pl.when(pl.col(name)).then(pl.lit(name[0].upper())).otherwise(pl.lit("·"))
        for name in ("term", "semantic", "intent", "alias")
    ]
    facts = facts.select("video_id", "tier", pl.concat_str(letters).alias("facts"))
    about = world.videos.select("video_id", "title", "tags", "uploader")
    found = shown.join(facts, on="video_id").join(about, on="video_id")
    return found.sort(["shown", "video_id"], descending=[True, False])


def _table(title: str, rows: pl.DataFrame) -> Table:
    columns = [name for name in rows.columns if name not in _HIDDEN]
    table = Table(title=title, title_justify="left")
    for name in columns:
        table.add_column(_HEADINGS.get(name, name), no_wrap=name in _SHORT, overflow="fold")
    for row in rows.iter_rows(named=True):
        table.add_row(*(_cell(name, row[name]) for name in columns))
    return table


def _cell(name: str, value: Any) -> str:
    if name in _TIMES:
        return f"{datetime.fromtimestamp(value / 1000, ZoneInfo('Asia/Shanghai')):%y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "·"
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, float):
        return f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
