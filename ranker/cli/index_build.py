"""`encore index build`: one new generation, live at the end."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.index_options import BadRowsOption, EncodingOption, IndexOption, MapOption
from ranker.cli.progress import stages


def index_build(
    world: Annotated[
        str | None, typer.Option(help="Build from this sample world.", show_default=False)
    ] = None,
    catalog: Annotated[
        Path | None,
        typer.Option(
            help="Build from this file: .csv, .tsv, .jsonl or .parquet, perhaps .gz.", show_default=False
        ),
    ] = None,
    columns: MapOption = None,
    encoding: EncodingOption = "utf-8",
    bad_rows: BadRowsOption = "refuse",
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Keep the live generation if it is of the same content.")
    ] = False,
    index: IndexOption = "videos",
    as_json: options.JsonOption = False,
) -> None:
    """Build the dictionary, the index and the ranker's columns from a catalogue, then swap to them at once.

    A build that fails leaves what was there before. Writes that are accepted meanwhile are replayed
    before the swap. Rows with one id are merged: the one with most plays stands, the later of equals.

    Example: [bold]encore index build --catalog a.csv.gz --map id=bv,title=name,artist=author[/bold]
    """
    from ranker.cli.catalog_file import Refused, catalog_options
    from ranker.engine.index import source
    from ranker.engine.index.build import build
    from ranker.engine.index.site import open_site
    from ranker.errors import InvalidInputError

    if (world is None) == (catalog is None):
        raise InvalidInputError("give one source: --world NAME or --catalog FILE")
    settings = options.settings()
    chosen = catalog_options(columns, encoding, bad_rows)
    with (
        open_site(settings, index, options.environment()) as site,
        Refused(settings.run / f"{index}.refused.tsv") as refused,
        stages() as tell,
    ):

        def read(scratch: Path) -> source.Source:
            if catalog is None:
                return source.from_world(settings.worlds / str(world))
            progress = partial(tell, "reading")
            return source.from_catalog(catalog, chosen, scratch, refused=refused.add, progress=progress)

        done = build(site, read, tell, if_changed=if_changed)
    if as_json:
        options.print_json(done.as_json())
        return
    manifest, report = done.manifest, done.manifest.report
    what = "is unchanged" if done.unchanged else f"is live after {done.seconds:.1f} s"
    Console(highlight=False, soft_wrap=True).print(
        f"{manifest.generation} {what}: {report['rows']} rows = {report['indexed']} indexed + "
        f"{report['merged']} merged + {report['refused']} refused; {done.replayed} writes replayed",
        markup=False,
    )
