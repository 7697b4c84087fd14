"""What a place to compute has to offer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol


class Backend(Protocol):
    """A place where Ibis expressions over Parquet files are computed. One thread uses it.

    `close` gives back what it holds: processes, memory, spilled files.
    """

    @property
    def name(self) -> str:
        """`duckdb` or `spark`."""

    def read(self, name: str, files: Sequence[Path]) -> Any:
        """An Ibis table of Parquet files (at least one) of one schema, called `name`."""

    def stage(self, name: str, expression: Any, folder: Path) -> Any:
        """Compute a table, write it into `folder` in any order, and give it back as a table to read.

        Raises:
            EncoreError: Memory or disk is too small.
        """

    def write(self, table: Any, keys: Sequence[str], file: Path) -> None:
        """Write a table as one Parquet file (zstd), ordered by its keys.

        Raises:
            EncoreError: Memory or disk is too small; nothing was written.
        """

    def close(self) -> None:
        """Give back what it holds."""
