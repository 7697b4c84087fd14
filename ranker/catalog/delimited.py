"""CSV and TSV, as found in the wild: records with their line numbers, damage reported and left behind.

Lines end at a line feed only, so that a bare carriage return inside a title stays inside it (RFC 4180
names CR LF; Python's `csv` would end the row there). CSV fields may be quoted, over several lines; a
quote inside an unquoted field is a character. TSV has no quotes at all. Blank lines are no records.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

LONGEST_LINE_BYTES = 1 << 20
MOST_LINES_OF_A_RECORD = 1000  # a stray quote swallows no more than this before it is called unclosed


@dataclass(frozen=True)
class Record:
    """The fields of one row, and the line on which it starts (1-based)."""

    line: int
    fields: list[str]


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be read: where it starts (1-based line, or row of a Parquet file) and why."""

    line: int
    reason: str
    unit: str = "line"

    def __str__(self) -> str:
        return f"{self.unit} {self.line}: {self.reason}"


def records(file: BinaryIO, delimiter: str, encoding: str = "utf-8") -> Iterator[Record | BadRow]:
    """Yield every record, or the reason why a line is none, in the file's order.

    A record whose quotes are wrong loses its first line only: reading goes on at the next line.
    """
    lines = _Lines(file)
    while (line := lines.take()) is not None:
        number, raw = line
        try:
            text = _decode(raw, encoding)
        except ValueError as error:
            yield BadRow(number, str(error))
            continue
        if not text:
            continue
        if delimiter == "\t" or '"' not in text:
            yield Record(number, text.split(delimiter))
        else:
            yield _quoted(number, text, lines, delimiter, encoding)


def lines(file: BinaryIO, encoding: str = "utf-8") -> Iterator[tuple[int, str] | BadRow]:
    """Yield (line number, text) of every line that is not blank, or why it cannot be read."""
    source = _Lines(file)
    while (line := source.take()) is not None:
        try:
            text = _decode(line[1], encoding)
        except ValueError as error:
            yield BadRow(line[0], str(error))
        else:
            if text.strip():
                yield line[0], text


def _quoted(first: int, text: str, lines: "_Lines", delimiter: str, encoding: str) -> Record | BadRow:
    parser = _QuotedRecord(delimiter)
    taken: list[tuple[int, bytes]] = []
    try:
        complete = parser.feed(text)
        while not complete:
            line = lines.take() if len(taken) < MOST_LINES_OF_A_RECORD else None
            if line is None:
                raise ValueError("a quoted field opens here and is never closed")
            taken.append(line)
            complete = parser.feed("\n" + _decode(line[1], encoding))
    except ValueError as error:
        lines.put_back(taken)
        return BadRow(first, str(error))
    return Record(first, parser.fields)


def _decode(raw: bytes, encoding: str) -> str:
    if len(raw) > LONGEST_LINE_BYTES:
        raise ValueError(f"the line is longer than {LONGEST_LINE_BYTES} bytes")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"the line is not {encoding.upper()}: byte {error.start + 1}") from None
    return text.removesuffix("\n").removesuffix("\r")


class _Lines:
    """Numbered lines of a file, of which some can be put back."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._number = 0

    def take(self) -> tuple[int, bytes] | None:
        if self._waiting:
            return self._waiting.popleft()
        line = self._file.readline(LONGEST_LINE_BYTES + 2)
        if not line:
            return None
        rest = line
        while rest and not rest.endswith(b"\n"):  # the end of an overlong line is read past, not kept
            rest = self._file.readline(LONGEST_LINE_BYTES)
        self._number += 1
        return self._number, line

    def put_back(self, lines: list[tuple[int, bytes]]) -> None:
        self._waiting.extendleft(reversed(lines))


@dataclass
class _QuotedRecord:
    """Fields of one record, fed a line at a time."""

    delimiter: str
    fields: list[str] = field(default_factory=list)
    _open: list[str] | None = None

    def feed(self, text: str) -> bool:
        """Take the next line; True when the record is complete.

        Raises:
            ValueError: Text stands between a closing quote and the next delimiter.
        """
        at = 0
        while True:
            if self._open is None:
                if text.startswith('"', at):
                    self._open = []
                    at += 1
                    continue
                end = text.find(self.delimiter, at)
                if end < 0:
                    self.fields.append(text[at:])
                    return True
                self.fields.append(text[at:end])
                at = end + 1
                continue
            end = text.find('"', at)
            if end < 0:
                self._open.append(text[at:])
                return False
            if text.startswith('"', end + 1):
                self._open.append(text[at : end + 1])
                at = end + 2
                continue
            self._open.append(text[at:end])
            at = self._close(text, end + 1)
            if at > len(text):
                return True

    def _close(self, text: str, at: int) -> int:
        """End the open field; where the next one starts, or behind the text at the record's end."""
        assert self._open is not None
        if at < len(text) and not text.startswith(self.delimiter, at):
            raise ValueError(f"text [{text[at : at + 20]}] follows a closing quote")
        self.fields.append("".join(self._open))
        self._open = None
        return at + 1
