"""Read anybody's list of videos: CSV, TSV, JSON lines or Parquet, each also gzipped, as a stream.

A row becomes a `Video` or a `BadRow` with its line and reason; nothing is lost in between.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from ranker.catalog.cells import read_cell
from ranker.catalog.column_map import ALIASES, ColumnMap
from ranker.catalog.delimited import BadRow, Record, lines, records
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
from ranker.catalog.video import COLUMN_NAMES, COLUMNS, Column, Video
from ranker.errors import InvalidInputError

ZONE = "Asia/Shanghai"  # where a time that names no zone is taken to be
_UPLOADER_ID = next(column for column in COLUMNS if column.name == "uploader_id")
_PARQUET_BATCH_ROWS = 8192
_ROWS_BETWEEN_REPORTS = 1000


def read_catalog(
    path: Path,
    columns: ColumnMap | None = None,
    *,
    encoding: Encoding = "utf-8",
    zone: str = ZONE,
    progress: Progress | None = None,
) -> Iterator[Video | BadRow]:
    """Yield each row of the file, in its order, as a video or as the reason why it is none.

    Args:
        path: A file whose name ends in .csv, .tsv, .tab, .jsonl or .parquet, and perhaps .gz.
        columns: Which column is which; None takes the columns that bear catalogue names (of JSON
            lines, all must).
        encoding: Of CSV, TSV and JSON lines; a UTF-8 byte order mark is left out.
        zone: Of times that name none.
        progress: Told of the bytes read, now and then.

    Raises:
        InvalidInputError: No such file, an unknown format, no header, a column that is missing, or
            a file that ends early or is damaged as a whole.
    """
    suffix = format_of(path, "catalogue")
    with opened(path, progress) as (file, zipped, report):
        try:
            if suffix == PARQUET:
                yield from _parquet_rows(path, seekable(file, zipped), columns, ZoneInfo(zone), report)
            elif suffix == JSON_LINES:
                yield from _json_rows(path, file, encoding, columns, ZoneInfo(zone))
            else:
                read = partial(records, delimiter=DELIMITERS[suffix], encoding=encoding)
                yield from _delimited_rows(path, file, read, columns, ZoneInfo(zone), report)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InvalidInputError(f"[{path}] is damaged or cut short: {error}") from None


def _delimited_rows(
    path: Path,
    file: BinaryIO,
    read: Callable[[BinaryIO], Iterator[Record | BadRow]],
    columns: ColumnMap | None,
    zone: ZoneInfo,
    report: Callable[[], None],
) -> Iterator[Video | BadRow]:
    rows = read(without_mark(path, file))
    first = next(rows, None)
    if not isinstance(first, Record):
        raise InvalidInputError(f"[{path}] has no header: {first or 'it is empty'}")
    header = [name.strip() for name in first.fields]
    sources = (columns or ColumnMap.by_name(header)).positions(header)
    for count, row in enumerate(rows):
        if count % _ROWS_BETWEEN_REPORTS == 0:
            report()
        if isinstance(row, BadRow):
            yield row
        elif len(row.fields) != len(header):
            yield BadRow(row.line, f"[{len(row.fields)}] fields where the header has [{len(header)}]")
        else:
            cells = {target: row.fields[place] for target, place in sources.items()}
            yield _video(cells, zone, row.line, "line")


def _parquet_rows(
    path: Path, file: BinaryIO, columns: ColumnMap | None, zone: ZoneInfo, report: Callable[[], None]
) -> Iterator[Video | BadRow]:
    import pyarrow
    import pyarrow.parquet

    try:
        source = pyarrow.parquet.ParquetFile(file)
    except pyarrow.ArrowException as error:
        raise InvalidInputError(f"[{path}] is not a Parquet file: {error}") from None
    header: Sequence[str] = source.schema_arrow.names
    sources = (columns or ColumnMap.by_name(header)).positions(header)
    wanted = {target: header[place] for target, place in sources.items()}
    row = 0
    for batch in source.iter_batches(_PARQUET_BATCH_ROWS, columns=list(set(wanted.values()))):
        report()
        for values in batch.to_pylist():
            row += 1
            yield _video({target: values[name] for target, name in wanted.items()}, zone, row, "row")


def _json_rows(
    path: Path, file: BinaryIO, encoding: str, columns: ColumnMap | None, zone: ZoneInfo
) -> Iterator[Video | BadRow]:
    for row in lines(without_mark(path, file), encoding):
        if isinstance(row, BadRow):
            yield row
            continue
        number, text = row
        try:
            yield _video(_json_cells(text, columns), zone, number, "line")
        except ValueError as error:
            yield BadRow(number, str(error))


def _json_cells(text: str, columns: ColumnMap | None) -> dict[str, Any]:
    """The catalogue's cells of one JSON object; id and title are always among them."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ValueError(f"the line is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"the line is not a JSON object but [{text[:20]}]")
    if columns is not None:
        cells = {target: found[source] for target, source in columns.pairs if source in found}
    else:
        cells = {ALIASES.get(str(name), str(name)): value for name, value in found.items()}
    unknown = [name for name in cells if name not in COLUMN_NAMES]
    if unknown:
        raise ValueError(f"[{unknown[0]}] is no column of the catalogue")
    return {"video_id": None, "title": None, **cells}


def _video(cells: Mapping[str, Any], zone: ZoneInfo, line: int, unit: str) -> Video | BadRow:
    try:
        values = {column.name: _value(column, cells, zone) for column in COLUMNS if column.name in cells}
        if not values.get("uploader_id"):
            values["uploader_id"] = read_cell(_UPLOADER_ID, values.get("uploader", ""), zone)
    except ValueError as error:
        return BadRow(line, str(error), unit)
    return Video(**values)


def _value(column: Column, cells: Mapping[str, Any], zone: ZoneInfo) -> Any:
    return read_cell(column, cells[column.name], zone)
