"""Features of one request's candidates in one vectorised pass; training rows come from the same code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ranker.features.batch import Batch
from ranker.features.columns import VideoColumns
from ranker.features.families import all_features, compute, dense_features, match_features
from ranker.features.ids import IdCoder
from ranker.features.request import ParsedQuery
from ranker.features.specification import Specification
from ranker.features.statistics import Statistics
from ranker.features.users import UserColumns


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
        row_of = {feature.name: row for row, feature in enumerate(all_features())}
        self._dense = np.array([row_of[feature.name] for feature in dense_features()])
        self._match = np.array([row_of[feature.name] for feature in match_features()])

    def at(self, statistics: Statistics) -> "FeatureBuilder":
        """The same builder at another moment of the log."""
        other = object.__new__(FeatureBuilder)
        other.__dict__.update(self.__dict__)
        other._statistics = statistics
        return other

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
        batch = Batch(
            columns=self._columns,
            users=self._users,
            statistics=self._statistics,
            query=query,
            user=user if isinstance(user, int) else self._users.row(user),
            now=now,
            rows=rows,
        )
        values = np.empty((len(self._names()), batch.count), np.float32)
        for row, value in enumerate(compute(batch, self._priors)):
            values[row] = value
        return FeatureBatch(
            np.ascontiguousarray(values[self._dense].T),
            self._coder.codes(batch),
            np.ascontiguousarray(values[self._match].T),
        )

    @staticmethod
    def _names() -> tuple[Any, ...]:
        return _ALL


_ALL = all_features()
