"""What a score request costs the ranker beside its models: each stage alone, by a warm and a cold processor.

In a loop everything is at hand in the processor's caches; in a search other processes ran meanwhile. So each
stage is measured both ways: `hot`, again and again, and `cold`, after a pause in which other memory was read.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.evaluation.plain_features import PlainFeatures
from ranker.evaluation.queries import Question
from ranker.features.builder import FeatureBatch, FeatureBuilder
from ranker.features.columns import VideoColumns
from ranker.features.id_list import IdList
from ranker.features.item_vectors import ItemVectors
from ranker.features.request import ParsedQuery, QueryParser
from ranker.features.specification import Specification
from ranker.features.statistics import STATISTICS, Statistics
from ranker.features.users import UserColumns
from ranker.ranking.formula import TASKS, Formula
from ranker.serving import wire
from ranker.serving.explain import PARTS, ScoredBy
from ranker.serving.model_server.repository import version_folder
from ranker.serving.model_server.triton import infer_request
from ranker.serving.pipeline import MMOE, MODELS, QUERY_TOWER, RELEVANCE, parts_of
from ranker.serving.request_store import RequestStore, ScoredRows
from ranker.serving.trained_models import PublishedModels
from ranker.serving.wire import RequestMeta, ScoreAnswer, ScoreRequest

COUNTS: Final = (100, 500)
_PAUSE_SECONDS: Final = 0.005
_OTHER_BYTES: Final = 8 << 20
_NOW: Final = 1_767_225_600_000
Stages = list[tuple[str, Callable[[], Any]]]
Progress = Callable[[str, int, int], None]


class Ranker:
    """One generation and the newest models' specification, as the ranker opens them; no model runs.

    Args:
        folder: The generation's.
        model_repo: Where the models' versions lie.
    """

    def __init__(self, folder: Path, model_repo: Path) -> None:
        newest = PublishedModels(model_repo, MODELS).trainings()[0]
        self.specification: Specification = newest.specification
        self.columns = VideoColumns.open(folder)
        self.users = UserColumns.open(folder)
        self.parser = QueryParser(self.columns.analyzer, self.columns.names, self.columns.terms)
        moment = Statistics.open(folder / STATISTICS, self.columns.names)
        self.builder = FeatureBuilder(self.columns, self.users, moment, self.specification)
        self.plain = PlainFeatures(self.columns, self.users, moment, self.specification.priors)
        tower = version_folder(model_repo, QUERY_TOWER, newest.versions[QUERY_TOWER])
        self.vectors = ItemVectors.open(folder, tower, self.columns, self.specification)
        self.formula = Formula.default()
        self.store = RequestStore()
        self.scored_by = ScoredBy(folder.name, {}, self.formula)

    def ids(self, rows: npt.NDArray[np.int64]) -> list[str]:
        """Ids of built rows."""
        return [item.decode() for item in self.columns.ids(rows).tolist()]


@dataclass(frozen=True)
class RequestCost:
    """Microseconds: `stages[count]["hot" | "cold"][stage]` is the list of one stage's calls.

    `plain` has those of one candidate's features in plain Python, `candidates` the number of each.
    """

    stages: Mapping[int, Mapping[str, Mapping[str, Sequence[float]]]]
    plain: Sequence[float]

    @property
    def times_faster(self) -> float:
        """The pass against plain Python, a candidate, for the largest count and hot."""
        most = max(self.stages)
        return statistics.median(self.plain) * most / statistics.median(self.stages[most]["hot"]["features"])

    def as_json(self) -> dict[str, Any]:
        """{"stages": {"500": {"hot": {"features": {"p50", …}}}}, "plain_a_candidate", "times_faster"}."""
        return {
            "unit": "microseconds",
            "stages": {
                str(count): {
                    way: {stage: _summary(values) for stage, values in stages.items()}
                    for way, stages in ways.items()
                }
                for count, ways in self.stages.items()
            },
            "plain_a_candidate": _summary(self.plain),
            "times_faster": round(self.times_faster, 1),
        }


def _summary(values: Sequence[float]) -> dict[str, float]:
    return {"p50": round(statistics.median(values), 1), "mean": round(statistics.mean(values), 1)}


def measure(ranker: Ranker, questions: Sequence[Question], progress: Progress) -> RequestCost:
    """Each question once for each count of candidates and each way, in turn; candidates drawn at random."""
    other = np.zeros(_OTHER_BYTES, np.uint8)

    def cool() -> None:
        time.sleep(_PAUSE_SECONDS)
        np.add(other, 1, out=other)

    random = np.random.default_rng(7)
    found: dict[int, dict[str, dict[str, list[float]]]] = {count: {"hot": {}, "cold": {}} for count in COUNTS}
    plain: list[float] = []
    for done, question in enumerate(questions):
        for count in COUNTS:
            rows = random.integers(0, ranker.columns.built, count)
            for way, before in (("hot", None), ("cold", cool)):
                for stage, microseconds in _run(ranker, f"{way}-{done}-{count}", question, rows, before):
                    found[count][way].setdefault(stage, []).append(microseconds)
        plain.append(_plain(ranker, question, rows[:20]))
        progress("requests", done + 1, len(questions))
    return RequestCost(found, plain)


def _run(
    ranker: Ranker,
    request_id: str,
    question: Question,
    rows: npt.NDArray[np.int64],
    before: Callable[[], None] | None,
) -> Iterator[tuple[str, float]]:
    """The stages of one request, each in microseconds; hot: the second of two calls."""
    for stage, call in _Stages(ranker, request_id, question, rows).all():
        if before is None:
            call()
        else:
            before()
        began = time.perf_counter()
        call()
        yield stage, (time.perf_counter() - began) * 1e6


class _Stages:
    """The stages of one request, made so that each can be run again."""

    def __init__(
        self, ranker: Ranker, request_id: str, question: Question, rows: npt.NDArray[np.int64]
    ) -> None:
        self._ranker = ranker
        self._rows = rows
        count = len(rows)
        meta = RequestMeta(request_id=request_id, query=question.text, user=question.user, now=_NOW)
        ids = ranker.ids(rows)
        scores = np.linspace(9, 1, count).astype(np.float32)
        self._body = wire.encode_request(ScoreRequest(meta=meta, ids=ids, coarse=scores))
        self._block = "".join(ids).encode()
        self._ends = np.cumsum([len(item.encode()) for item in ids], dtype=np.uint32)
        self._find()
        self._meta = meta
        self._query: ParsedQuery = ranker.parser.parse(question.text)
        self._features: FeatureBatch = self._build()
        self._probabilities = np.full((count, 4), 0.25, np.float32)
        self._predictions = {task: np.full((count, 1), 0.5, np.float32) for task in TASKS}
        self._tier, self._u = ranker.formula.tier_and_u(self._probabilities, self._predictions)
        self._kept = 0

    def all(self) -> Stages:
        """By name, in the order of a request."""
        ranker = self._ranker
        return [
            ("decode", lambda: wire.decode_request(self._body, wire.BINARY)),
            ("parse", lambda: ranker.parser.parse(self._query.text)),
            ("rows", self._find),
            ("features", self._build),
            ("vectors", lambda: ranker.vectors.take(self._rows)),
            ("tensors", self._tensors),
            ("formula", self._formula),
            ("store", self._keep),
            ("encode", self._encode),
        ]

    def _find(self) -> None:
        self._ids = IdList(self._block, self._ends)  # nothing is at hand of an earlier call
        self._ranker.columns.rows(self._ids)

    def _build(self) -> FeatureBatch:
        return self._ranker.builder.build(self._query, self._meta.user, None, _NOW, self._rows)

    def _tensors(self) -> None:
        features, vectors = self._features, self._ranker.vectors.take(self._rows)
        words = self._ranker.specification.query_words(self._query.words)
        infer_request(QUERY_TOWER, "1", {"query_words": words})
        infer_request(MMOE, "1", {"dense": features.dense, "ids": features.ids})
        query = np.zeros((1, vectors.shape[1]), np.float32)
        relevance = {"query_vector": query, "item_vectors": vectors, "match_features": features.match}
        infer_request(RELEVANCE, "1", relevance)

    def _formula(self) -> None:
        tier, u = self._ranker.formula.tier_and_u(self._probabilities, self._predictions)
        parts_of(self._probabilities, self._predictions, tier, u)

    def _keep(self) -> ScoredRows:
        ranker = self._ranker
        parts = np.zeros((len(self._ids), len(PARTS)), np.float32)
        self._kept += 1
        key = (self._meta.request_id, str(self._kept))
        ranker.store.find(key)
        return ranker.store.keep(key, ScoredRows.of(self._ids, self._tier, self._u, parts, ranker.scored_by))

    def _encode(self) -> bytes:
        answer = ScoreAnswer(
            request_id=self._meta.request_id,
            tier=self._tier,
            u=self._u,
            versions={model: "1" for model in MODELS},
            generation="bench",
            marks=["scored"],
        )
        return wire.encode_answer(answer, self._ids, wire.BINARY)[0]


def _plain(ranker: Ranker, question: Question, rows: npt.NDArray[np.int64]) -> float:
    """Microseconds of one candidate's features in plain Python."""
    query, user = ranker.parser.parse(question.text), ranker.users.row(question.user)
    began = time.perf_counter()
    for row in rows.tolist():
        ranker.plain.of(query, user, _NOW, row)
    return (time.perf_counter() - began) * 1e6 / len(rows)
