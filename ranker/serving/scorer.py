"""From a score request to tiers and u: features once, at most two model calls in sequence, one formula."""

import asyncio
from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from ranker.errors import InvalidInputError
from ranker.features.id_list import IdList
from ranker.serving.breaker import Breaker
from ranker.serving.explain import PARTS, ScoredBy
from ranker.serving.metrics import Metrics
from ranker.serving.model_server.base import ModelServerError
from ranker.serving.request_clocks import RequestClocks
from ranker.serving.request_store import RequestStore, ScoredRows
from ranker.serving.snapshots import SnapshotLog
from ranker.serving.unavailable import UnavailableError
from ranker.serving.wire import ScoreAnswer, ScoreRequest

SCORED: Final = "scored"
STORED: Final = "stored"
Places = npt.NDArray[np.int64]


class RankingUnavailableError(UnavailableError):
    """No fine order now."""


class ScoredBatch(Protocol):
    """What a ranking pass brings back; arrays have one row a candidate."""

    tier: npt.NDArray[np.uint8]
    u: npt.NDArray[np.float64]
    parts: npt.NDArray[np.float32]
    """(n, len(`ranker.serving.explain.PARTS`))."""

    def encode_snapshot(self) -> bytes:
        """What was seen, in the form of `ranker.features.snapshots.record`."""
        ...


class Pipeline(Protocol):
    """One generation with its models, ready to score."""

    generation: str
    index: str
    versions: dict[str, str]
    scored_by: ScoredBy
    clock_offset_milliseconds: int

    async def rank(self, request: ScoreRequest, timeout_seconds: float) -> ScoredBatch:
        """Score all candidates of the request.

        Raises:
            ModelServerError: A model gave no answer in time.
        """
        ...


class Scorer:
    """Answers score requests: known candidates from the store, new ones by the pipeline.

    Args:
        pipeline: The pipeline for a generation's name.
        store: The last requests' scores.
        snapshots: Takes what was seen.
        metrics: Where things are counted.
        breaker: Spares a model server that doesn't answer; each refused request costs nothing.
        clocks: Told which clock each request lives by.
        most_in_flight: Bound on requests under way.
        timeout_seconds: The models' share of a request's deadline.
    """

    def __init__(
        self,
        pipeline: Callable[[str], Pipeline],
        store: RequestStore,
        snapshots: SnapshotLog,
        metrics: Metrics,
        breaker: Breaker,
        clocks: RequestClocks,
        most_in_flight: int = 64,
        timeout_seconds: float = 0.15,
    ) -> None:
        self._pipeline = pipeline
        self._store = store
        self._snapshots = snapshots
        self._metrics = metrics
        self._breaker = breaker
        self._clocks = clocks
        self._most_in_flight = most_in_flight
        self._timeout_seconds = timeout_seconds
        self._in_flight = 0
        self._scored = metrics.candidates.labels(SCORED)
        self._stored = metrics.candidates.labels(STORED)

    async def score(self, request: ScoreRequest, deadline_seconds: float) -> ScoreAnswer:
        """Score the request's candidates.

        Args:
            request: Checked by the wire.
            deadline_seconds: What is left of the caller's time.

        Raises:
            RankingUnavailableError: With the cause that the plugin marks.
            InvalidInputError: The request names a configuration that isn't there.
        """
        pipeline = self._pipeline(request.meta.generation)
        _check_config(request.meta.config, pipeline)
        self._clocks.remember(request.meta.request_id, pipeline.clock_offset_milliseconds)
        if not request.ids:
            return _answer(request, pipeline, _nothing(pipeline), None, None)
        if self._in_flight >= self._most_in_flight:
            raise self._unavailable(
                "overloaded",
                f"[{self._in_flight}] requests are under way; the bound is [{self._most_in_flight}]",
            )
        self._in_flight += 1
        try:
            return await self._score(request, pipeline, min(deadline_seconds, self._timeout_seconds))
        finally:
            self._in_flight -= 1

    async def _score(self, request: ScoreRequest, pipeline: Pipeline, timeout_seconds: float) -> ScoreAnswer:
        meta = request.meta
        # Not the generation: a page after a swap keeps the order of the pages before it.
        key = (
            meta.request_id,
            pipeline.index,
            meta.query,
            meta.user or "",
            meta.config or "",
            meta.stage,
        )
        known = self._store.find(key)
        before = None if known is None else known.positions(request.ids)
        new = request if before is None else _subset(request, np.flatnonzero(before < 0))
        if new.ids:
            batch = await self._rank(new, pipeline, timeout_seconds)
            # Kept before the answer leaves: a later page may come as soon as this one is read.
            scored = ScoredRows.of(new.ids, batch.tier, batch.u, batch.parts, pipeline.scored_by)
            # The store may have forgotten meanwhile what it knew: the answer needs all of it.
            known = self._store.keep(key, scored if known is None else known.with_rows(scored))
            self._snapshots.offer(batch.encode_snapshot, len(new.ids))
        self._scored.inc(len(new.ids))
        self._stored.inc(len(request.ids) - len(new.ids))
        assert known is not None
        # As they were asked for, where nobody else asked for any of them.
        at = None if new is request and known is scored else known.positions(request.ids)
        answer = _answer(request, pipeline, known, at, before)
        if request.explain:  # tens of microseconds a candidate: not on the event loop
            explained = await asyncio.to_thread(_explained, known, at)
            answer = msgspec.structs.replace(answer, explanation=explained)
        return answer

    async def _rank(self, request: ScoreRequest, pipeline: Pipeline, timeout_seconds: float) -> ScoredBatch:
        if timeout_seconds <= 0:
            raise self._unavailable("deadline", "the caller's deadline has passed")
        if not self._breaker.allows():
            raise self._unavailable("model_server_unavailable", "the model server gave no answer lately")
        try:
            batch = await pipeline.rank(request, timeout_seconds)
        except ModelServerError as error:
            if error.cause == "timeout" and timeout_seconds < self._timeout_seconds / 2:
                # A caller in a hurry says nothing about the models, and must not shut others out.
                raise self._unavailable("deadline", str(error)) from error
            self._breaker.failed()
            raise self._unavailable("model_server_unavailable", str(error)) from error
        self._breaker.succeeded()
        return batch

    def _unavailable(self, cause: str, reason: str) -> RankingUnavailableError:
        self._metrics.failures.labels(cause).inc()
        return RankingUnavailableError(cause, reason)


def _check_config(config: str | None, pipeline: Pipeline) -> None:
    known = pipeline.versions.get("formula", "")
    if config not in (None, "", "default", known):
        raise InvalidInputError(
            f"config [{config}] is unknown; leave it out, or name the formula's version [{known}]"
        )


def _subset(request: ScoreRequest, rows: npt.NDArray[np.intp]) -> ScoreRequest:
    if len(rows) == len(request.ids):
        return request
    ids = IdList.of(request.ids).take(rows)
    return ScoreRequest(meta=request.meta, ids=ids, coarse=request.coarse[rows], explain=request.explain)


def _nothing(pipeline: Pipeline) -> ScoredRows:
    none = np.empty(0, np.uint8)
    return ScoredRows.of(
        [], none, np.empty(0, np.float64), np.empty((0, len(PARTS)), np.float32), pipeline.scored_by
    )


def _answer(
    request: ScoreRequest, pipeline: Pipeline, rows: ScoredRows, at: Places | None, before: Places | None
) -> ScoreAnswer:
    """The rows at these places (None: as they are); `before`: where each stood before, -1 where it didn't."""
    stored = [] if before is None else np.flatnonzero(before >= 0).tolist()
    marks = [STORED] if stored else []
    if len(stored) < len(request.ids) or not stored:
        marks.append(SCORED)
    return ScoreAnswer(
        request_id=request.meta.request_id,
        tier=rows.tier if at is None else rows.tier[at],
        u=rows.u if at is None else rows.u[at],
        versions=pipeline.versions,
        generation=pipeline.generation,
        marks=marks,
        stored=stored if len(marks) > 1 else None,
        explanation=[] if request.explain else None,
    )


def _explained(rows: ScoredRows, at: Places | None) -> list[dict[str, Any]]:
    """Of each candidate, by what scored it then: models may have changed since its first page."""
    parts, tier, u, by = (
        kept if at is None else kept[at] for kept in (rows.parts.astype(float), rows.tier, rows.u, rows.by)
    )
    columns = (parts.tolist(), tier.tolist(), u.tolist(), by.tolist())
    return [rows.makers[maker].explain(*kept) for *kept, maker in zip(*columns, strict=True)]
