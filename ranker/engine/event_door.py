"""Where commands hand in events: the running ranker's door, else the log, by the ranker's own writer."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import httpx

from ranker.engine.reach import Reach
from ranker.engine.supervisor import state
from ranker.errors import EncoreError
from ranker.serving.events import EventReceiver, wall_clock_milliseconds
from ranker.serving.generations import offset_of_newest
from ranker.settings import Settings

_PATIENCE_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Receipt:
    """What became of a batch: counts, and (index in it, reason) of each refused event."""

    accepted: int
    duplicates: int
    refused: tuple[tuple[int, str], ...]


class EventDoor(Protocol):
    """Takes batches; what it acknowledges is durable, and what is sent again counts once."""

    where: str

    def send(self, bodies: Sequence[bytes]) -> Receipt:
        """Hand in at most 1,000 events, each its JSON."""
        ...


class OfflineEvents:
    """No ranker runs: the log is written here, by what the ranker writes it with."""

    def __init__(self, settings: Settings) -> None:
        self.where = f"the log [{settings.events}]"
        offset = offset_of_newest(settings.generations)
        self._runner = asyncio.Runner()
        self._receiver = self._runner.run(_open(settings.events, offset))

    def send(self, bodies: Sequence[bytes]) -> Receipt:
        """As the protocol has it."""
        return _receipt(self._runner.run(self._receiver.receive(_batch(bodies))))

    def close(self) -> None:
        """Release the log."""
        self._runner.run(self._receiver.close())
        self._runner.close()


class RunningEvents:
    """The ranker's door. One that is full or restarting is asked again for a minute.

    Args:
        client: The ranker's HTTP.
        patience_seconds: How long a batch is sent again.
    """

    def __init__(self, client: httpx.Client, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self.where = f"the ranker at [{client.base_url}]"
        self._client = client
        self._patience = patience_seconds

    def send(self, bodies: Sequence[bytes]) -> Receipt:
        """As the protocol has it.

        Raises:
            EncoreError: The ranker is gone for longer, or does not want it.
        """
        deadline = time.monotonic() + self._patience
        while True:
            try:
                answer = self._client.post("/v1/events", content=_batch(bodies))
            except httpx.TransportError as error:
                what = str(error) or type(error).__name__
            else:
                if answer.status_code == 200:
                    return _receipt(answer.json())
                what = f"{answer.status_code}: {answer.text[:300]}"
                if answer.status_code not in (429, 503):
                    raise EncoreError(f"the ranker at [{self._client.base_url}] refused the events: [{what}]")
            if time.monotonic() > deadline:
                raise EncoreError(f"the ranker at [{self._client.base_url}] does not take events: [{what}]")
            time.sleep(_PAUSE_SECONDS)


@contextmanager
def open_door(settings: Settings) -> Iterator[EventDoor]:
    """The door of the stack that runs here or that the settings name; the log's where none runs.

    Raises:
        EncoreError: A stack runs and its ranker doesn't, or another process writes the log.
    """
    if settings.engine_url is None and not _runs(settings):
        offline = OfflineEvents(settings)
        try:
            yield offline
        finally:
            offline.close()
        return
    with Reach.of(settings).ranker() as client:
        yield RunningEvents(client)


def _runs(settings: Settings) -> bool:
    try:
        state.read(settings)
    except EncoreError:
        return False
    return True


async def _open(folder: Path, offset: int) -> EventReceiver:
    return EventReceiver(folder, lambda request_id: wall_clock_milliseconds() + offset)


def _batch(bodies: Sequence[bytes]) -> bytes:
    return b'{"events":[' + b",".join(bodies) + b"]}"


def _receipt(answer: dict[str, Any]) -> Receipt:
    refused = tuple((entry["index"], entry["reason"]) for entry in answer["refused"])
    return Receipt(answer["accepted"], answer["duplicates"], refused)
