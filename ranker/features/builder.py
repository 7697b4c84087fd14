"""Features of one request's candidates in one vectorised pass; training rows come from the same code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.batch import Batch
from ranker.features.columns import VideoColumns
from ranker.features.families import (
    BLOCKS,
    OF_VIDEO,
    all_features,
    dense_features,
    match_features,
    of_videos,
)
from ranker.features.ids import IdCoder
from ranker.features.per_video import PerVideo
from ranker.features.request import ParsedQuery
from ranker.features.specification import Specification
from ranker.features.statistics import Statistics
from ranker.features.users import UserColumns

Run = tuple[slice, slice]


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
        self._of_videos: PerVideo | None = None
        if not statistics.moment:
            self.update()

    def at(self, statistics: Statistics) -> "FeatureBuilder":
        """The same builder at another moment of the log."""
        other = object.__new__(FeatureBuilder)
        other.__dict__.update(self.__dict__)
        other._statistics = statistics
        return other

    def update(self) -> None:
        """Compute what depends on the videos alone, of those that were written since."""
        if self._of_videos is None:
            self._of_videos = PerVideo(self._columns, lambda cells: of_videos(cells, self._priors))
        self._of_videos.update()
        self._coder.of_videos().update()

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
            compute_of_videos=self._values_of_videos,
        )
        videos = batch.of_videos
        values = np.empty((batch.count, _WIDTH), np.float32)
        values[:] = self._request_row(batch)
        for target, source in _VIDEO_RUNS:
            values[:, target] = videos[:, source]
        for start, block in _CANDIDATE_BLOCKS:
            for i, column in enumerate(block.compute(batch, self._priors), start):
                values[:, i] = column
        return FeatureBatch(
            _gathered(values, _DENSE_RUNS), self._coder.codes(batch), _gathered(values, _MATCH_RUNS)
        )

    def _values_of_videos(self, batch: Batch) -> npt.NDArray[np.float32]:
        if self._statistics.moment or self._of_videos is None:
            return of_videos(batch.cells(), self._priors)
        return self._of_videos.take(batch.rows)

    def _request_row(self, batch: Batch) -> npt.NDArray[np.float32]:
        """What holds for all candidates, in its place among all features; the others are 0."""
        row = np.zeros(_WIDTH, np.float32)
        row[_REQUEST_AT] = [
            value for block in _REQUEST_BLOCKS for value in block.compute(batch, self._priors)
        ]
        return row


def _gathered(values: npt.NDArray[np.float32], runs: list[Run]) -> npt.NDArray[np.float32]:
    gathered = np.empty((len(values), runs[-1][0].stop), np.float32)
    for target, source in runs:
        gathered[:, target] = values[:, source]
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
_STARTS: Final = [(_PLACE[block.features[0].name], block) for block in BLOCKS]
_CANDIDATE_BLOCKS: Final = [(start, block) for start, block in _STARTS if block.of == "candidate"]
_REQUEST_BLOCKS: Final = [block for block in BLOCKS if block.of == "request"]
_REQUEST_AT: Final = [_PLACE[feature.name] for block in _REQUEST_BLOCKS for feature in block.features]
_VIDEO_FEATURES: Final = [name for name in OF_VIDEO if name in _PLACE]
_VIDEO_RUNS: Final = _runs([_PLACE[name] for name in _VIDEO_FEATURES], range(len(_VIDEO_FEATURES)))
_DENSE_RUNS: Final = _runs(
    range(len(dense_features())), [_PLACE[feature.name] for feature in dense_features()]
)
_MATCH_RUNS: Final = _runs(
    range(len(match_features())), [_PLACE[feature.name] for feature in match_features()]
)
