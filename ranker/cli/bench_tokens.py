"""`encore bench tokens`: does the engine make the tokens that Python makes?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.progress import stages
from ranker.errors import EncoreError

if TYPE_CHECKING:
    from ranker.evaluation.text_files import TextFile
    from ranker.evaluation.tokens import Comparison, Difference

_SHOWN_CHARACTERS = 60


def bench_tokens(
    files: Annotated[list[Path], typer.Argument(help="TSV, CSV or text files (.gz too).")],
    column: Annotated[
        list[str] | None, typer.Option(help="A text column by name or number, instead of those found.")
    ] = None,
    node: Annotated[str | None, typer.Option(help="A node's address instead of the running one.")] = None,
    dictionary: Annotated[
        Path | None, typer.Option(help="Folder of a dictionary version that the node has.")
    ] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Compare (token, start, end) and place, cut and search mode, on every text of the files.

    Each text is taken as it is, in traditional characters and in full width, through the node's own _analyze
    and through Python. Where no stack runs, a node is started for the occasion. A table's text columns are
    those with the most Han characters a cell, and any with a third as many; the first row is a header if it
    holds plain names only. Exit code 1 if any text differs.

    Example: encore bench tokens queries.tsv.gz titles.csv --json
    """
    from ranker.evaluation import text_files
    from ranker.evaluation.text_node import text_node
    from ranker.evaluation.tokens import compare
    from ranker.text.analyzer import Analyzer

    settings = options.settings()
    read = [text_files.read(path, column or ()) for path in files]
    texts = [text for file in read for text in file.texts]
    with (
        stages() as tell,
        text_node(settings, options.environment(), node, dictionary, lambda step: tell(step, 1, 1)) as made,
    ):
        engine, folder = made
        result = compare(texts, Analyzer.load(folder), engine, lambda done: tell("texts", done, len(texts)))
    unread = [f"{file.path}: {reason}" for file in read for reason in file.unread]
    if as_json:
        options.print_json(
            {
                **result.as_json(),
                "dictionary": folder.name,
                "unread": unread,
                "replaced": sum(file.replaced for file in read),
            }
        )
    else:
        _show(Console(), read, unread, result)
    if result.differing:
        raise EncoreError(f"[{result.differing}] of [{result.analysed}] analysed texts differ")


def _show(console: Console, read: "list[TextFile]", unread: list[str], result: "Comparison") -> None:
    files = Table("file", "columns", "texts", "not UTF-8", "unread")
    for file in read:
        columns = ", ".join(file.columns) or "each line"
        sizes = (len(file.texts), file.replaced, len(file.unread))
        files.add_row(file.path.name, columns, *(f"{size:,}" for size in sizes))
    console.print(files)
    for reason in unread[:_SHOWN_CHARACTERS]:
        console.print(reason, markup=False, style="yellow")
    counts = Table("strings", "analysed", "tokens", "differing")
    numbers = (result.strings, result.analysed, result.tokens, result.differing)
    counts.add_row(*(f"{number:,}" for number in numbers))
    console.print(counts)
    if result.differences:
        console.print(_differences(result.differences))


def _differences(differences: "list[Difference]") -> Table:
    table = Table("text", "form", "mode", "engine only", "Python only")
    for difference in differences:
        found = difference.as_json()
        sides = (_terms(found["engine_only"]), _terms(found["python_only"]))
        table.add_row(repr(difference.text[:_SHOWN_CHARACTERS]), difference.form, difference.mode, *sides)
    return table


def _terms(tokens: list[list[object]]) -> str:
    return " ".join(f"{term}({start}-{end}@{place})" for term, start, end, place in tokens)[
        :_SHOWN_CHARACTERS
    ]
