"""Options that the index's commands share."""

from typing import Annotated

import typer

IndexOption = Annotated[str, typer.Option(help="The index's alias.")]
MapOption = Annotated[
    str | None,
    typer.Option(
        "--map",
        help="Which of the file's columns is which, like id=video_id,title=title,artist=author,plays=plays; "
        "without it columns are found by name.",
        show_default=False,
    ),
]
EncodingOption = Annotated[str, typer.Option(help="Of a text file: utf-8 or gb18030 (which covers GBK).")]
BadRowsOption = Annotated[
    str,
    typer.Option(help="What a bad row does: refuse (the file) or skip (the row). It is reported either way."),
]
