"""A log of a few requests, so small that its samples are worked out by hand."""

import numpy as np

from ranker.catalog.event import Event, encode_event
from ranker.features.events.log import EventLog
from ranker.features.samples.event_table import LoggedEvents
from ranker.features.samples.window import Window
from ranker.features.snapshots.compaction import compact
from ranker.features.snapshots.files import day_number
from ranker.features.snapshots.journals import open_last
from ranker.features.snapshots.record import SCHEMA, Snapshot, encode
from ranker.features.snapshots.tables import Tables

DAY = "2026-10-01"
NOON = 1_790_827_200_000  # 12:00 in Shanghai on that day
MINUTE = 60_000
WINDOW = Window(length=30 * MINUTE, skew=MINUTE, grace=MINUTE)
DAYS = range(day_number(DAY), day_number(DAY) + 1)


def snapshot(request_id="r1", now=NOON, videos=("BV1", "BV2"), first=0.0, **more):
    """Its feature `title_match` counts up from `first`, `u` likewise in tenths."""
    count = len(videos)
    counted = first + np.arange(count)
    given = {
        "schema": SCHEMA,
        "request_id": request_id,
        "query": "晴天",
        "user": "u1",
        "context": {"device": "phone", "page": 1},
        "now": now,
        "index": "videos",
        "generation": "videos-1",
        "versions": {"mmoe": "1"},
        "video_ids": list(videos),
        "dense_names": ["title_match", "plays"],
        "id_names": ["artist"],
        "match_names": ["title_match", "is_live"],
        "part_names": ["predicted_click", "tier"],
        "dense": np.stack([counted, counted * 10], axis=1).astype("<f4").tobytes(),
        "ids": np.full((count, 1), 7, "<i8").tobytes(),
        "match": np.stack([counted, counted * 0 + 1], axis=1).astype("<f4").tobytes(),
        "coarse": np.arange(count, dtype="<f4").tobytes(),
        "tier": np.full(count, 3, np.uint8).tobytes(),
        "u": (counted / 10).tobytes(),
        "parts": np.full((count, 2), 0.25, "<f4").tobytes(),
    }
    return Snapshot(**{**given, **more})


class Log:
    """Both logs of a root folder, written as the ranker writes them; event ids count up."""

    def __init__(self, root):
        self.root = root
        self._count = 0

    def scored(self, *snapshots):
        _, journal = open_last(self.root / "snapshots")
        with journal:
            journal.append(encode(one) for one in snapshots)

    def happened(self, kind, video="BV1", request_id="r1", received=NOON + 1000, **more):
        self._count += 1
        given = {
            "event_id": f"e{self._count}",
            "request_id": request_id,
            "video_id": video,
            "kind": kind,
            "event_time": NOON,
            "received_time": received,
        }
        self.add([Event(**{**given, **more})])

    def add(self, events):
        with EventLog.open(self.root / "events") as journal:
            journal.append(encode_event(event) for event in events)

    def tables(self):
        compact(self.root, self.root / "snapshots")
        return Tables.open(self.root)

    def events(self):
        return LoggedEvents(self.root / "events")
