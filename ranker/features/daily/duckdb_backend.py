"""One machine: DuckDB within a memory limit, what doesn't fit spills to a folder."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis

from ranker.errors import EncoreError

# Each thread of a group-by or a join keeps buffers of its own: DuckDB advises 125 MB and more for one.
_BYTES_A_THREAD: Final = 128 << 20
_ROWS_A_GROUP: Final = 20_480  # which a writer holds in memory: some 5 MB


class DuckDbBackend:
    """DuckDB in this process.

    Args:
        memory: Bytes that its buffers may take; the process takes more (code, Python, Parquet pages).
        spill: A folder of its own, made for what doesn't fit and removed at the end.
    """

    name: Final = "duckdb"

    def __init__(self, memory: int, spill: Path) -> None:
        spill.mkdir(parents=True, exist_ok=True)
        self._spill = spill
        self._memory = memory
        threads = max(1, min(len(os.sched_getaffinity(0)), memory // _BYTES_A_THREAD))
        self._connection = ibis.duckdb.connect(
            memory_limit=f"{memory >> 20}MiB",
            temp_directory=str(spill),
            threads=threads,
            preserve_insertion_order=False,
        )
        self._connection.raw_sql("SET enable_progress_bar = false")  # it would be drawn on standard output

    def read(self, name: str, files: Sequence[Path]) -> Any:
        """See `Backend`."""
        return self._connection.read_parquet([str(file) for file in files], table_name=name)

    def stage(self, name: str, expression: Any, folder: Path) -> Any:
        """See `Backend`."""
        file = folder / f"{name}.parquet"
        self._copy(expression, file)
        return self.read(name, [file])

    def write(self, table: Any, keys: Sequence[str], file: Path) -> None:
        """See `Backend`."""
        self._copy(table.order_by(*keys), file)

    def _copy(self, expression: Any, file: Path) -> None:
        # A sum of int64 is 128 bits wide here, and Parquet would get a double of it.
        columns = ", ".join(
            f'CAST("{name}" AS BIGINT) AS "{name}"' if kind.is_integer() else f'"{name}"'
            for name, kind in expression.schema().items()
        )
        query = f"SELECT {columns} FROM ({ibis.to_sql(expression, dialect='duckdb')})"  # noqa: S608
        target = str(file).replace("'", "''")
        form = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_A_GROUP}"
        try:
            self._connection.raw_sql(f"COPY ({query}) TO '{target}' ({form})")
        except duckdb.OutOfMemoryException as error:
            file.unlink(missing_ok=True)
            raise EncoreError(
                f"[{self._memory >> 20}] MB of memory or the disk below [{self._spill.parent}] are too small"
                f" for these statistics: give more ({_first_line(error)})"
            ) from None

    def close(self) -> None:
        """See `Backend`."""
        self._connection.disconnect()
        shutil.rmtree(self._spill, ignore_errors=True)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
