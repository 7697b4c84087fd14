"""The texts of anybody's file, for benches that run over every one of them.

A `.tsv` file splits on line feeds and tabs and on nothing else, a `.csv` file by its quotes, and any other
file is one text a line; `.gz` is opened first. Nothing is trimmed: a bench looks for what is odd in a text.

A table's text columns are the one with the most Han characters in a cell on average, and every other one with
at least a third as many: the queries and titles, not the names, labels and numbers beside them. Where no cell
has any, every column is text. The first row is a header, and no text, if each of its cells is a plain name.
"""

import gzip
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ranker.catalog.delimited import Record, records
from ranker.errors import InvalidInputError

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003fffd]")
_COLUMN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ .-]{0,63}")
_SHARE_OF_RICHEST = 1 / 3


@dataclass(frozen=True)
class TextFile:
    """What was read: the texts, where from, and what could not be.

    Attributes:
        path: The file.
        columns: Names (or 1-based numbers) of the text columns; empty where each line is a text.
        texts: Every text in order, empty and repeated ones too.
        unread: Why some rows could not be read, with their lines.
        replaced: Lines in which bytes that are not UTF-8 became U+FFFD.
    """

    path: Path
    columns: Sequence[str]
    texts: list[str]
    unread: list[str]
    replaced: int


def read(path: Path, columns: Sequence[str] = ()) -> TextFile:
    """Read the texts of one file.

    Args:
        path: A TSV, CSV or text file, perhaps gzipped.
        columns: Text columns by name or 1-based number instead of those found; those the file has count.

    Raises:
        InvalidInputError: There is no such file, it is not gzip, or it has none of the columns.
    """
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError) as error:
        raise InvalidInputError(f"[{path}] cannot be read: {error}") from error
    kind = Path(path.name.removesuffix(".gz")).suffix.lower()
    if kind == ".csv":
        rows, unread, replaced = _csv(data)
    else:
        lines, replaced = _lines(data)
        unread = []
        if kind != ".tsv":
            return TextFile(path, (), lines, unread, replaced)
        rows = [line.split("\t") for line in lines]
    return _table(path, rows, columns, unread, replaced)


def _lines(data: bytes) -> tuple[list[str], int]:
    """Lines that end at a line feed, and how many of them were not UTF-8."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not lines[-1]:
        lines.pop()
    texts, replaced = [], 0
    for line in lines:
        text = line.decode("utf-8", "replace")
        replaced += "\ufffd" in text and text.encode() != line
        texts.append(text)
    return texts, replaced


def _csv(data: bytes) -> tuple[list[list[str]], list[str], int]:
    texts, replaced = _lines(data)
    file = io.BytesIO("".join(f"{text}\n" for text in texts).encode())
    rows, unread = [], []
    for record in records(file, ","):
        if isinstance(record, Record):
            rows.append(record.fields)
        else:
            unread.append(str(record))
    return rows, unread, replaced


def _table(
    path: Path, rows: list[list[str]], wanted: Sequence[str], unread: list[str], replaced: int
) -> TextFile:
    header = rows[0] if len(rows) > 1 and all(map(_COLUMN_NAME.fullmatch, rows[0])) else None
    body = rows[1:] if header is not None else rows
    names = [str(number) for number in range(1, 1 + max(map(len, rows), default=0))]
    if header is not None:
        names[: len(header)] = header
    places = _named(path, names, wanted) if wanted else _richest(body, len(names))
    texts = [row[place] for row in body for place in places if place < len(row)]
    return TextFile(path, [names[place] for place in places], texts, unread, replaced)


def _named(path: Path, names: list[str], wanted: Sequence[str]) -> list[int]:
    numbers = [str(number) for number in range(1, len(names) + 1)]
    places = [place for place in range(len(names)) if names[place] in wanted or numbers[place] in wanted]
    if not places:
        raise InvalidInputError(
            f"[{path}] has none of the columns [{', '.join(wanted)}]; it has [{', '.join(names)}]"
        )
    return places


def _richest(rows: list[list[str]], width: int) -> list[int]:
    han = [0] * width
    cells = [0] * width
    for row in rows:
        for place, cell in enumerate(row):
            cells[place] += 1
            han[place] += len(_HAN.findall(cell))
    means = [count / max(1, size) for count, size in zip(han, cells, strict=True)]
    richest = max(means, default=0.0)
    return [place for place, mean in enumerate(means) if mean >= richest * _SHARE_OF_RICHEST]
