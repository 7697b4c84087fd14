"""One generation with its models: features in one pass, two model calls in sequence, the final formula."""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ranker.features.builder import FeatureBatch, FeatureBuilder
from ranker.features.columns import VideoColumns
from ranker.features.item_vectors import ItemVectors
from ranker.features.request import ParsedQuery, QueryParser
from ranker.features.snapshots import record
from ranker.features.snapshots.record import Snapshot
from ranker.features.specification import Specification
from ranker.features.statistics import STATISTICS, Statistics
from ranker.features.users import UserColumns
from ranker.ranking.formula import TASKS, Formula
from ranker.serving.explain import PARTS, ScoredBy
from ranker.serving.metrics import Metrics
from ranker.serving.model_server.base import ModelServer, Tensor
from ranker.serving.model_server.repository import version_folder
from ranker.serving.trained_models import PublishedModels, TrainedModels
from ranker.serving.wire import ScoreRequest
from ranker.understanding.planner import Planner

QUERY_TOWER: Final = "query_tower"
RELEVANCE: Final = "relevance"
MMOE: Final = "mmoe"
MODELS: Final = (QUERY_TOWER, RELEVANCE, MMOE)
_MOST_QUERIES: Final = 10_000


class RankedBatch:
    """What a pass brought; see `ranker.serving.scorer.ScoredBatch`."""

    def __init__(
        self,
        request: ScoreRequest,
        pipeline: "GenerationPipeline",
        features: FeatureBatch,
        tier: npt.NDArray[np.uint8],
        u: npt.NDArray[np.float64],
        parts: npt.NDArray[np.float32],
    ) -> None:
        self._request = request
        self._pipeline = pipeline
        self._features = features
        self.tier = tier
        self.u = u
        self.parts = parts

    def encode_snapshot(self) -> bytes:
        """In the form of `ranker.features.snapshots.record`."""
        meta, specification = self._request.meta, self._pipeline.specification
        return record.encode(
            Snapshot(
                schema=record.SCHEMA,
                request_id=meta.request_id,
                query=meta.query,
                user=meta.user,
                context=meta.context,
                now=meta.now,
                stage=meta.stage,
                index=meta.index,
                generation=self._pipeline.generation,
                versions=self._pipeline.versions,
                video_ids=list(self._request.ids),
                dense_names=list(specification.dense),
                id_names=list(specification.ids),
                match_names=list(specification.match),
                part_names=list(PARTS),
                dense=self._features.dense.tobytes(),
                ids=self._features.ids.tobytes(),
                match=self._features.match.tobytes(),
                coarse=np.ascontiguousarray(self._request.coarse, np.float32).tobytes(),
                tier=self.tier.tobytes(),
                u=self.u.tobytes(),
                parts=self.parts.tobytes(),
            )
        )


@dataclass(frozen=True)
class GenerationData:
    """What a generation knows, whatever the models: videos, listeners, and the log as of the build.

    `clock_offset_milliseconds` is the generation's clock minus the wall clock.
    """

    name: str
    index: str
    columns: VideoColumns
    users: UserColumns
    statistics: Statistics
    planner: Planner
    clock_offset_milliseconds: int = 0


@dataclass(frozen=True)
class ServedModels:
    """What scores: models trained together, by version, where they run, and the final formula.

    `versions` has each of `MODELS`, the formula, the dictionary and the features, as answers state them.
    """

    specification: Specification
    versions: dict[str, str]
    server: ModelServer
    formula: Formula


class GenerationPipeline:
    """Scores with one generation and one set of models; lives on one event loop."""

    def __init__(
        self, data: GenerationData, vectors: ItemVectors, models: ServedModels, metrics: Metrics
    ) -> None:
        self.generation = data.name
        self.index = data.index
        self.columns = data.columns
        self.planner = data.planner
        self.specification = models.specification
        self.versions = models.versions
        self.scored_by = ScoredBy(data.name, models.versions, models.formula)
        self.clock_offset_milliseconds = data.clock_offset_milliseconds
        self.data = data
        self._vectors = vectors
        self._parser = QueryParser(data.columns.analyzer, data.columns.names, data.columns.terms)
        self._builder = FeatureBuilder(data.columns, data.users, data.statistics, models.specification)
        self._server = models.server
        self._formula = models.formula
        self._unknown = metrics.candidates.labels("unknown")
        self._feature_seconds = metrics.stage_seconds.labels("features")
        self._all_seconds = metrics.stage_seconds.labels("all")
        self._parsed: OrderedDict[str, ParsedQuery] = OrderedDict()

    async def rank(self, request: ScoreRequest, timeout_seconds: float) -> RankedBatch:
        """Score the candidates; see `ranker.serving.scorer.Pipeline`."""
        began = time.perf_counter()
        meta = request.meta
        parsed = self._parse(meta.query)
        rows = self.columns.rows(request.ids)
        unknown = int((rows < 0).sum())
        if unknown:
            self._unknown.inc(unknown)
        deadline = began + timeout_seconds
        try:
            async with asyncio.TaskGroup() as calls:
                # The query tower computes on the server while the features are computed here.
                query = calls.create_task(
                    self._infer(
                        QUERY_TOWER, {"query_words": self.specification.query_words(parsed.words)}, deadline
                    )
                )
                await _let_leave()
                features = self._builder.build(
                    parsed, meta.user, meta.context, meta.now, rows, request.coarse
                )
                built = time.perf_counter()
                # The longest computation first; it needs nothing of the query tower.
                behaviour = calls.create_task(
                    self._infer(MMOE, {"dense": features.dense, "ids": features.ids}, deadline)
                )
                await _let_leave()
                inputs = {"item_vectors": self._vectors.take(rows), "match_features": features.match}
                inputs["query_vector"] = (await query)["query_vector"]
                relevance = await self._infer(RELEVANCE, inputs, deadline)
                predictions = await behaviour
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        probabilities = relevance["tier_probabilities"]
        tier, u = self._formula.tier_and_u(probabilities, predictions)
        parts = parts_of(probabilities, predictions, tier, u)
        self._feature_seconds.observe(built - began)
        self._all_seconds.observe(time.perf_counter() - began)
        return RankedBatch(request, self, features, tier, u, parts)

    async def _infer(self, model: str, inputs: Mapping[str, Tensor], deadline: float) -> dict[str, Tensor]:
        return await self._server.infer(
            model,
            inputs,
            version=self.versions[model],
            timeout_seconds=deadline - time.perf_counter(),
        )

    def _parse(self, text: str) -> ParsedQuery:
        found = self._parsed.get(text)
        if found is None:
            found = self._parsed[text] = self._parser.parse(text)
            if len(self._parsed) > _MOST_QUERIES:
                self._parsed.popitem(last=False)
        return found

    def reindex(self, ids: list[str]) -> None:
        """Bring what is computed once a video up to date: item vectors, features of it alone."""
        self._builder.update()
        self._vectors.update(self.columns, self.columns.rows(ids), self.specification)

    def close(self) -> None:
        """Release the columns' log."""
        self.columns.close()


def parts_of(
    probabilities: Tensor,
    predictions: Mapping[str, Tensor],
    tier: npt.NDArray[np.uint8],
    u: npt.NDArray[np.float64],
) -> npt.NDArray[np.float32]:
    """What a score was made of, (n, `PARTS`)."""
    parts = np.empty((len(tier), len(PARTS)), np.float32)
    parts[:, :4] = probabilities
    for i, task in enumerate(TASKS, 4):
        parts[:, i] = predictions[task].reshape(-1)
    parts[:, -2], parts[:, -1] = tier, u
    return parts


async def _let_leave() -> None:
    """A call begins in one turn of the event loop and leaves in the next."""
    for _ in range(2):
        await asyncio.sleep(0)


def load_pipeline(
    folder: Path,
    model_repo: Path,
    server: ModelServer,
    formula: Formula,
    metrics: Metrics,
    *,
    models: TrainedModels | None = None,
    before: GenerationPipeline | None = None,
) -> GenerationPipeline:
    """Open a generation's folder with these models.

    Args:
        folder: The generation's.
        model_repo: Where the models' versions lie.
        server: Where they run.
        formula: The final score.
        metrics: Where things are counted.
        models: Which versions; None: the newest published.
        before: The same generation as it is held: what the models don't change is shared with it.

    Raises:
        EncoreError: No models are published, they were not trained together, or the folder is none.
    """
    models = models or PublishedModels(model_repo, MODELS).trainings()[0]
    data = _open(folder) if before is None else before.data
    tower = version_folder(model_repo, QUERY_TOWER, models.versions[QUERY_TOWER])
    vectors = ItemVectors.open(folder, tower, data.columns, models.specification)
    named = {model: str(version) for model, version in models.versions.items()}
    named |= {
        "formula": formula.version,
        "dictionary": data.columns.dictionary,
        "features": models.specification.hash,
    }
    served = ServedModels(models.specification, named, server, formula)
    return GenerationPipeline(data, vectors, served, metrics)


def _open(folder: Path) -> GenerationData:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    columns = VideoColumns.open(folder)
    encoder = str(manifest.get("encoder", {}).get("version", ""))
    planner = Planner(folder.name, columns.analyzer, columns.names, columns.terms.weight_of, encoder)
    planner.warm_up()
    return GenerationData(
        folder.name,
        str(manifest["index"]),
        columns,
        UserColumns.open(folder),
        Statistics.open(folder / STATISTICS, columns.names),
        planner,
        int(manifest["clock_offset_ms"]),
    )
