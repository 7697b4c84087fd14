"""Who searches for what, and when: the requests of one day."""

from dataclasses import dataclass

import numpy as np

from ranker.world.arrays import NONE, Floats, Groups, Ints, draw_weighted
from ranker.world.bursts import Bursts, trends
from ranker.world.clock import DAY_MS, HOUR_MS, HOUR_PROFILE, SLOTS_A_DAY, Clock
from ranker.world.music import Songs
from ranker.world.queries import Queries, topics
from ranker.world.randomness import stream
from ranker.world.users import DEVICES, Users

LENGTHS = np.array([10, 12, 14, 16, 18, 20])
LENGTH_SHARES = np.array([0.5, 0.2, 0.12, 0.08, 0.06, 0.04])
"""How many positions a request gets to show, by how far the listener scrolls."""
_AGAIN_SHARE = 0.18
_FROM_TASTE_SHARE = 0.35
_OTHER_DEVICE_SHARE = 0.15


@dataclass(frozen=True)
class Requests:
    """Requests in order of time: rows of users and queries, times, device and positions shown, all (n,)."""

    user: Ints
    query: Ints
    now: Ints
    device: Ints
    length: Ints


class Demand:
    """Draws requests: by popularity, trend and burst, or by the listener's own taste."""

    def __init__(
        self, queries: Queries, users: Users, songs: Songs, bursts: Bursts, clock: Clock, seed: int
    ) -> None:
        self._queries, self._users, self._clock, self._seed = queries, users, clock, seed
        self._trends = trends(clock, len(songs.title), seed)
        self._extra = bursts.demand(clock, len(songs.title))
        self._of_artist = Groups.of(
            np.where(queries.asked, queries.lead_artist, NONE), songs.artist_count, queries.weight
        )
        self._of_topic = topics(queries)
        lead = np.maximum(queries.lead_song, 0)
        weight = np.where(queries.lead_song >= 0, queries.weight, 0.0)
        total = np.bincount(lead, weight, len(songs.title))
        self._within = weight / np.maximum(total[lead], 1e-12)
        self._activity = np.where(users.seen, users.activity, 0.0)

    def day(self, day: int, lengths: Ints) -> Requests:
        """As many requests as `lengths`, within one day of the log, in order of time."""
        count = len(lengths)
        generator = stream(self._seed, "requests", day)
        first = int(np.ceil(count / (1.0 + _AGAIN_SHARE)))
        hours = draw_weighted(HOUR_PROFILE, first, generator)
        start = self._clock.start + day * DAY_MS
        now = start + hours * HOUR_MS + generator.integers(HOUR_MS, size=first)
        user = draw_weighted(self._activity, first, generator)
        query = self._wanted(day, user, (now - start) * SLOTS_A_DAY // DAY_MS, generator)
        other = generator.random(first) < _OTHER_DEVICE_SHARE
        device = np.where(other, generator.integers(len(DEVICES), size=first), self._users.device[user])
        again = generator.permutation(first)[: count - first]
        retyped = self._of_topic.draw(self._queries.topic[query[again]], generator)
        later = np.minimum(now[again] + generator.integers(15_000, 180_000, len(again)), start + DAY_MS - 1)
        user = np.concatenate([user, user[again]])
        query = np.concatenate([query, retyped])
        now = np.concatenate([now, later])
        device = np.concatenate([device, device[again]])
        order = np.argsort(now, kind="stable")
        return Requests(user[order], query[order], now[order], device[order], lengths)

    def _wanted(self, day: int, user: Ints, slot: Ints, generator: np.random.Generator) -> Ints:
        wanted = np.zeros(len(user), np.int64)
        for part in range(SLOTS_A_DAY):
            rows = np.flatnonzero(slot == part)
            if len(rows):
                wanted[rows] = draw_weighted(self._weights(day, part), len(rows), generator)
        favourites = self._users.favourites[
            user, generator.integers(self._users.favourites.shape[1], size=len(user))
        ]
        own = self._of_artist.draw(favourites, generator)
        own[generator.random(len(user)) >= _FROM_TASTE_SHARE] = NONE
        return np.where(own >= 0, own, wanted)

    def _weights(self, day: int, part: int) -> Floats:
        lead = np.maximum(self._queries.lead_song, 0)
        trend = np.where(self._queries.lead_song >= 0, self._trends[day, lead], 1.0)
        return np.asarray(
            self._queries.weight * trend + self._extra[day * SLOTS_A_DAY + part, lead] * self._within
        )


def request_lengths(exposures: int, seed: int) -> Ints:
    """Positions of each request of the log; their sum is short of `exposures` by less than 20."""
    generator = stream(seed, "lengths")
    drawn = LENGTHS[draw_weighted(LENGTH_SHARES, exposures // int(LENGTHS.min()) + 1, generator)]
    return drawn[: int(np.searchsorted(np.cumsum(drawn), exposures, side="right"))].astype(np.int64)
