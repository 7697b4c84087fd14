"""`encore bench indexing`: what do the project's analyzers cost when documents are indexed?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.index_options import MapOption
from ranker.cli.progress import stages
from ranker.errors import EncoreError

if TYPE_CHECKING:
    from ranker.catalog.video import Video
    from ranker.evaluation.indexing_speed import IndexingSpeed
    from ranker.settings import Settings


def bench_indexing(
    world: Annotated[str, typer.Option(help="The sample world whose videos are indexed.")] = "demo",
    catalog: Annotated[
        Path | None, typer.Option(help="Videos of this file instead: .csv, .tsv, .jsonl or .parquet.")
    ] = None,
    columns: MapOption = None,
    documents: Annotated[int, typer.Option(min=1, help="Documents that each of the two gets.")] = 100_000,
    vectors: Annotated[
        bool, typer.Option("--vectors", help="With a vector each; they cost the same in both.")
    ] = False,
    node: Annotated[str | None, typer.Option(help="A node's address instead of the running one.")] = None,
    dictionary: Annotated[
        Path | None, typer.Option(help="Folder of a dictionary version that the node has.")
    ] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Index the same documents with the project's analyzers and with `standard`, in turns, in one run.

    The mapping is the project's, without vectors unless they are asked for. Fewer videos than documents come
    again under other ids. Where no stack runs, a node is started for the occasion. The indices are deleted
    afterwards. Exit code 1 where the project's are indexed at less than 0.7 of the speed.

    Example: encore bench indexing --documents 20000 --json
    """
    from ranker.evaluation import indexing_speed
    from ranker.evaluation.text_node import text_node

    settings = options.settings()
    videos = _videos(settings, world, catalog, columns)
    with (
        stages() as tell,
        text_node(settings, options.environment(), node, dictionary, lambda step: tell(step, 1, 1)) as made,
    ):
        engine, folder = made
        result = indexing_speed.measure(engine, folder.name, videos, documents, vectors, tell)
    if as_json:
        options.print_json(result.as_json())
    else:
        Console().print(_table(result))
    if not result.enough:
        raise EncoreError(
            f"the project's analyzers index at [{result.share:.2f}] of the speed of `standard`;"
            f" at least [{indexing_speed.LEAST_SHARE:g}] is asked for"
        )


def _videos(settings: "Settings", world: str, catalog: Path | None, columns: str | None) -> "list[Video]":
    from ranker.catalog.video import from_table
    from ranker.cli.catalog_file import Refused, catalog_options, read_videos
    from ranker.world.store import World

    if catalog is None:
        return list(from_table(World.load(settings.worlds / world).videos))
    with Refused(settings.run / "bench-indexing.refused.tsv") as refused:
        return read_videos(str(catalog), catalog_options(columns, "utf-8", "skip"), refused)[0]


def _table(result: "IndexingSpeed") -> Table:
    data = result.as_json()
    table = Table(
        "analyzers",
        "documents/s",
        "engine's own seconds",
        title=f"{data['documents']:,} documents each, with the project's at {data['share']:.2f} of the speed",
    )
    for name in ("encore", "standard"):
        found = data[name]
        table.add_row(name, f"{found['documents_a_second']:,}", f"{found['engine_seconds']:.1f}")
    return table
