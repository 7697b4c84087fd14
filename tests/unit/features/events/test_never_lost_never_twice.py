"""Whatever order of appends, crashes, resends, compactions and kills: none lost, none counted twice.

The receiver is the real one. A crash closes it and leaves, behind what it had made durable, any part of the
records of a batch that it was writing: what a disk may hold of writes that were not synced. A killed
compaction or pruning stops between two of its durable steps.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from itertools import islice
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ranker.catalog.event import encode_event
from ranker.catalog.journal import HEADER_BYTES, Journal
from ranker.features.events.compaction import Compaction, CompactionLimits
from ranker.features.events.reading import end, read
from ranker.features.events.retention import pruning
from ranker.features.events.segments import segments
from ranker.features.events.status import log_status
from ranker.features.events.table import scan
from ranker.serving.events import EventReceiver
from tests.unit.features.events.small_log import NOON, event

SEGMENT_BYTES = 400
LIMITS = CompactionLimits(rows_at_once=3, rows_of_stretch=5)
NUMBERS = st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True)


class EventLogMachine(RuleBasedStateMachine):
    """What was acknowledged, and what a follower has seen, beside the log itself."""

    @initialize()
    def start(self):
        self.folder = Path(tempfile.mkdtemp(prefix="events-"))
        self.runner = asyncio.Runner()
        self.acknowledged = set()
        self.sent = set()
        self.followed = []
        self.position = 0
        self.open()

    def open(self):
        async def receiver():
            return EventReceiver(self.folder, lambda request_id: NOON, segment_bytes=SEGMENT_BYTES)

        self.receiver = self.runner.run(receiver())

    def close(self):
        self.runner.run(self.receiver.close())

    @rule(numbers=NUMBERS)
    def send(self, numbers):
        """New events and such that were sent before, acknowledged or not."""
        events = [msgspec.json.decode(encode_event(event(number))) for number in numbers]
        for sent in events:
            del sent["received_time"]
        answer = self.runner.run(self.receiver.receive(msgspec.json.encode({"events": events})))
        new = set(numbers) - self.acknowledged
        assert answer["refused"] == []
        assert answer["accepted"] + answer["duplicates"] == len(numbers)
        assert answer["accepted"] <= len(new)
        assert len(new - self.sent) <= answer["accepted"]
        self.acknowledged |= new
        self.sent |= new

    @rule(numbers=NUMBERS, share=st.floats(0, 1))
    def crash(self, numbers, share):
        """While a batch of unknown events is written, of which some bytes reach the disk."""
        new = sorted(set(numbers) - self.sent)
        self.close()
        path = segments(self.folder)[-1].path
        durable = path.stat().st_size
        with Journal.open(path) as journal:
            journal.append(encode_event(event(number)) for number in new)
            written = journal.size - durable
        self.follow()  # a reader that looks before the power goes
        with path.open("r+b") as file:
            file.truncate(durable + round(share * written))
        self.sent |= set(new)
        self.follow()  # and one that looks before the next start
        self.open()

    @rule(gone=st.integers(0, HEADER_BYTES))
    def crash_while_a_segment_begins(self, gone):
        self.close()
        last = segments(self.folder)[-1]
        (self.folder / f"events-{last.number + 1:08d}.journal").write_bytes(b"ENCJ\x01\x00"[:gone])
        self.open()

    @rule()
    def restart(self):
        self.close()
        self.open()

    @rule(steps=st.integers(1, 30))
    def compact(self, steps):
        """Killed after some steps, or whole."""
        for _ in islice(Compaction(self.folder, LIMITS).steps(), steps):
            pass

    @rule(steps=st.integers(1, 5))
    def prune(self, steps):
        """Killed after some steps, or whole."""
        for _ in islice(pruning(self.folder, now=1e12), steps):
            pass

    @rule()
    def follow(self):
        for position, found in list(read(self.folder, self.position)):
            self.position = position
            self.followed.append(found.event_id)

    @invariant()
    def none_is_lost_and_none_is_there_twice(self):
        everything = [found.event_id for _, found in read(self.folder)]
        assert max(Counter(everything).values(), default=1) == 1
        acknowledged = {f"e{number}" for number in self.acknowledged}
        assert acknowledged <= set(everything) <= {f"e{number}" for number in self.sent}
        assert end(self.folder) == self.receiver.position

    @invariant()
    def what_is_compacted_is_the_logs_start(self):
        status = log_status(self.folder)
        table = scan(self.folder).sort("log_position").collect()
        everything = [(position, found.event_id) for position, found in read(self.folder)]
        start = [row for row in everything if row[0] <= status.compacted_until]
        assert table.select("log_position", "event_id").rows() == start
        assert len(everything) - len(start) == status.waiting

    @invariant()
    def who_follows_has_seen_every_event_up_to_there_once(self):
        assert self.followed == [
            found.event_id for position, found in read(self.folder) if position <= self.position
        ]

    def teardown(self):
        if hasattr(self, "folder"):
            self.close()
            self.runner.close()
            shutil.rmtree(self.folder)


EventLogMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestEventLog = EventLogMachine.TestCase
