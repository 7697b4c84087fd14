"""The online store in the process's own memory: filled from the log at each start."""

from collections import defaultdict
from collections.abc import Sequence

from ranker.catalog.event import Event
from ranker.features.online import cells, plays
from ranker.features.online.plays import History
from ranker.features.online.store import START, Batch, Counters, GapError


class MemoryStore:
    """See `store.OnlineStore`; it never is unavailable.

    Some hundred bytes a video, and a kilobyte or two a listener, that the followed part of the log names.
    """

    def __init__(self) -> None:
        self._position = START
        self._videos: dict[str, bytes] = {}
        self._users: dict[str, bytes] = {}

    async def position(self) -> int:
        """See `store.OnlineStore`."""
        return self._position

    async def begin(self, position: int) -> None:
        """See `store.OnlineStore`."""
        if self._position == START:
            self._position = position

    async def apply(self, batch: Batch, after: int) -> None:
        """See `store.OnlineStore`."""
        if self._position < after:
            raise GapError(self._position, after)
        fresh = [(position, event) for position, event in batch if position > self._position]
        if not fresh:
            return
        events = [event for _, event in fresh]
        self._videos.update(add_counts(self._videos, events))
        self._users.update(add_plays(self._users, events))
        self._position = fresh[-1][0]

    async def counters(self, video_ids: Sequence[str], now: int) -> Counters:
        """See `store.OnlineStore`."""
        return Counters(cells.sums([*map(self._videos.get, video_ids)], now), self._position)

    async def history(self, user_id: str, now: int) -> History:
        """See `store.OnlineStore`."""
        return plays.read(self._users.get(user_id), now)

    async def close(self) -> None:
        """See `store.OnlineStore`."""


def add_counts(known: dict[str, bytes], events: Sequence[Event]) -> dict[str, bytes]:
    """The events' videos with them counted; `known` holds the cells of those that have any."""
    ids = list(dict.fromkeys(event.video_id for event in events))
    row = {video_id: at for at, video_id in enumerate(ids)}
    blobs = cells.add([*map(known.get, ids)], ((row[event.video_id], event) for event in events))
    return dict(zip(ids, blobs, strict=True))


def add_plays(known: dict[str, bytes], events: Sequence[Event]) -> dict[str, bytes]:
    """The events' listeners with their plays; `known` holds the histories of those that have one."""
    by_user: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        if plays.is_play(event):
            assert event.user_id is not None
            by_user[event.user_id].append(event)
    return {user_id: plays.add(known.get(user_id), played) for user_id, played in by_user.items()}
