"""Parquet files of a world: written so that equal tables are equal files, streamed in row groups."""

import hashlib
from pathlib import Path
from types import TracebackType

import polars as pl
import pyarrow.parquet as pq

ROW_GROUP = 100_000


class TableWriter:
    """Appends chunks to one Parquet file, which gets its name only when closed without an error."""

    def __init__(self, path: Path) -> None:
        """`path`: where the finished file will be."""
        self._path = path
        self._part = path.with_suffix(".part")
        self._writer: pq.ParquetWriter | None = None
        path.parent.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "TableWriter":
        return self

    def add(self, table: pl.DataFrame) -> None:
        """Append rows; columns and types as in the first chunk."""
        arrow = table.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._part, arrow.schema, compression="zstd", compression_level=3)
        self._writer.write_table(arrow.cast(self._writer.schema), row_group_size=ROW_GROUP)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write a whole table."""
    with TableWriter(path) as writer:
        writer.add(table)


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
