"""The ranker's process, killed again and again amid 100,000 events: none is lost, none counts twice."""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

import msgspec
import pytest

from ranker.catalog.event import Event, encode_event
from ranker.evaluation.event_speed import some_event
from ranker.evaluation.own_ranker import OwnRanker
from ranker.features.events import position as at
from ranker.features.events.compaction import Compaction, CompactionLimits
from ranker.features.events.log import EventLog
from ranker.features.events.mark import durable_position
from ranker.features.events.reading import read
from ranker.features.events.retention import prune
from ranker.features.events.segments import segments
from ranker.features.events.table import scan
from ranker.settings import Settings

EVENTS = 100_000
BATCH = 250
CLIENTS = 4
KILLS = 3
DEADLINE_SECONDS = 240


class Clients:
    """Send every event until it is acknowledged, wherever the ranker is now."""

    def __init__(self):
        self.url = None
        self.acknowledged = 0
        self.accepted = 0
        self.failures = 0
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._threads = [threading.Thread(target=self._run, args=(n,), daemon=True) for n in range(CLIENTS)]
        self.stopped = False

    def start(self):
        for thread in self._threads:
            thread.start()

    def at(self, url):
        with self._changed:
            self.url = url
            self._changed.notify_all()

    def wait(self, events):
        """Until so many are acknowledged."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        with self._changed:
            while self.acknowledged < events:
                assert self._changed.wait(deadline - time.monotonic()), f"only {self.acknowledged} events"

    def _run(self, client):
        share = range(client * EVENTS // CLIENTS, (client + 1) * EVENTS // CLIENTS)
        for start in range(share.start, share.stop, BATCH):
            body = msgspec.json.encode({"events": [some_event(n, "e") for n in range(start, start + BATCH)]})
            while not self.stopped and not self._send(body):
                pass

    def _send(self, body):
        with self._changed:
            while self.url is None:
                self._changed.wait()
            url = self.url
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        try:
            connection.request("POST", "/v1/events", body)
            response = connection.getresponse()
            answer = msgspec.json.decode(response.read())
            assert response.status == 200, answer
        except (OSError, http.client.HTTPException):
            with self._changed:
                self.failures += 1
                if self.url == url:
                    self.url = None  # until it is back
            return False
        finally:
            connection.close()
        with self._changed:
            assert answer["accepted"] + answer["duplicates"] == BATCH
            self.acknowledged += BATCH
            self.accepted += answer["accepted"]
            self._changed.notify_all()
        return True


def drop_unsynced(folder, share):
    """What a power cut may leave: of the bytes behind the durable mark, only some."""
    last = segments(folder)[-1]
    durable = durable_position(folder)
    size = last.path.stat().st_size
    if at.segment_of(durable) < last.number:
        return 0
    kept = at.offset_of(durable) + int(share * (size - at.offset_of(durable)))
    os.truncate(last.path, kept)
    return size - kept


@pytest.mark.timeout(600)
def test_a_killed_ranker_loses_nothing_and_counts_nothing_twice(tmp_path):
    settings = Settings(data=tmp_path)
    clients = Clients()
    clients.start()
    followed = []  # (position, event id)

    def follow():
        after = followed[-1][0] if followed else 0
        followed.extend((position, event.event_id) for position, event in read(settings.events, after))

    ranker = OwnRanker.start(settings, os.environ)
    try:
        for kill in range(KILLS):
            clients.at(ranker.url)
            clients.wait((kill + 1) * EVENTS // (KILLS + 1))
            ranker.kill()
            follow()
            drop_unsynced(settings.events, kill / KILLS)
            follow()
            Compaction(settings.events, CompactionLimits(rows_at_once=10_000, rows_of_stretch=20_000)).run()
            ranker = OwnRanker.start(settings, os.environ)
        clients.at(ranker.url)
        clients.wait(EVENTS)
        ranker.stop()
    finally:
        clients.stopped = True
        ranker.kill()
    assert clients.failures >= KILLS  # batches were under way
    Compaction(settings.events).run()
    prune(settings.events, now=time.time(), keep_seconds=0)
    follow()
    wanted = Counter(f"e{number}" for number in range(EVENTS))
    assert Counter(event.event_id for _, event in read(settings.events)) == wanted
    assert Counter(event_id for _, event_id in followed) == wanted
    assert Counter(scan(settings.events).collect()["event_id"]) == wanted


STEPS = """
import sys
from pathlib import Path
from ranker.features.events.compaction import Compaction, CompactionLimits
limits = CompactionLimits(rows_at_once=1_000, rows_of_stretch=3_000)
for step in Compaction(Path(sys.argv[1]), limits).steps():
    print(step.what, flush=True)
"""


def test_a_compaction_that_is_killed_at_any_step_counts_nothing_twice(tmp_path):
    with EventLog.open(tmp_path) as log:
        for start in range(0, 20_000, 1_000):
            events = (
                Event(**some_event(number, "e"), received_time=1_750_000_000_000 + 10_000 * number)
                for number in range(start, start + 1_000)
            )
            log.append(encode_event(event) for event in events)
    for steps in (1, 3, 5, 7, 8, 9):
        with subprocess.Popen([sys.executable, "-c", STEPS, tmp_path], stdout=subprocess.PIPE) as child:
            for _ in range(steps):
                assert child.stdout.readline()
            child.kill()
        so_far = scan(tmp_path).collect()["event_id"].to_list()
        assert so_far == [f"e{number}" for number in range(len(so_far))]
    Compaction(tmp_path).run()
    assert scan(tmp_path).sort("log_position").collect()["event_id"].to_list() == [
        f"e{number}" for number in range(20_000)
    ]
