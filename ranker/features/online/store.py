"""What an online store promises."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from ranker.catalog.event import Event
from ranker.errors import EncoreError
from ranker.features.online.cells import Counts
from ranker.features.online.plays import History

Batch = Sequence[tuple[int, Event]]
"""(position in the log behind the event, event), in the log's order."""
START: Final = 0
"""Position of a store that has applied nothing."""


class StoreUnavailableError(EncoreError):
    """The store gave no answer in time; nothing is known of what it holds.

    Attributes:
        cause: "timeout" or "unavailable".
    """

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause


class GapError(EncoreError):
    """The store hasn't applied all that comes before the batch: it was emptied, or never had it.

    Attributes:
        position: From where the log has to be applied.
    """

    def __init__(self, position: int, after: int) -> None:
        super().__init__(f"the store stands at [{position}], before [{after}], where the batch begins")
        self.position = position


class Counters(NamedTuple):
    """Counters, and the log's position that they stand for.

    `values` int32 (n, 3 windows, 7 counters): `windows.WINDOWS`, `windows.COUNTERS`.
    """

    values: Counts
    position: int


class OnlineStore(Protocol):
    """Counters of videos and histories of listeners, made from the event log.

    Each call ends within the store's deadline. Whoever applies does so in the log's order; two who do by
    mistake disturb each other, and still each event counts once. Lives on one event loop.

    Raises (each method):
        StoreUnavailableError: No answer in time.
    """

    async def position(self) -> int:
        """The log is applied up to here; `START` of an empty store."""
        ...

    async def begin(self, position: int) -> None:
        """Follow the log from here, where nothing is applied yet; elsewhere it changes nothing."""
        ...

    async def apply(self, batch: Batch, after: int) -> None:
        """Count a batch, each event once, however often and by whomever it is brought.

        Args:
            batch: All that the log holds behind `after`, up to the batch's last position.
            after: The position that the batch was read from.

        Raises:
            GapError: The store stands before `after`; nothing was counted.
        """
        ...

    async def counters(self, video_ids: Sequence[str], now: int) -> Counters:
        """Counters as of `now` (UTC milliseconds) in one round trip; zeros of a video that is unknown."""
        ...

    async def history(self, user_id: str, now: int) -> History:
        """The listener's last 50 plays that were received by `now`, oldest first."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
