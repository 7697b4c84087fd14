"""What is drawn from a finished log: the hand-labelled pairs and the requests to evaluate on."""

import numpy as np
import polars as pl

from ranker.world.arrays import Floats, Ints, Tiers
from ranker.world.candidates import Pools, owners
from ranker.world.clock import HOUR_MS, Clock
from ranker.world.queries import KIND_OF_QUERY, Queries
from ranker.world.randomness import stream
from ranker.world.size import WorldSize
from ranker.world.users import Users

_EXPOSED_SHARE = 0.75
_NOISE = 0.04
_LEAST_CANDIDATES = 10


class PairSample:
    """Keeps a bounded random sample of the training part's (query, video) exposures as they stream by."""

    def __init__(self, clock: Clock, wanted: int, exposures: int, seed: int) -> None:
        """`wanted`: about how many pairs to keep of all `exposures`."""
        self._end = clock.training_end
        self._share = min(1.0, 4.0 * wanted / max(1, exposures))
        self._generator = stream(seed, "pairs")
        self._kept: list[Ints] = []

    def add(self, query: Ints, video: Ints, now: Ints) -> None:
        """Look at a chunk of exposures."""
        kept = (self._generator.random(len(query)) < self._share) & (now < self._end)
        self._kept.append(np.stack([query[kept], video[kept]], axis=1))

    def pairs(self) -> Ints:
        """Distinct pairs kept, (n, 2), in a fixed order."""
        return np.unique(np.concatenate(self._kept), axis=0)


def label_pairs(
    sample: PairSample, pools: Pools, asked_in_training: Ints, count: int, seed: int
) -> tuple[Ints, Ints, Tiers]:
    """Query rows, video rows and noisy tiers of about `count` pairs, no pair twice.

    Three quarters were shown; the rest are candidates of the same queries, shown or not: the confusers of
    production's pool. An annotator errs in 4 %: by one tier mostly, by any now and then.
    """
    generator = stream(seed, "labels")
    shown = sample.pairs()
    shown = shown[generator.permutation(len(shown))[: int(count * _EXPOSED_SHARE)]]
    owner = owners(pools)
    rows = np.flatnonzero(asked_in_training[owner] > 0)
    rows = rows[generator.permutation(len(rows))[: count - len(shown)]]
    pairs = np.unique(np.concatenate([shown, np.stack([owner[rows], pools.video[rows]], axis=1)]), axis=0)
    pairs = pairs[generator.permutation(len(pairs))]
    tier = pools.tier[_places(pools, owner, pairs)]
    wrong = generator.random(len(tier)) < _NOISE
    step = np.where(generator.random(len(tier)) < 0.5, -1, 1)
    near = np.where(tier == 0, 1, np.where(tier == 3, 2, tier + step))
    drawn = np.where(generator.random(len(tier)) < 0.85, near, generator.integers(4, size=len(tier)))
    return pairs[:, 0], pairs[:, 1], np.where(wrong, drawn, tier).astype(np.int8)


def _places(pools: Pools, owner: Ints, pairs: Ints) -> Ints:
    """Row of the pools of each (query, video) pair; within a query, pools are in order of video."""
    width = int(pools.video.max()) + 1
    return np.searchsorted(owner * width + pools.video, pairs[:, 0] * width + pairs[:, 1])


def evaluation_requests(
    queries: Queries,
    pools: Pools,
    users: Users,
    asked: Ints,
    user_searches: Ints,
    size: WorldSize,
    clock: Clock,
    seed: int,
) -> pl.DataFrame:
    """Requests just after the log: equal numbers of each kind, seen and unseen queries and listeners.

    Columns query, user (rows), now, kind, query_seen, user_seen. Every query has ten candidates or more, of
    which one is relevant. Four in ten requests are of a seen query by a seen listener, two in ten of each
    other mix.
    """
    generator = stream(seed, "evaluation")
    found = np.bincount(owners(pools), pools.tier >= 2, len(queries.text)) > 0
    usable = found & (np.diff(pools.starts) >= _LEAST_CANDIDATES)
    each = size.evaluation_requests // len(KIND_OF_QUERY)
    parts = []
    for kind in range(len(KIND_OF_QUERY)):
        mine = usable & (queries.kind == kind)
        seen = _distinct(np.where(mine, np.sqrt(asked), 0.0), each * 6 // 10, generator)
        unseen = _distinct((mine & ~queries.asked).astype(np.float64), each - each * 6 // 10, generator)
        parts.append((seen, unseen))
    query = np.concatenate([np.concatenate(part) for part in parts])
    query_seen = np.concatenate(
        [np.repeat([True, False], [len(seen), len(unseen)]) for seen, unseen in parts]
    )
    # By turns, so that each kind has the same mix: two of three seen queries, one of two unseen ones.
    turn = np.concatenate(
        [np.concatenate([np.arange(len(seen)), np.arange(len(unseen))]) for seen, unseen in parts]
    )
    user_seen = np.where(query_seen, turn % 3 != 2, turn % 2 == 0)
    known = np.flatnonzero(user_searches > 0)
    strangers = np.flatnonzero(user_searches == 0)
    heavy = np.sqrt(user_searches[known])
    user = np.where(
        user_seen,
        known[_weighted(heavy, len(query), generator)],
        strangers[generator.integers(len(strangers), size=len(query))],
    )
    return pl.DataFrame(
        {
            "query": query,
            "user": user,
            "now": clock.end + generator.integers(4 * HOUR_MS, size=len(query)),
            "kind": [KIND_OF_QUERY[index] for index in queries.kind[query]],
            "query_seen": query_seen,
            "user_seen": user_seen,
        }
    )


def _weighted(weights: Floats, count: int, generator: np.random.Generator) -> Ints:
    cumulative = np.cumsum(weights)
    return np.asarray(np.searchsorted(cumulative, generator.random(count) * cumulative[-1], side="right"))


def _distinct(weights: Floats, count: int, generator: np.random.Generator) -> Ints:
    """`count` indexes of positive weight, heavier ones likelier; distinct unless there are too few."""
    options = np.flatnonzero(weights > 0)
    if not len(options):
        return options
    keys = generator.exponential(size=len(options)) / weights[options]
    ordered = options[np.argsort(keys, kind="stable")]
    return np.resize(ordered, count)
