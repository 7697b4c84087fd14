"""Features of one request's candidates in one vectorised pass; training rows come from the same code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from ranker.features.batch import Batch, Kept
from ranker.features.columns import VideoColumns
from ranker.features.families import (
    BLOCKS,
    OF_VIDEO,
    all_features,
    dense_features,
    match_features,
)
from ranker.features.feature import Block, Of
from ranker.features.ids import IdCoder
from ranker.features.priors import Priors
from ranker.features.records import Records
from ranker.features.request import ParsedQuery
from ranker.features.specification import Specification
from ranker.features.statistics import Statistics
from ranker.features.users import UserColumns

Run = tuple[slice, slice]
_Key = TypeVar("_Key", str, int)
_MOST_KEPT: Final = 10_000  # queries, and listeners, that are known again: about a kilobyte each


@dataclass(frozen=True)
class FeatureBatch:
    """`dense` float32 (n, F), `ids` int64 (n, M), `match` float32 (n, G); C-contiguous, all finite."""

    dense: npt.NDArray[np.float32]
    ids: npt.NDArray[np.int64]
    match: npt.NDArray[np.float32]


class FeatureBuilder:
    """One generation's data under one specification. Safe to share between threads.

    Args:
        columns: The generation's videos.
        users: The generation's listeners.
        statistics: What the log says: `Statistics.open(folder / "statistics")`, or a training row's moment.
        specification: Of the model version that is fed.
    """

    def __init__(
        self,
        columns: VideoColumns,
        users: UserColumns,
        statistics: Statistics,
        specification: Specification,
    ) -> None:
        self._columns = columns
        self._users = users
        self._statistics = statistics
        self._priors = specification.priors
        self._coder = IdCoder(columns, users, specification.ids)
        self._begin(statistics)

    def at(self, statistics: Statistics) -> "FeatureBuilder":
        """The same builder at another moment of the log."""
        other = object.__new__(FeatureBuilder)
        other.__dict__.update(self.__dict__)
        other._begin(statistics)
        return other

    def _begin(self, statistics: Statistics) -> None:
        self._statistics = statistics
        self._records = Records(self._columns, statistics, self._priors, self._coder)
        self._queries: dict[str, Kept] = {}
        self._listeners: dict[int, Kept] = {}

    def update(self) -> None:
        """Work out what depends on the videos alone, of those that were written since."""
        self._records.update()

    def build(
        self,
        query: ParsedQuery,
        user: str | int | None,
        context: Mapping[str, Any] | None,
        now: int,
        rows: npt.NDArray[np.int64],
        coarse: npt.NDArray[np.float32] | None = None,
    ) -> FeatureBatch:
        """Features of n candidates.

        Args:
            query: From `QueryParser.parse`, of this generation.
            user: The listener's id, or row, or None.
            context: `device` and whatever else the request said; nothing of it is a served feature yet.
            now: UTC milliseconds.
            rows: int64 (n,), from `VideoColumns.rows`; -1 for an unknown video, which gets defaults.
            coarse: The engine's scores (n,). Not a feature: the log that trains has none. It is in the
                snapshots, so that a later version may learn from it.
        """
        del coarse, context
        user_row = user if isinstance(user, int) else self._users.row(user)
        batch = Batch(
            columns=self._columns,
            users=self._users,
            statistics=self._statistics,
            query=query,
            user=user_row,
            now=now,
            rows=rows,
            records=self._records.take(rows),
            of_query=_kept(self._queries, query.text),
            of_user=_kept(self._listeners, user_row),
        )
        values = np.empty((_WIDTH, batch.count), np.float32)
        values[:] = self._request_column(batch)
        of_video = batch.of_video
        for target, source in _VIDEO_RUNS:
            values[target] = of_video[source]
        for start, block in _CANDIDATE_BLOCKS:
            for row, value in zip(values[start:], block.compute(batch, self._priors), strict=False):
                row[:] = value
        return FeatureBatch(
            _gathered(values, _DENSE_RUNS), self._coder.codes(batch), _gathered(values, _MATCH_RUNS)
        )

    def _request_column(self, batch: Batch) -> npt.NDArray[np.float32]:
        """What holds for all candidates, in its place among all features, (features, 1); the others are 0."""
        column = batch.of_query.get("column")
        if column is None:
            column = np.zeros((_WIDTH, 1), np.float32)
            _compute_into(column, _QUERY_BLOCKS, batch, self._priors)
            batch.of_query["column"] = column
        column = column.copy()
        _compute_into(column, _REQUEST_BLOCKS, batch, self._priors)
        return column


def _compute_into(
    column: npt.NDArray[np.float32], blocks: Sequence[tuple[int, Block]], batch: Batch, priors: Priors
) -> None:
    for start, block in blocks:
        column[start : start + len(block.features), 0] = block.compute(batch, priors)


def _kept(things: dict[_Key, Kept], key: _Key) -> Kept:
    """What was worked out of one thing before; bounded."""
    found = things.get(key)
    if found is None:
        if len(things) >= _MOST_KEPT:
            things.clear()
        found = things[key] = {}
    return found


def _gathered(values: npt.NDArray[np.float32], runs: list[Run]) -> npt.NDArray[np.float32]:
    gathered = np.empty((values.shape[1], runs[-1][0].stop), np.float32)
    for target, source in runs:
        gathered[:, target] = values[source].T
    return gathered


def _runs(targets: Sequence[int], sources: Sequence[int]) -> list[Run]:
    """Pairs of places as pairs of slices, each as long as it can be: copies by slice are much faster."""
    starts = [
        i
        for i in range(len(targets))
        if not i or targets[i] != targets[i - 1] + 1 or sources[i] != sources[i - 1] + 1
    ]
    ends = [*starts[1:], len(targets)]
    return [
        (slice(targets[a], targets[b - 1] + 1), slice(sources[a], sources[b - 1] + 1))
        for a, b in zip(starts, ends, strict=True)
    ]


_PLACE: Final = {feature.name: place for place, feature in enumerate(all_features())}
_WIDTH: Final = len(_PLACE)
_VIDEO_RUNS: Final = _runs([_PLACE[name] for name in OF_VIDEO], range(len(OF_VIDEO)))
_DENSE_RUNS: Final = _runs(
    range(len(dense_features())), [_PLACE[feature.name] for feature in dense_features()]
)
_MATCH_RUNS: Final = _runs(
    range(len(match_features())), [_PLACE[feature.name] for feature in match_features()]
)


def _blocks(of: Of) -> list[tuple[int, Block]]:
    """Each with the place of its first feature."""
    return [(_PLACE[block.features[0].name], block) for block in BLOCKS if block.of == of]


_QUERY_BLOCKS: Final = _blocks("query")
_REQUEST_BLOCKS: Final = _blocks("request")
_CANDIDATE_BLOCKS: Final = _blocks("candidate")
