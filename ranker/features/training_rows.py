"""Training rows: the features of exposures and of labelled pairs, by the code that serves."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from ranker.features.builder import FeatureBatch, FeatureBuilder
from ranker.features.log import Log
from ranker.features.request import ParsedQuery

DEVICES: Final = ("phone", "tablet", "desktop")  # code i + 1; 0 is any other
Progress = Callable[[int, int], None]


def device_code(device: object) -> int:
    """Code of a device's name for the position tower."""
    return DEVICES.index(str(device)) + 1 if device in DEVICES else 0


@dataclass(frozen=True)
class Rows:
    """n rows: `dense` (n, F), `ids` (n, M), `match` (n, G), `video` row, `query` row in a list of queries."""

    dense: npt.NDArray[np.float32]
    ids: npt.NDArray[np.int64]
    match: npt.NDArray[np.float32]
    video: npt.NDArray[np.int64]
    query: npt.NDArray[np.int64]

    @classmethod
    def join(cls, parts: Sequence[tuple[FeatureBatch, npt.NDArray[np.int64], int]]) -> Self:
        """Of (features, video rows, query row) a request."""
        counts = [len(rows) for _, rows, _ in parts]
        return cls(
            np.concatenate([features.dense for features, _, _ in parts]),
            np.concatenate([features.ids for features, _, _ in parts]),
            np.concatenate([features.match for features, _, _ in parts]),
            np.concatenate([rows for _, rows, _ in parts]),
            np.repeat([query for _, _, query in parts], counts),
        )

    def __len__(self) -> int:
        return len(self.video)


@dataclass(frozen=True)
class ExposureRows:
    """Rows of exposures with what came of them, float32 (n,).

    `position` is 1-based, `device` a code, both int64 (n,). `now` is the request's time, UTC milliseconds.
    """

    rows: Rows
    position: npt.NDArray[np.int64]
    device: npt.NDArray[np.int64]
    now: npt.NDArray[np.int64]
    click: npt.NDArray[np.float32]
    effective: npt.NDArray[np.float32]
    watch: npt.NDArray[np.float32]
    like: npt.NDArray[np.float32]


def exposure_rows(
    days: Iterator[tuple[int, Log, FeatureBuilder]], warm_up: int, progress: Progress | None = None
) -> ExposureRows:
    """Rows of the days' exposures, request by request, each with the statistics before its day.

    The first `warm_up` days give no rows: without statistics they'd teach that statistics say nothing.
    """
    parts: list[tuple[FeatureBatch, npt.NDArray[np.int64], int]] = []
    logs: list[Log] = []
    for number, (_, log, builder) in enumerate(days):
        if progress:
            progress(number, len(parts))
        if number < warm_up or not len(log.video):
            continue
        logs.append(log)
        requests, starts = np.unique(log.request, return_index=True)
        bounds = [*starts.tolist(), len(log.request)]
        for request, start, end in zip(requests.tolist(), bounds, bounds[1:], strict=False):
            rows = log.video[start:end]
            query = int(log.query[request])
            features = builder.build(
                log.queries[query], int(log.user[request]), None, int(log.now[request]), rows
            )
            parts.append((features, rows, query))

    def joined(name: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(log, name) for log in logs])

    codes = [np.array([device_code(one) for one in log.device], np.int64)[log.request] for log in logs]
    return ExposureRows(
        rows=Rows.join(parts),
        position=joined("position"),
        device=np.concatenate(codes),
        now=np.concatenate([log.now[log.request] for log in logs]),
        click=joined("click"),
        effective=joined("effective"),
        watch=joined("watch"),
        like=joined("like"),
    )


def pair_rows(
    builder: FeatureBuilder,
    queries: Sequence[ParsedQuery],
    query: npt.NDArray[np.int64],
    video: npt.NDArray[np.int64],
    now: int,
) -> tuple[Rows, npt.NDArray[np.int64]]:
    """Rows of (query, video) pairs without a listener, grouped by query: (rows, order of the pairs)."""
    order = np.argsort(query, kind="stable")
    distinct, starts = np.unique(query[order], return_index=True)
    bounds = [*starts.tolist(), len(order)]
    parts = []
    for row, start, end in zip(distinct.tolist(), bounds, bounds[1:], strict=False):
        videos = video[order[start:end]]
        parts.append((builder.build(queries[row], None, None, now, videos), videos, row))
    return Rows.join(parts), order
