"""`encore statistics run`: what the whole days before a day say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.index_options import IndexOption
from ranker.cli.progress import stages
from ranker.errors import InvalidInputError

if TYPE_CHECKING:
    from ranker.features.daily.backend import Backend
    from ranker.settings import Settings


def statistics_run(
    day: Annotated[str, typer.Option(help="The day that may know the numbers: days before it count.")],
    backend: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    master: Annotated[str | None, typer.Option(help="Spark's master.", show_default="local[*]")] = None,
    memory: Annotated[str, typer.Option(help="What the work may hold in memory; more spills.")] = "1GB",
    index: IndexOption = "videos",
    log: Annotated[
        Path | None,
        typer.Option("--from", help="A folder of events/ and requests/.", show_default="own"),
    ] = None,
    videos: Annotated[
        Path | None,
        typer.Option(
            help="Parquet with video_id, uploader_id, artist_id, duration_seconds.",
            show_default="what the index says",
        ),
    ] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Count impressions, clicks, plays and more of the last 1, 7 and 30 whole days before a day.

    By video, uploader, artist, query with video, and listener with artist. A day that runs again is replaced.
    Spark gives the same numbers, and a cluster where one machine is too slow; it needs the extra `spark` and
    Java 17 to 21.

    Example: encore statistics run --day 2026-11-25 --memory 512MB
    """
    from ranker.features.daily.choose import memory_bytes
    from ranker.features.daily.inputs import Source
    from ranker.features.daily.job import run
    from ranker.features.daily.output import scratch
    from ranker.features.daily.windows import parse_day

    settings = options.settings()
    of, limit = parse_day(day), memory_bytes(memory)
    target = log / "statistics" if log else settings.statistics
    with scratch(target) as folder:
        source = Source.of(log or settings.data, (videos or _catalogue(settings, index, folder),), of)
        with _backend(backend, limit, folder / "spill", master) as place, stages() as tell:
            made = run(place, source, of, target, tell)
    if as_json:
        options.print_json(asdict(made))
    else:
        rows = ", ".join(f"{entity} {count:,}" for entity, count in made.rows.items())
        Console().print(f"{day}: {rows} by {made.backend} in {made.seconds:.1f} s", highlight=False)


def _catalogue(settings: "Settings", index: str, folder: Path) -> Path:
    from ranker.engine.index.generation import History
    from ranker.features.columns import VideoColumns
    from ranker.features.daily.inputs import write_videos

    names = History(settings.generations, index).names()
    if not names:
        raise InvalidInputError(
            f"index [{index}] was never built here: build it (`encore index build --help`), or give --videos"
        )
    return write_videos(VideoColumns.open(settings.generations / names[-1]), folder / "videos.parquet")


@contextmanager
def _backend(name: str, memory: int, spill: Path, master: str | None) -> "Iterator[Backend]":
    from ranker.engine.java import find_spark_java
    from ranker.features.daily.choose import BACKENDS, make_duckdb, make_spark

    if name not in BACKENDS:
        raise InvalidInputError(f"--backend [{name}] is not one of [{', '.join(BACKENDS)}]")
    if name == "duckdb":
        made = make_duckdb(memory, spill, master)
    else:
        made = make_spark(memory, spill, master, find_spark_java(options.environment()).home)
    try:
        yield made
    finally:
        made.close()
