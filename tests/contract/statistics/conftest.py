"""Both backends, for one suite of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranker.cli.options import environment
from ranker.engine.java import find_spark_java
from ranker.features.daily.backend import Backend
from ranker.features.daily.duckdb_backend import DuckDbBackend
from ranker.features.daily.spark_backend import SparkBackend

MEMORY = 512 << 20


@pytest.fixture(scope="session")
def duckdb_backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    backend = DuckDbBackend(MEMORY, tmp_path_factory.mktemp("duckdb") / "spill")
    yield backend
    backend.close()


@pytest.fixture(scope="session")
def spark_backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """Spark starts once, in ten seconds."""
    spill: Path = tmp_path_factory.mktemp("spark") / "spill"
    backend = SparkBackend("local[1]", MEMORY, spill, find_spark_java(environment()).home)
    yield backend
    backend.close()


@pytest.fixture(params=["duckdb", "spark"])
def backend(request: pytest.FixtureRequest) -> Backend:
    return request.getfixturevalue(f"{request.param}_backend")
