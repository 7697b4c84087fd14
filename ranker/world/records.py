"""Dataclasses of arrays as Parquet tables and back: how the truth is kept."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl

from ranker.world.tables import write_table

T = TypeVar("T")


def write_record(record: Any, path: Path, **extra: pl.Series) -> None:
    """Write the fields of equal length of a dataclass, one a column; two-dimensional arrays as lists."""
    columns = {field.name: _series(getattr(record, field.name)) for field in fields(record)}
    write_table(pl.DataFrame({**columns, **extra}), path)


def _series(values: Any) -> pl.Series:
    if isinstance(values, np.ndarray):
        return pl.Series(values.tolist()) if values.ndim > 1 else pl.Series(values)
    return pl.Series([list(value) if isinstance(value, tuple) else value for value in values])


def read_record(kind: type[T], path: Path) -> T:
    """Read a dataclass back: lists of numbers become (n, d) arrays; strings and lists of them, lists."""
    table = pl.read_parquet(path)
    return kind(**{field.name: _values(table[field.name]) for field in fields(kind)})  # type: ignore[arg-type]


def _values(column: pl.Series) -> Any:
    if column.dtype == pl.String:
        return column.to_list()
    if isinstance(column.dtype, pl.List):
        if column.dtype.inner == pl.String:
            return column.to_list()
        return np.array(column.to_list())
    return column.to_numpy()
