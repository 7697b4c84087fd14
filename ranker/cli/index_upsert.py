"""`encore index upsert`: write videos to the live generation, without a rebuild."""

from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.index_options import BadRowsOption, EncodingOption, IndexOption, MapOption
from ranker.errors import InvalidInputError


def index_upsert(
    file: Annotated[
        str, typer.Argument(help="A file as for `build`, or - for JSON lines from standard input.")
    ],
    columns: MapOption = None,
    encoding: EncodingOption = "utf-8",
    bad_rows: BadRowsOption = "refuse",
    index: IndexOption = "videos",
    as_json: options.JsonOption = False,
) -> None:
    """Write videos: in the index, in the ranker's columns and in the log of writes when this returns.

    A known id is replaced whole. Later builds of a catalogue that was read before the write replay it.

    Example: [bold]echo '{"video_id": "BV1xx", "title": "晴天", "plays": 1}' | encore index upsert -[/bold]
    """
    from ranker.cli.catalog_file import Refused, catalog_options, read_videos
    from ranker.engine.index.site import open_site
    from ranker.engine.index.writes import upsert

    settings = options.settings()
    chosen = catalog_options(columns, encoding, bad_rows)
    with Refused(settings.run / f"{index}.refused.tsv") as refused:
        videos, bad = read_videos(file, chosen, refused)
    if bad and chosen.bad_rows == "refuse":
        raise InvalidInputError(f"[{bad}] rows are bad; mend them or pass --bad-rows skip")
    if not videos:
        raise InvalidInputError(f"[{file}] holds no video")
    with open_site(settings, index, options.environment()) as site:
        done = upsert(site, videos)
    if as_json:
        options.print_json(done.as_json() | {"refused": bad})
        return
    Console(highlight=False, soft_wrap=True).print(
        f"{done.upserted} videos written to {done.generation} in {done.seconds:.2f} s, {bad} rows refused; "
        f"ranker {done.ranker}",
        markup=False,
    )
