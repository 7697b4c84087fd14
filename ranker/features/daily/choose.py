"""From words that a person types to a backend."""

import re
from pathlib import Path
from typing import Final

from ranker.errors import InvalidInputError, MissingPartError
from ranker.features.daily.backend import Backend
from ranker.features.daily.duckdb_backend import DuckDbBackend

BACKENDS: Final = ("duckdb", "spark")
_UNITS: Final = {"MB": 20, "GB": 30}
_SIZE: Final = re.compile(r"([1-9][0-9]{0,6})(MB|GB)")


def memory_bytes(text: str) -> int:
    """Bytes of `512MB` or `2GB`.

    Raises:
        InvalidInputError: It is written otherwise.
    """
    found = _SIZE.fullmatch(text)
    if not found:
        raise InvalidInputError(f"memory [{text}] is no size; write it as 512MB or 2GB")
    return int(found.group(1)) << _UNITS[found.group(2)]


def make_duckdb(memory: int, spill: Path, master: str | None) -> Backend:
    """DuckDB in this process.

    Raises:
        InvalidInputError: A master is named, which is Spark's.
    """
    if master is not None:
        raise InvalidInputError(f"--master [{master}] is Spark's: add --backend spark, or leave it out")
    return DuckDbBackend(memory, spill)


def make_spark(memory: int, spill: Path, master: str | None, java_home: Path) -> Backend:
    """A Spark session.

    Raises:
        MissingPartError: Spark isn't installed.
    """
    from ranker.features.daily.spark_backend import LOCAL, SparkBackend

    try:
        return SparkBackend(master or LOCAL, memory, spill, java_home)
    except ModuleNotFoundError as error:
        if error.name != "pyspark":
            raise
        raise MissingPartError(
            "Spark is not installed: install the extra `spark`, or run with --backend duckdb"
        ) from None
