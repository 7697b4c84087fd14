"""Rows of the dictionary's text files: fields split by tabs, rows by line feeds, nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

from ranker.errors import InvalidInputError

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n"}
_UNESCAPES = {"\\": "\\", "t": "\t", "n": "\n"}
# Characters that an editor or a reader of lines could take for an end of line, or could not show.
_UNSAFE = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(u[0-9a-f]{4}|.)", re.DOTALL)


def escape(field: str) -> str:
    r"""Write one field without tabs, line ends and control characters (`\t`, `\n`, `\\`, `\uXXXX`)."""

    def one(match: re.Match[str]) -> str:
        character = match.group()
        return _ESCAPES.get(character) or f"\\u{ord(character):04x}"

    return _UNSAFE.sub(one, field)


def unescape(field: str) -> str:
    """Undo `escape`; an unknown escape is an `InvalidInputError`."""

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if len(code) > 1:
            return chr(int(code[1:], 16))
        if code not in _UNESCAPES:
            raise InvalidInputError(
                f"unknown escape [\\{code}] in a dictionary row; export the dictionary again"
            )
        return _UNESCAPES[code]

    return _ESCAPED.sub(one, field) if "\\" in field else field


def read(path: Path, fields: int) -> Iterator[list[str]]:
    """Yield the rows of a file, each with exactly `fields` fields, still escaped."""
    text = path.read_bytes().decode("utf-8")
    for number, line in enumerate(text.split("\n")[:-1], 1):
        row = line.split("\t")
        if len(row) != fields:
            raise InvalidInputError(
                f"{path.name} line {number} has [{len(row)}] fields instead of {fields}; "
                "export the dictionary again"
            )
        yield row
