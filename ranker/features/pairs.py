"""Sums of many pairs at once: what the log says of a query, a listener or an artist beside each video.

Few of the pairs that are asked for exist. A binary search for each of 1,500 would take 0.1 ms, for its
steps can't be foreseen by the processor; so a small table of bits rules most of them out first.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.counters import SumTable

_SHIFT: Final = 32
_SLOTS: Final = 1 << 12  # of each first part; second parts share one by their low bits
_LOW: Final = _SLOTS - 1
Ints = npt.NDArray[np.int64]


def sums_of_pairs(
    tables: Mapping[str, SumTable], asked: Sequence[tuple[str, int]], second: Ints, width: int
) -> npt.NDArray[np.float32]:
    """Sums of (first, each of second), (asked, n, width); zeros where a part is -1 or was never seen.

    Args:
        tables: By name, each with `width` sums a pair.
        asked: (table, first) of each row of `second`.
        second: (asked, n).
        width: Sums of a pair.
    """
    found = np.zeros((second.size, width), np.float32)
    owners, keys, sums = _own_pairs(tables, asked)
    if not len(keys):
        return found.reshape(*second.shape, width)
    taken = np.zeros(len(asked) * _SLOTS, bool)
    taken[(keys & _LOW) + owners * _SLOTS] = True
    firsts = np.arange(len(asked))[:, None]
    maybe = taken.take((second & _LOW) + firsts * _SLOTS).ravel().nonzero()[0]
    wanted = second.ravel().take(maybe) + ((maybe // second.shape[1]) << _SHIFT)
    keys += owners << _SHIFT
    at = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
    hits = (keys.take(at) == wanted).nonzero()[0]
    if len(hits):
        found[maybe.take(hits)] = np.concatenate(sums).take(at.take(hits), axis=0)
    return found.reshape(*second.shape, width)


def _own_pairs(
    tables: Mapping[str, SumTable], asked: Sequence[tuple[str, int]]
) -> tuple[Ints, Ints, list[npt.NDArray[Any]]]:
    """The pairs of all firsts one after the other: place of the first in `asked`, second part, sums."""
    keys, sums = [], []
    for name, first in asked:
        table = tables[name]
        start, end = table.range(first)
        keys.append(table.keys[start:end])
        sums.append(table.sums[start:end])
    owners = np.arange(len(asked)).repeat([len(part) for part in keys])
    low = np.concatenate(keys).astype(np.uint32)  # the first part goes, the second stays
    return owners, low.astype(np.int64), sums
