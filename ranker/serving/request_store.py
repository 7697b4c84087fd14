"""Scores of the last requests, so that later pages don't reshuffle and explain scores nothing twice."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ranker.features.id_list import IdList
from ranker.serving.explain import ScoredBy


@dataclass(frozen=True)
class ScoredRows:
    """What the candidates of one request got, without their ids: 18 bytes and their parts each.

    Attributes:
        keys: 64-bit hashes of the ids, uint64 (n,), in the order in which they were scored. Two of a
            request's 1,000 ids share one with a chance below 1e-13.
        tier: uint8 (n,), 0 bad to 3 good.
        u: float64 (n,) in [0, 1).
        parts: What the score was made of, float32 (n, parts), columns as `ScoredBy.part_names`.
        by: Which of `makers` scored it, uint8 (n,).
        makers: One or more; a later page of a request may come after new models or a new generation.
    """

    keys: npt.NDArray[np.uint64]
    tier: npt.NDArray[np.uint8]
    u: npt.NDArray[np.float64]
    parts: npt.NDArray[np.float32]
    by: npt.NDArray[np.uint8]
    makers: tuple[ScoredBy, ...]

    @classmethod
    def of(
        cls,
        ids: Sequence[str],
        tier: npt.NDArray[np.uint8],
        u: npt.NDArray[np.float64],
        parts: npt.NDArray[np.float32],
        maker: ScoredBy,
    ) -> Self:
        """Rows for candidates in any order, scored by one maker."""
        return cls(IdList.of(ids).hashes, tier, u, parts, np.zeros(len(tier), np.uint8), (maker,))

    def positions(self, ids: Sequence[str]) -> npt.NDArray[np.int64]:
        """Where each id stands in these rows, int64 (len(ids),); -1 for one that was not scored."""
        wanted = IdList.of(ids).hashes
        if not len(self.keys):
            return np.full(len(wanted), -1)
        order = np.argsort(self.keys)
        at = order[np.minimum(np.searchsorted(self.keys, wanted, sorter=order), len(order) - 1)]
        return np.where(self.keys[at] == wanted, at, -1)

    def with_rows(self, more: "ScoredRows") -> "ScoredRows":
        """These rows and those of `more` that are new; what was answered once stays as it was."""
        new = ~np.isin(more.keys, self.keys)
        makers, places = _merged(self.makers, more.makers)
        return ScoredRows(
            np.concatenate((self.keys, more.keys[new])),
            np.concatenate((self.tier, more.tier[new])),
            np.concatenate((self.u, more.u[new])),
            np.concatenate((self.parts, more.parts[new])),
            np.concatenate((self.by, places[more.by[new]])),
            makers,
        )


def _merged(
    makers: tuple[ScoredBy, ...], more: tuple[ScoredBy, ...]
) -> tuple[tuple[ScoredBy, ...], npt.NDArray[np.uint8]]:
    """Both without repetition, and where each of `more` stands in that."""
    merged = list(makers)
    places = []
    for maker in more:
        at = next((at for at, known in enumerate(merged) if known is maker), len(merged))
        places.append(at)
        merged[at:] = merged[at:] or [maker]
    return tuple(merged), np.array(places, np.uint8)


class RequestStore:
    """Bounded in candidates and in age: the oldest request goes first.

    A request is known by its id *and* by what was asked by whom, so that an id quoted with another
    query never brings a foreign order.

    Args:
        most_candidates: Bound on candidates over all requests.
        age_seconds: How long a request is kept after its first answer.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        most_candidates: int = 2_000_000,
        age_seconds: float = 600,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most_candidates
        self._age = age_seconds
        self._clock = clock
        self._candidates = 0
        self._requests: OrderedDict[tuple[str, ...], tuple[float, ScoredRows]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._requests)

    def find(self, key: tuple[str, ...]) -> ScoredRows | None:
        """What is known of this request, or nothing."""
        self._expire()
        entry = self._requests.get(key)
        return entry[1] if entry else None

    def keep(self, key: tuple[str, ...], rows: ScoredRows) -> ScoredRows:
        """Remember a request's rows beside those that it has already; returns them all, those first."""
        kept_at, known = self._requests.get(key, (self._clock(), None))
        merged = rows if known is None else known.with_rows(rows)
        self._candidates += len(merged.keys) - (0 if known is None else len(known.keys))
        self._requests[key] = (kept_at, merged)
        while self._candidates > self._most and len(self._requests) > 1:
            self._forget_oldest()
        return merged

    def _expire(self) -> None:
        oldest_allowed = self._clock() - self._age
        while self._requests and next(iter(self._requests.values()))[0] < oldest_allowed:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        _, (_, rows) = self._requests.popitem(last=False)
        self._candidates -= len(rows.keys)
