"""From the log to Parquet: in stretches, each of which counts wholly or not at all.

A stretch of the log becomes files (`day_files`); then the manifest is replaced, which names them and says
up to where the log is compacted. A kill at any moment leaves the old manifest or the new one. An event
counts once: ids of the last million events are known, as the receiver knows them.
"""

import fcntl
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import pyarrow as pa

from ranker.catalog.event import SCHEMA, Event
from ranker.errors import EncoreError
from ranker.features.events.day_files import DayFiles, sweep
from ranker.features.events.log import EventLog
from ranker.features.events.manifest import read_manifest, write_manifest
from ranker.features.events.mark import durable_position
from ranker.features.events.reading import decode_at, read_payloads
from ranker.features.events.segments import segments
from ranker.features.events.table import to_arrow
from ranker.features.events.window import MOST_IDS, last_ids

_decode_many = msgspec.json.Decoder(list[Event]).decode


@dataclass(frozen=True)
class CompactionLimits:
    """What a compaction may take at once.

    Attributes:
        rows_at_once: Events in memory, a row group of a file; about 700 bytes each.
        rows_of_stretch: Events after which files are closed and named.
        days_of_stretch: Files open at once, after which they are, too.
        most_ids: Over how many events back an id counts once.
    """

    rows_at_once: int = 65_536
    rows_of_stretch: int = 4_000_000
    days_of_stretch: int = 40
    most_ids: int = MOST_IDS


What = Literal["swept", "rows", "file", "manifest"]


class Step(NamedTuple):
    """What has just been done, durably unless it is `rows`.

    `events` and `duplicates` are counted from the start; `position` is the place in the log.
    """

    what: What
    events: int
    duplicates: int
    position: int


class _Piece(NamedTuple):
    """Events of a piece of the log, as rows, and the position behind it."""

    rows: pa.Table
    position: int


class Compaction:
    """One run of compaction. `steps` does it; who stops between two steps leaves a whole state.

    Args:
        folder: The event log's; it may be written meanwhile.
        limits: What the run may take.
    """

    def __init__(self, folder: Path, limits: CompactionLimits | None = None) -> None:
        self._folder = folder
        self._limits = limits or CompactionLimits()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._events = 0
        self._duplicates = 0

    def run(self) -> Step:
        """Do every step; the last one."""
        *_, last = self.steps()
        return last

    def steps(self) -> Iterator[Step]:
        """Compact what is durable now.

        Raises:
            EncoreError: Another compaction runs, or the log is damaged.
        """
        with compacting(self._folder):
            _make_durable(self._folder)
            manifest = read_manifest(self._folder)
            sweep(self._folder, manifest.files)
            yield self._step("swept", manifest.until)
            ids = last_ids(self._folder, self._limits.most_ids, manifest.until)
            self._known = OrderedDict.fromkeys(ids)
            pieces = self._pieces(manifest.until)
            first = next(pieces, None)
            while first is not None:
                files = DayFiles(self._folder, manifest.until)
                try:
                    position = first.position
                    for piece in chain([first], pieces):
                        position = piece.position
                        files.add(piece.rows)
                        yield self._step("rows", position)
                        if (
                            files.rows >= self._limits.rows_of_stretch
                            or files.days >= self._limits.days_of_stretch
                        ):
                            break
                    named = list(manifest.files)
                    for file in files.finish(position):
                        named.append(file)
                        yield self._step("file", position)
                finally:
                    files.close()
                manifest = msgspec.structs.replace(manifest, until=position, files=tuple(named))
                write_manifest(self._folder, manifest)
                yield self._step("manifest", position)
                first = next(pieces, None)

    def _step(self, what: What, position: int) -> Step:
        return Step(what, self._events, self._duplicates, position)

    def _pieces(self, after: int) -> Iterator[_Piece]:
        """The log behind a position, some rows at a time, each event once."""
        records = read_payloads(self._folder, after)
        while piece := list(islice(records, self._limits.rows_at_once)):
            events = self._decode(piece)
            fresh: list[Event] = []
            places: list[int] = []
            for (place, _), event in zip(piece, events, strict=True):
                if event.event_id in self._known:
                    continue
                self._known[event.event_id] = None
                fresh.append(event)
                places.append(place)
            while len(self._known) > self._limits.most_ids:
                self._known.popitem(last=False)
            self._events += len(fresh)
            self._duplicates += len(piece) - len(fresh)
            yield _Piece(to_arrow(fresh, places), piece[-1][0])

    def _decode(self, piece: list[tuple[int, bytes]]) -> list[Event]:
        """All in one call, which costs half of a call each; where that fails, one by one, to name it."""
        try:
            events = _decode_many(b"[" + b",".join(payload for _, payload in piece) + b"]")
        except msgspec.MsgspecError:
            events = []
        if len(events) == len(piece) and all(event.schema <= SCHEMA for event in events):
            return events
        return [decode_at(self._folder, position, payload) for position, payload in piece]


@contextmanager
def compacting(folder: Path) -> Iterator[None]:
    """Hold the lock of compaction and pruning.

    Raises:
        EncoreError: Another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "compaction.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EncoreError(
                f"the event log [{folder}] is being compacted by another process; wait for it"
            ) from None
        yield


def _make_durable(folder: Path) -> None:
    """A log that no writer has marked (of before segments) is opened once: what is compacted must stay."""
    if durable_position(folder) is None and segments(folder):
        EventLog.open(folder).close()
