import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from ranker.world.records import read_record, write_record
from ranker.world.tables import TableWriter, content_hash, write_table


def test_chunks_become_one_file_and_equal_tables_equal_files(tmp_path):
    with TableWriter(tmp_path / "a.parquet") as writer:
        writer.add(pl.DataFrame({"x": [1], "tags": [["a"]]}))
        writer.add(pl.DataFrame({"x": [2], "tags": [[]]}, schema={"x": pl.Int64, "tags": pl.List(pl.String)}))
    table = pl.read_parquet(tmp_path / "a.parquet")
    assert table.to_dict(as_series=False) == {"x": [1, 2], "tags": [["a"], []]}
    write_table(table, tmp_path / "b.parquet")
    write_table(table, tmp_path / "c.parquet")
    assert content_hash(tmp_path / "b.parquet") == content_hash(tmp_path / "c.parquet")
    assert (
        content_hash(tmp_path / "b.parquet")
        == hashlib.sha256((tmp_path / "b.parquet").read_bytes()).hexdigest()
    )


def test_a_failure_leaves_no_file(tmp_path):
    with pytest.raises(RuntimeError), TableWriter(tmp_path / "a.parquet") as writer:
        writer.add(pl.DataFrame({"x": [1]}))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@dataclass(frozen=True)
class Record:
    names: list[str]
    words: list[tuple[str, ...]]
    numbers: np.ndarray
    vectors: np.ndarray
    flags: np.ndarray


def test_a_record_comes_back_as_it_went(tmp_path):
    record = Record(
        ["甲", "乙"],
        [("a",), ("b", "c")],
        np.array([1, -1]),
        np.array([[0.1, 0.2], [0.3, 0.4]]),
        np.array([True, False]),
    )
    write_record(record, tmp_path / "r.parquet", text=pl.Series(["x", "y"]))
    back = read_record(Record, tmp_path / "r.parquet")
    assert (back.names, back.words) == (["甲", "乙"], [["a"], ["b", "c"]])
    for name in ("numbers", "vectors", "flags"):
        np.testing.assert_array_equal(getattr(back, name), getattr(record, name))
        assert getattr(back, name).dtype == getattr(record, name).dtype
