"""Model computation alone: the tensors of real requests through the served graphs, one thread, in process."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnxruntime as ort

from ranker.serving.model_server.base import Tensor
from ranker.serving.model_server.repository import MODEL_FILE, model_versions, version_folder
from ranker.serving.model_server.triton import TritonModelServer


@dataclass(frozen=True)
class Call:
    """One inference as it was asked for."""

    model: str
    version: str
    inputs: Mapping[str, Tensor]


class RecordingModelServer(TritonModelServer):
    """The Triton server, and a memory of what it was asked."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._calls: list[Call] = []

    async def infer(
        self,
        model: str,
        inputs: Mapping[str, Tensor],
        outputs: Sequence[str] | None = None,
        *,
        version: str = "",
        timeout_seconds: float,
    ) -> dict[str, Tensor]:
        """See `ModelServer.infer`."""
        self._calls.append(Call(model, version, dict(inputs)))
        return await super().infer(model, inputs, outputs, version=version, timeout_seconds=timeout_seconds)

    def take(self) -> list[Call]:
        """What was called since the last take."""
        calls, self._calls = self._calls, []
        return calls


class ServedGraphs:
    """ONNX Runtime sessions of a repository's models, one thread each, made when first needed."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._sessions: dict[tuple[str, str], Any] = {}

    def milliseconds(self, calls: Sequence[Call], repeats: int = 3) -> float:
        """Computation of one request's calls, one after the other: the median of `repeats`."""
        for call in calls:
            self._session(call)
        times = []
        for _ in range(repeats):
            began = time.perf_counter()
            for call in calls:
                self._session(call).run(None, call.inputs)
            times.append(time.perf_counter() - began)
        return statistics.median(times) * 1000

    def _session(self, call: Call) -> Any:
        key = (call.model, call.version)
        if key not in self._sessions:
            version = int(call.version or model_versions(self._repository, call.model)[-1])
            options = ort.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            path = version_folder(self._repository, call.model, version) / MODEL_FILE
            self._sessions[key] = ort.InferenceSession(str(path), options, ["CPUExecutionProvider"])
        return self._sessions[key]
