"""Where the time of a finely ranked search goes: engine, plugin and ranker, models; all in one run."""

import asyncio
import itertools
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from ranker.engine.rest import EngineRest
from ranker.errors import EncoreError
from ranker.evaluation.load import connect, search_once
from ranker.evaluation.model_cost import Call, RecordingModelServer, ServedGraphs
from ranker.evaluation.queries import Question, that_match
from ranker.ranking.formula import Formula
from ranker.recall.coarse import coarse_query, search_body
from ranker.serving.metrics import Metrics
from ranker.serving.model_server.identity import publish_identity
from ranker.serving.model_server.models import IDENTITY_VALUES
from ranker.serving.model_server.repository import model_versions
from ranker.serving.model_server.triton import TritonModelServer
from ranker.serving.pipeline import load_pipeline
from ranker.serving.wire import RequestMeta, ScoreRequest
from ranker.settings import Settings

WINDOWS: Final = (100, 500)
SEQUENCE: Final = 2  # model-server calls that wait for each other: the query side, then the rest
ALLOWED_MILLISECONDS: Final = 3.0
_IDENTITY: Final = "identity"
_COARSE: Final = "coarse"
_MODEL: Final = "model"
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


@dataclass(frozen=True)
class Plan:
    """What is asked: up to `most` of the questions, those that match something, `rounds` times each.

    Before that the stack is searched for `warm_up_seconds`: an engine that was just started compiles its
    own code for some thousand searches, and would be measured instead.
    """

    questions: Sequence[Question]
    most: int
    rounds: int
    warm_up_seconds: float = 0.0


async def measure(
    settings: Settings, running: Mapping[str, Any], index: str, plan: Plan, progress: Progress
) -> Latency:
    """Measure the running stack.

    Everything is interleaved, question by question: a process that was idle wakes up more slowly than
    one that is called in a loop, and what else the machine does must fall on all of them alike. The
    first round warms up; the median of the others counts.

    Args:
        settings: The installation.
        running: Its state: engine, ranker, model server.
        index: Index or alias.
        plan: What is asked.
        progress: Told (stage, done, in all).

    Raises:
        EncoreError: No Triton runs, or a search failed or was degraded: its time would say nothing.
    """
    if running.get("model_server") is None:
        raise EncoreError("no Triton runs here: start with `encore up --model-server triton`")
    server = RecordingModelServer(running["model_server"]["grpc"])
    try:
        with EngineRest(running["engine"]["url"]) as engine:
            asked = that_match(engine, index, plan.questions)[: plan.most]
            await _serve_identity(settings, server)
            calls, candidates = await record_calls(settings, engine, index, asked, server, progress)
            bench = _Bench(engine.url, index, server, ServedGraphs(settings.model_repo))
            _warm_up(bench, asked, plan.warm_up_seconds)
            for turn in range(plan.rounds + 1):
                for i, question in enumerate(asked):
                    await bench.ask(i, question, calls[i], count=turn > 0)
                    progress("rounds", turn * len(asked) + i + 1, (plan.rounds + 1) * len(asked))
    finally:
        await server.close()
    return bench.result(candidates)


def _warm_up(bench: "_Bench", asked: Sequence[Question], seconds: float) -> None:
    until = time.monotonic() + seconds
    for question in itertools.cycle(asked):
        if time.monotonic() >= until:
            return
        for window in (None, *WINDOWS):
            bench.search(question, window)


async def record_calls(
    settings: Settings,
    engine: EngineRest,
    index: str,
    asked: Sequence[Question],
    server: RecordingModelServer,
    progress: Progress,
    window: int = max(WINDOWS),
) -> tuple[list[list[Call]], list[int]]:
    """The model calls, tensors included, of each question's window, and its candidates."""
    generation = next(iter(engine.call("GET", f"/{index}/_mapping")))
    ranker = load_pipeline(
        settings.generations / generation, settings.model_repo, server, Formula.default(), Metrics()
    )
    server.take()
    calls, candidates = [], []
    for i, question in enumerate(asked):
        request = _request(engine, index, question, window)
        await ranker.rank(request, _TIMEOUT_SECONDS)
        calls.append(server.take())
        candidates.append(len(request.ids))
        progress("tensors", i + 1, len(asked))
    return calls, candidates


class _Bench:
    """Milliseconds by what was measured and by question."""

    def __init__(self, url: str, index: str, server: RecordingModelServer, graphs: ServedGraphs) -> None:
        self._connection = connect(url)
        self._path = f"/{index}/_search"
        self._server = server
        self._graphs = graphs
        self._values = np.zeros((max(WINDOWS), IDENTITY_VALUES), np.float32)
        self._times: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))

    async def ask(self, i: int, question: Question, calls: Sequence[Call], *, count: bool) -> None:
        """One question: coarse, each window, the identity model's hop, the models alone."""
        found = {_COARSE: self.search(question, None)}
        for window in WINDOWS:
            found[str(window)] = self.search(question, window)
        self.search(question, None)  # as every fine search, the hop comes after one without
        began = time.perf_counter()
        await self._server.infer(_IDENTITY, {"values": self._values}, timeout_seconds=_TIMEOUT_SECONDS)
        found[_IDENTITY] = (time.perf_counter() - began) * 1000
        found[_MODEL] = self._graphs.milliseconds(calls, repeats=1)
        if count:
            for name, value in found.items():
                self._times[name][i].append(value)

    def search(self, question: Question, window: int | None) -> float:
        """Milliseconds of one search; None: without `rescore`."""
        body = search_body(question.text, question.user, fine=window is not None, window=window or 500)
        search = search_once(self._connection, self._path, msgspec.json.encode(body))
        if search.status != 200 or search.degraded:
            raise EncoreError(
                f"[{question.text}] was answered with [{search.status}]"
                f" and degraded by [{search.degraded}]; mend that and measure again"
            )
        return search.milliseconds

    def result(self, candidates: Sequence[int]) -> Latency:
        """The median of each question's rounds."""

        def medians(name: str) -> list[float]:
            return [statistics.median(values) for values in self._times[name].values()]

        fine = {window: medians(str(window)) for window in WINDOWS}
        return Latency(medians(_COARSE), fine, medians(_MODEL), medians(_IDENTITY), candidates)


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
