"""Events of a file: JSON lines, CSV, TSV or Parquet, each also gzipped, as a stream.

Rows become the JSON that a client would send; whether that is an event is for the receiver to say. A row
that is no JSON, or a cell that is no number, is a `BadRow` with its line; the rest is kept.
"""

import datetime
import gzip
import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from ranker.catalog.delimited import BadRow, Record, lines, records
from ranker.catalog.event import Event
from ranker.catalog.source_file import (
    DELIMITERS,
    JSON_LINES,
    PARQUET,
    Encoding,
    Progress,
    format_of,
    opened,
    seekable,
    without_mark,
)
from ranker.errors import InvalidInputError

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""Where a time that names no zone is taken to be."""
FIELDS: Final = tuple(name for name in Event.__struct_fields__ if name != "received_time")
_WHOLE: Final = ("position", "schema")
_MOST_DIGITS: Final = 18  # of int64
_BATCH_ROWS: Final = 8_192
_ROWS_BETWEEN_REPORTS: Final = 1_000
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class RawEvent(NamedTuple):
    """The JSON of one event, and where it stood."""

    line: int
    body: bytes
    unit: str = "line"


def parse_columns(text: str) -> dict[str, str]:
    """Columns by field of `field=column,…`.

    Raises:
        InvalidInputError: Not of that form, or an unknown field.
    """
    found: dict[str, str] = {}
    for pair in text.split(","):
        field, equals, column = (part.strip() for part in pair.partition("="))
        if not (field and equals and column):
            raise InvalidInputError(f"--map [{pair}] is not of the form field=column")
        if field not in FIELDS:
            raise InvalidInputError(f"[{field}] is no field of an event; name one of [{', '.join(FIELDS)}]")
        found[field] = column
    return found


def read_event_file(
    path: Path,
    columns: Mapping[str, str] | None = None,
    *,
    encoding: Encoding = "utf-8",
    progress: Progress | None = None,
) -> Iterator[RawEvent | BadRow]:
    """Yield each row of the file, in its order.

    Args:
        path: A file whose name ends in .jsonl, .csv, .tsv, .tab or .parquet, and perhaps .gz.
        columns: Which column a field is in; None: fields are columns of their names, and there are no
            others. JSON lines have fields only.
        encoding: Of text.
        progress: Told of the bytes read, now and then.

    Raises:
        InvalidInputError: No such file, an unknown format, a column that is missing or that is no
            field, or a file that is damaged as a whole.
    """
    suffix = format_of(path, "event")
    if suffix == JSON_LINES and columns is not None:
        raise InvalidInputError("--map is for files with columns; JSON lines name their fields")
    with opened(path, progress) as (file, zipped, report):
        try:
            if suffix == PARQUET:
                yield from _parquet(path, seekable(file, zipped), columns, report)
            elif suffix == JSON_LINES:
                yield from _json_lines(without_mark(path, file), encoding, report)
            else:
                read = partial(records, delimiter=DELIMITERS[suffix], encoding=encoding)
                yield from _delimited(path, read(without_mark(path, file)), columns, report)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InvalidInputError(f"[{path}] is damaged or cut short: {error}") from None


def _json_lines(file: BinaryIO, encoding: str, report: Callable[[], None]) -> Iterator[RawEvent | BadRow]:
    for count, row in enumerate(lines(file, encoding)):
        if count % _ROWS_BETWEEN_REPORTS == 0:
            report()
        if isinstance(row, BadRow):
            yield row
            continue
        try:
            _decode(row[1])  # one that closes brackets of its own would spoil its whole batch
        except msgspec.MsgspecError as error:
            yield BadRow(row[0], f"the line is not JSON: [{error}]")
        else:
            yield RawEvent(row[0], row[1].strip().encode())


def _delimited(
    path: Path,
    rows: Iterator[Record | BadRow],
    columns: Mapping[str, str] | None,
    report: Callable[[], None],
) -> Iterator[RawEvent | BadRow]:
    first = next(rows, None)
    if not isinstance(first, Record):
        raise InvalidInputError(f"[{path}] has no header: {first or 'it is empty'}")
    header = [name.strip() for name in first.fields]
    places = {field: header.index(column) for field, column in _sources(path, header, columns).items()}
    for count, row in enumerate(rows):
        if count % _ROWS_BETWEEN_REPORTS == 0:
            report()
        if isinstance(row, BadRow):
            yield row
        elif len(row.fields) != len(header):
            yield BadRow(row.line, f"[{len(row.fields)}] fields where the header has [{len(header)}]")
        else:
            yield _event({field: row.fields[place] for field, place in places.items()}, row.line, "line")


def _parquet(
    path: Path, file: BinaryIO, columns: Mapping[str, str] | None, report: Callable[[], None]
) -> Iterator[RawEvent | BadRow]:
    import pyarrow
    import pyarrow.parquet

    try:
        source = pyarrow.parquet.ParquetFile(file)
    except pyarrow.ArrowException as error:
        raise InvalidInputError(f"[{path}] is not a Parquet file: {error}") from None
    wanted = _sources(path, source.schema_arrow.names, columns)
    row = 0
    for batch in source.iter_batches(_BATCH_ROWS, columns=list(set(wanted.values()))):
        report()
        for values in batch.to_pylist():
            row += 1
            yield _event({field: values[column] for field, column in wanted.items()}, row, "row")


def _sources(path: Path, header: Sequence[str], columns: Mapping[str, str] | None) -> Mapping[str, str]:
    if columns is None:
        for name in header:
            if name not in FIELDS:
                raise InvalidInputError(
                    f"[{name}] of [{path.name}] is no field of an event; say with --map which columns are"
                )
        return {name: name for name in header}
    for column in columns.values():
        if column not in header:
            raise InvalidInputError(f"there is no column [{column}] in [{path.name}]: [{', '.join(header)}]")
    return columns


def _event(cells: Mapping[str, Any], line: int, unit: str) -> RawEvent | BadRow:
    try:
        values = {field: _value(field, cell) for field, cell in cells.items() if not _is_absent(cell)}
    except ValueError as error:
        return BadRow(line, str(error), unit)
    return RawEvent(line, _encode(values), unit)


def _is_absent(cell: Any) -> bool:
    return (
        cell is None or (isinstance(cell, str) and not cell) or (isinstance(cell, float) and math.isnan(cell))
    )


def _value(field: str, cell: Any) -> Any:
    if field == "event_time":
        return _time(cell)
    if field in _WHOLE:
        return _whole(field, cell)
    if field == "seconds":
        return _real(cell)
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    raise ValueError(f"{field} [{cell}] is not text")


def _whole(field: str, cell: Any) -> int:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise ValueError(f"{field} [{cell}] is not a whole number")
    if isinstance(cell, str):
        if not (cell.isascii() and cell.removeprefix("-").isdecimal() and len(cell) <= _MOST_DIGITS):
            raise ValueError(f"{field} [{cell}] is not a whole number")
        return int(cell)
    if (
        isinstance(cell, float) and not cell.is_integer()
    ):  # a table without an integer that may be null holds floats
        raise ValueError(f"{field} [{cell}] is not a whole number")
    if abs(cell) >= 10**_MOST_DIGITS:
        raise ValueError(f"{field} [{cell}] is too large")
    return int(cell)


def _real(cell: Any) -> float:
    try:
        if isinstance(cell, bool) or (isinstance(cell, str) and (not cell.isascii() or "_" in cell)):
            raise ValueError
        number = float(cell)
        if not math.isfinite(number):
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError(f"seconds [{cell}] is not a number") from None
    return number


def _time(cell: Any) -> int:
    """UTC milliseconds, or a date and time; of ISO 8601 in text."""
    if isinstance(cell, str) and not cell.removeprefix("-").isdecimal():
        try:
            cell = datetime.datetime.fromisoformat(cell)
        except ValueError:
            raise ValueError(
                f"event_time [{cell}] is neither UTC milliseconds nor an ISO 8601 time"
            ) from None
    if isinstance(cell, datetime.datetime):
        moment = cell if cell.tzinfo else cell.replace(tzinfo=ZONE)
        return round(moment.timestamp() * 1000)
    return _whole("event_time", cell)
