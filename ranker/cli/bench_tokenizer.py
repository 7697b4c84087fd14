"""`encore bench tokenizer`: is the engine's tokenizer as much faster than jieba as it must be?"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.progress import stages
from ranker.errors import EncoreError, InvalidInputError

if TYPE_CHECKING:
    from ranker.evaluation.tokenizer_speed import TokenizerSpeed


def bench_tokenizer(
    files: Annotated[list[Path], typer.Argument(help="TSV, CSV or text files (.gz too).")],
    column: Annotated[
        list[str] | None, typer.Option(help="A text column by name or number, instead of those found.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Texts of the files, from the first.")] = 20_000,
    rounds: Annotated[int, typer.Option(min=1, help="Measurements of each; the median counts.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.01, help="Of each measurement.")] = 2.0,
    dictionary: Annotated[
        Path | None, typer.Option(help="A dictionary version's folder; else the newest of this data folder.")
    ] = None,
    as_json: options.JsonOption = False,
) -> None:
    """The plugin's tokenizer against Python's jieba, tokens a second, one thread each, on the same texts.

    Both have the same words. Java does more: it normalises, makes offsets and drops signs. They take turns,
    so neither runs beside the other; the first round warms up. Exit code 1 where Java is less than 5 times
    as fast.

    Example: encore bench tokenizer titles.csv queries.tsv.gz --json
    """
    from ranker.evaluation import text_files, tokenizer_speed
    from ranker.evaluation.text_node import home_with_plugin, newest_dictionary

    settings = options.settings()
    texts = [text for path in files for text in text_files.read(path, column or ()).texts if text][:most]
    if len(set(texts)) < tokenizer_speed.FEWEST_TEXTS:
        raise InvalidInputError(
            f"the files hold [{len(set(texts))}] texts that differ, and the engine keeps what it cut lately:"
            f" give [{tokenizer_speed.FEWEST_TEXTS}] at least, or the rate is that of a cache"
        )
    with stages() as tell, tempfile.TemporaryDirectory(prefix="encore-bench-") as folder:
        work = Path(folder)
        jdk, home = home_with_plugin(settings, options.environment(), lambda step: tell(step, 0, 1))
        chosen = dictionary or newest_dictionary(settings, work)
        with tokenizer_speed.java_tokenizer(jdk, home.path, chosen, texts, work) as java:
            result = tokenizer_speed.measure(texts, chosen, java, rounds, seconds, tell)
    if as_json:
        options.print_json(result.as_json())
    else:
        Console().print(_table(result))
    if not result.enough:
        raise EncoreError(
            "the tokenizer must be ["
            f"{tokenizer_speed.LEAST_TIMES:g}] times as fast as jieba; it is "
            + ", ".join(f"[{result.times(mode):.1f}] in mode {mode}" for mode in tokenizer_speed.MODES)
        )


def _table(result: "TokenizerSpeed") -> Table:
    data = result.as_json()
    table = Table(
        "mode", "Java, tokens/s", "jieba, tokens/s", "times as fast", title=f"{data['texts']:,} texts"
    )
    for mode in ("cut", "search"):
        found = data[mode]
        table.add_row(mode, f"{found['java']:,}", f"{found['jieba']:,}", f"{found['times']:.1f}")
    return table
