"""Data larger than memory: DuckDB keeps to its limit and spills the rest, in a process of its own."""

import json
import subprocess
import sys
from datetime import date

import pyarrow.parquet as pq
import pytest

from ranker.errors import EncoreError
from ranker.evaluation.made_log import make_log
from ranker.features.daily.duckdb_backend import DuckDbBackend
from ranker.features.daily.job import run
from ranker.features.daily.output import days, folder_of

DAY = date(2026, 5, 31)
EVENTS = 800_000
LIMIT = 64 << 20

# Peak memory of this process before the work and after it, and the most that lay in the spill folder.
CHILD = """
import json, resource, sys, threading
from datetime import date
from pathlib import Path
from ranker.features.daily.duckdb_backend import DuckDbBackend
from ranker.features.daily.inputs import Source
from ranker.features.daily.job import run

root, limit, day = Path(sys.argv[1]), int(sys.argv[2]), date(2026, 5, 31)
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
done, spilled = threading.Event(), [0]
def watch():
    while not done.wait(0.005):
        try:
            spilled.append(sum(path.stat().st_size for path in (root / "spill").iterdir()))
        except FileNotFoundError:  # removed while we looked
            pass
backend = DuckDbBackend(limit, root / "spill")
threading.Thread(target=watch, daemon=True).start()
backend.read("warm", [root / "videos.parquet"]).count().execute()
before = peak()
run(backend, Source.of(root, (root / "videos.parquet",), day), day, root / "statistics", lambda *_: None)
done.set()
backend.close()
print(json.dumps({"before": before, "peak": peak(), "spilled": max(spilled)}))
"""


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    root = tmp_path_factory.mktemp("log")
    return root, make_log(root, DAY, EVENTS)


def test_memory_stays_near_its_limit_and_the_rest_spills(log):
    root, _ = log
    command = [sys.executable, "-c", CHILD, str(root), str(LIMIT)]
    child = subprocess.run(command, check=False, capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    measured = json.loads(child.stdout)
    folder = folder_of(root / "statistics", DAY)
    counts = pq.read_table(folder / "query_video.parquet")
    grouped = counts.nbytes
    assert grouped > LIMIT  # the groups alone don't fit
    assert sum(counts["impressions_30d"].to_pylist()) == EVENTS // 2
    assert sum(pq.read_table(folder / "video.parquet")["likes_30d"].to_pylist()) == EVENTS // 8
    assert measured["spilled"] > 0
    assert measured["peak"] - measured["before"] < LIMIT + (64 << 20)  # Parquet's pages, the plan
    assert not (root / "spill").exists()


def test_too_little_memory_is_refused_and_leaves_no_day(log, tmp_path):
    _, source = log
    backend = DuckDbBackend(1 << 20, tmp_path / "spill")
    with pytest.raises(EncoreError) as refusal:
        run(backend, source, DAY, tmp_path / "statistics", lambda *_: None)
    assert str(refusal.value).startswith(
        f"[1] MB of memory or the disk below [{tmp_path}] are too small for these statistics: give more ("
    )
    assert days(tmp_path / "statistics") == []
