"""Bursts and trends: a song is suddenly hot, and fresh videos of it appear within hours."""

from dataclasses import dataclass

import numpy as np

from ranker.world.arrays import Floats, Ints
from ranker.world.clock import DAY_MS, HOUR_MS, SLOT_MS, SLOTS_A_DAY, Clock
from ranker.world.music import Songs
from ranker.world.randomness import stream
from ranker.world.size import WorldSize

RISE_MS = 8 * HOUR_MS
"""A burst reaches its height in eight hours."""


@dataclass(frozen=True)
class Bursts:
    """One row a burst: its song, when it starts, its height and how fast it fades.

    Heat at t ms after the start: min(1, t / RISE) · 2^(-max(0, t - RISE) / half_life); 0 before.
    """

    song: Ints
    start: Ints
    half_life: Floats
    share: Floats

    def heat_of(self, songs: Ints, now: Ints) -> Floats:
        """Heat in [0, 1] of each song (n,) at each time (n,)."""
        heat = np.zeros(len(songs))
        for burst in range(len(self.song)):
            hit = songs == self.song[burst]
            if hit.any():
                heat[hit] = np.maximum(heat[hit], self._heat(burst, now[hit]))
        return heat

    def _heat(self, burst: int, now: Ints) -> Floats:
        age = (now - self.start[burst]).astype(np.float64)
        fade = np.exp2(-np.maximum(age - RISE_MS, 0.0) / self.half_life[burst])
        return np.where(age <= 0, 0.0, np.minimum(age / RISE_MS, 1.0) * fade)

    def demand(self, clock: Clock, songs: int) -> Floats:
        """What each burst adds to the demand for its song, (slots, songs): a share of all searches."""
        slots = clock.days * SLOTS_A_DAY
        extra = np.zeros((slots, songs))
        middles = clock.start + (np.arange(slots) * SLOT_MS) + SLOT_MS // 2
        for burst in range(len(self.song)):
            extra[:, self.song[burst]] += self.share[burst] * self._heat(burst, middles)
        return extra


def make_bursts(songs: Songs, size: WorldSize, clock: Clock, seed: int) -> Bursts:
    """The bursts; the first is 蜜雪冰城's and still runs when the log ends."""
    generator = stream(seed, "bursts")
    chosen = [songs.titles.index("蜜雪冰城甜蜜蜜")]
    song = [int(np.flatnonzero(songs.title == chosen[0])[0])]
    middle = np.argsort(-songs.popularity, kind="stable")[len(songs.title) // 20 : len(songs.title) // 2]
    song += [int(index) for index in generator.permutation(middle)[: size.bursts - 1]]
    latest = max(2, clock.days - 3)
    days = np.concatenate([[clock.days - 1.6], generator.uniform(1.0, latest, len(song) - 1)])
    return Bursts(
        song=np.array(song),
        start=(clock.start + days * DAY_MS).astype(np.int64),
        half_life=generator.uniform(1.2, 3.0, len(song)) * DAY_MS,
        share=generator.uniform(0.3, 1.0, len(song)) * 0.35 / size.bursts**0.75,
    )


def trends(clock: Clock, songs: int, seed: int) -> Floats:
    """Slow swings of each song's demand over the log, factors (days, songs) about 1."""
    generator = stream(seed, "trends")
    phase = generator.random(songs)
    length = generator.uniform(10.0, 40.0, songs)
    depth = np.abs(generator.standard_normal(songs)) * 0.35
    days = np.arange(clock.days)[:, None]
    return np.asarray(np.exp(depth * np.sin(2 * np.pi * (days / length + phase))))
