"""Where the time of a finely ranked search goes: engine, plugin and ranker, models; all in one run."""

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from ranker.engine.rest import EngineRest
from ranker.errors import EncoreError
from ranker.evaluation.load import connect, search_once
from ranker.evaluation.model_cost import RecordingModelServer, ServedGraphs
from ranker.evaluation.queries import Question, that_match
from ranker.ranking.formula import Formula
from ranker.recall.coarse import coarse_query, search_body
from ranker.serving.metrics import Metrics
from ranker.serving.model_server.base import ModelServer
from ranker.serving.model_server.identity import publish_identity
from ranker.serving.model_server.repository import model_versions
from ranker.serving.model_server.triton import TritonModelServer
from ranker.serving.pipeline import load_pipeline
from ranker.serving.wire import RequestMeta, ScoreRequest
from ranker.settings import Settings

WINDOWS: Final = (100, 500)
SEQUENCE: Final = 2  # model-server calls that wait for each other: the query side, then the rest
ALLOWED_MILLISECONDS: Final = 3.0
_IDENTITY: Final = "identity"
_IDENTITY_CALLS: Final = 200
_TIMEOUT_SECONDS: Final = 5.0
_LOAD_SECONDS: Final = 20.0
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Latency:
    """Milliseconds of each question: coarse, fine by window, and the models of the largest window.

    `identity_hop` is one call of the identity model each; arrays have one number a question or call.
    """

    coarse: Sequence[float]
    fine: Mapping[int, Sequence[float]]
    model: Sequence[float]
    identity_hop: Sequence[float]
    candidates: Sequence[int]

    @property
    def overhead(self) -> float:
        """Median of (fine − coarse − model) over the questions, for the largest window."""
        largest = self.fine[max(self.fine)]
        return statistics.median(f - c - m for f, c, m in zip(largest, self.coarse, self.model, strict=True))

    @property
    def overhead_limit(self) -> float:
        """3 ms and one identity hop a call in sequence."""
        return ALLOWED_MILLISECONDS + SEQUENCE * float(np.percentile(self.identity_hop, 50))

    def as_json(self) -> dict[str, Any]:
        """{"coarse": {"p50", …}, "fine_rank": {"100": …, "500": …}, "model": {"500": …}, …}."""
        largest = str(max(self.fine))
        return {
            "questions": len(self.coarse),
            "candidates": round(statistics.mean(self.candidates)),
            "coarse": _percentiles(self.coarse),
            "fine_rank": {str(window): _percentiles(values) for window, values in self.fine.items()},
            "model": {largest: _percentiles(self.model)},
            "identity_hop": _percentiles(self.identity_hop),
            "overhead": {
                "median": round(self.overhead, 3),
                "limit": round(self.overhead_limit, 3),
                "ok": self.overhead <= self.overhead_limit,
            },
        }


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return {f"p{q}": round(float(np.percentile(values, q)), 3) for q in (50, 95, 99)}


def measure_searches(
    url: str, index: str, questions: Sequence[Question], rounds: int, progress: Progress
) -> tuple[list[float], dict[int, list[float]]]:
    """Milliseconds of each question, coarse and by window: the median of `rounds`, interleaved.

    Interleaved, so that what else the machine does falls on all of them alike. A first round warms up.

    Raises:
        EncoreError: A search failed or was degraded: its time would say nothing.
    """
    connection = connect(url)
    path = f"/{index}/_search"
    kinds: list[int | None] = [None, *WINDOWS]
    times: dict[int | None, list[list[float]]] = {kind: [[] for _ in questions] for kind in kinds}
    for turn in range(rounds + 1):
        for i, question in enumerate(questions):
            for kind in kinds:
                body = search_body(question.text, question.user, fine=kind is not None, window=kind or 500)
                search = search_once(connection, path, msgspec.json.encode(body))
                if search.status != 200 or search.degraded:
                    raise EncoreError(
                        f"[{question.text}] was answered with [{search.status}]"
                        f" and degraded by [{search.degraded}]; mend that and measure again"
                    )
                if turn:
                    times[kind][i].append(search.milliseconds)
            progress("searches", turn * len(questions) + i + 1, (rounds + 1) * len(questions))
    connection.close()
    medians = {kind: [statistics.median(one) for one in values] for kind, values in times.items()}
    return medians[None], {window: medians[window] for window in WINDOWS}


@dataclass(frozen=True)
class Plan:
    """What is asked: up to `most` of the questions, those that match something, `rounds` times each."""

    questions: Sequence[Question]
    most: int
    rounds: int


async def measure(
    settings: Settings, running: Mapping[str, Any], index: str, plan: Plan, progress: Progress
) -> Latency:
    """Measure the running stack.

    Args:
        settings: The installation.
        running: Its state: engine, ranker, model server.
        index: Index or alias.
        plan: What is asked.
        progress: Told (stage, done, in all).

    Raises:
        EncoreError: No Triton runs, or a search failed or was degraded.
    """
    if running.get("model_server") is None:
        raise EncoreError("no Triton runs here: start with `encore up --model-server triton`")
    url = running["engine"]["url"]
    server = RecordingModelServer(running["model_server"]["grpc"])
    try:
        with EngineRest(url) as engine:
            asked = that_match(engine, index, plan.questions)[: plan.most]
            coarse, fine = measure_searches(url, index, asked, plan.rounds, progress)
            await _serve_identity(settings, server)
            hops = await identity_hops(server, max(WINDOWS))
            generation = next(iter(engine.call("GET", f"/{index}/_mapping")))
            ranker = load_pipeline(
                settings.generations / generation, settings.model_repo, server, Formula.default(), Metrics()
            )
            server.take()
            graphs = ServedGraphs(settings.model_repo)
            model, candidates = [], []
            for i, question in enumerate(asked):
                request = _request(engine, index, question, max(WINDOWS))
                await ranker.rank(request, _TIMEOUT_SECONDS)
                model.append(graphs.milliseconds(server.take()))
                candidates.append(len(request.ids))
                progress("models", i + 1, len(asked))
    finally:
        await server.close()
    return Latency(coarse, fine, model, hops, candidates)


def _request(engine: EngineRest, index: str, question: Question, window: int) -> ScoreRequest:
    body = {"query": coarse_query(question.text), "size": window, "_source": False}
    hits = engine.call("POST", f"/{index}/_search", body)["hits"]["hits"]
    meta = RequestMeta(
        request_id="bench", query=question.text, user=question.user, now=time.time_ns() // 1_000_000
    )
    scores = np.array([hit["_score"] for hit in hits], np.float32)
    return ScoreRequest(meta=meta, ids=[hit["_id"] for hit in hits], coarse=scores)


async def _serve_identity(settings: Settings, server: TritonModelServer) -> None:
    """Publish the identity model where it is missing, and wait until it answers."""
    if not model_versions(settings.model_repo, _IDENTITY):
        publish_identity(settings.model_repo, settings.run)
        await server.load(_IDENTITY)
    deadline = time.monotonic() + _LOAD_SECONDS
    while not await server.ready(_IDENTITY):
        if time.monotonic() > deadline:
            raise EncoreError(
                f"model [{_IDENTITY}] does not answer within [{_LOAD_SECONDS:g}] s; see `encore status`"
            )
        await asyncio.sleep(0.1)


async def identity_hops(server: ModelServer, rows: int) -> list[float]:
    """Milliseconds of calls of the identity model with as many rows as the largest window."""
    values = np.zeros((rows, 64), np.float32)
    times = []
    for _ in range(_IDENTITY_CALLS):
        began = time.perf_counter()
        await server.infer(_IDENTITY, {"values": values}, timeout_seconds=_TIMEOUT_SECONDS)
        times.append((time.perf_counter() - began) * 1000)
    return times[_IDENTITY_CALLS // 10 :]
