"""A file of events, handed in batch by batch; what is refused is told with its line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from ranker.catalog.delimited import BadRow
from ranker.catalog.event import MOST_EVENTS
from ranker.engine.event_door import EventDoor
from ranker.features.events.from_file import RawEvent

_MOST_BATCH_BYTES: Final = 2 << 20  # half of what the door takes


@dataclass
class Loaded:
    """How many events there were, by what became of them."""

    accepted: int = 0
    duplicates: int = 0
    refused: int = 0


def load(rows: Iterable[RawEvent | BadRow], door: EventDoor, refuse: Callable[[BadRow], None]) -> Loaded:
    """Hand in every row; `refuse` is told of those that are no events, in the order of batches."""
    loaded = Loaded()
    batch: list[RawEvent] = []
    size = 0

    def refuse_one(row: BadRow) -> None:
        loaded.refused += 1
        refuse(row)

    def send() -> None:
        if not batch:
            return
        receipt = door.send([event.body for event in batch])
        loaded.accepted += receipt.accepted
        loaded.duplicates += receipt.duplicates
        for index, reason in receipt.refused:
            refuse_one(BadRow(batch[index].line, reason, batch[index].unit))
        batch.clear()

    for row in rows:
        if isinstance(row, BadRow):
            refuse_one(row)
            continue
        if len(batch) == MOST_EVENTS or size + len(row.body) > _MOST_BATCH_BYTES:
            send()
            size = 0
        batch.append(row)
        size += len(row.body)
    send()
    return loaded
