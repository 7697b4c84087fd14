"""A log of chance: DuckDB, Spark and twenty lines of plain Python count the same, to the last integer."""

import random
from collections import Counter, defaultdict
from itertools import product

import pyarrow.parquet as pq

from ranker.evaluation.made_log import make_log
from ranker.features.daily.job import run
from ranker.features.daily.output import folder_of
from ranker.features.daily.windows import KEYS, WINDOWS
from tests.contract.statistics.tables import DAY, HOUR, START, event, read, source

KINDS = ("impression", "click", "play", "like", "favorite", "share")
NAMES = {kind: f"{kind}s" for kind in KINDS}
DAY_MS = 24 * HOUR


def log_of_chance():
    chance = random.Random(5)
    videos = [
        (f"BV{n}", chance.choice([None, "up1", "老王"]), chance.choice([None, "jay", "hebe"]), float(n))
        for n in range(40)
    ]
    users = [None, "u1", "u2", "u3"]
    requests = [
        (f"r{n}", chance.choice(["晴天", "会不会", "hebe", "''; --"]), chance.choice(users))
        for n in range(200)
    ]
    events = [
        event(
            f"r{chance.randrange(250)}",  # a fifth of the requests was never logged
            f"BV{chance.randrange(50)}",  # of videos likewise
            chance.choice(KINDS),
            chance.choice([chance.randrange(-HOUR, 31 * DAY_MS), chance.choice([1, 7, 30]) * DAY_MS]),
            chance.choice(users),
            chance.choice([None, chance.randrange(40) / 2]),
        )
        for _ in range(4_000)
    ]
    return events, requests, videos


def in_plain_python(events, requests, videos):
    asked = {request: (query, user) for request, query, user in requests}
    known = {video: facts for video, *facts in videos}
    counts = {entity: defaultdict(Counter) for entity in KEYS}
    for request, video, kind, received, user, seconds in events:
        if not START - 30 * DAY_MS <= received < START:
            continue
        uploader, artist, length = known.get(video, (None, None, None))
        query, by = asked.get(request, (None, None))
        names = [NAMES[kind]]
        if kind == "play" and seconds is not None and (seconds >= 15 or (length and seconds >= length / 2)):
            names.append("effective_plays")
        keys = {
            "video": (video,),
            "uploader": (uploader,),
            "artist": (artist,),
            "query_video": (query, video),
            "user_artist": (user or by, artist),
        }
        for (entity, key), name, window in product(keys.items(), names, WINDOWS):
            if None not in key:
                counts[entity][key][f"{name}_{window}d"] += received >= START - window * DAY_MS
    return {
        entity: {k: {n: c for n, c in v.items() if c} for k, v in of.items()} for entity, of in counts.items()
    }


def test_the_same_numbers_to_the_last_integer(duckdb_backend, spark_backend, tmp_path):
    events, requests, videos = log_of_chance()
    files = source(tmp_path, events, requests, videos)
    expected = in_plain_python(events, requests, videos)
    for backend in (duckdb_backend, spark_backend):
        target = tmp_path / backend.name
        manifest = run(backend, files, DAY, target, lambda *_: None)
        assert {entity: read(folder_of(target, DAY), entity) for entity in KEYS} == expected
        assert manifest.rows == {entity: len(rows) for entity, rows in expected.items()}


def test_the_same_files_of_many_days(duckdb_backend, spark_backend, tmp_path):
    files = make_log(tmp_path / "log", DAY, 2_000)
    assert len(files.events) == 30
    made = []
    for backend in (duckdb_backend, spark_backend):
        run(backend, files, DAY, tmp_path / backend.name, lambda *_: None)
        folder = folder_of(tmp_path / backend.name, DAY)
        made.append({entity: pq.read_table(folder / f"{entity}.parquet").to_pylist() for entity in KEYS})
    assert made[0] == made[1]
    assert sum(row["impressions_30d"] for row in made[0]["video"]) == 1_000
