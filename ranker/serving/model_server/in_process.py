"""ONNX Runtime inside this process behind the interface: for machines where Triton cannot run."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import onnxruntime as ort

from ranker.serving.model_server.backend.graph import Graph, TensorSpec
from ranker.serving.model_server.base import ModelServerError, Tensor
from ranker.serving.model_server.lane import Lane
from ranker.serving.model_server.repository import MODEL_FILE, VERSIONS_KEPT, model_versions, version_folder

_INVALID: Final = (ort.capi.onnxruntime_pybind11_state.InvalidArgument, ValueError)


class InProcessModelServer:
    """A `ModelServer` whose sessions run on threads of this process, one thread a call.

    Args:
        repository: A model repository as Triton reads it; configurations in it are not needed.
        threads: Calls that run at once; more wait, and their wait counts towards their deadline.
        warm_up_candidates: Sizes of the variable axes that a model runs once with when it is loaded.
    """

    def __init__(
        self, repository: Path, *, threads: int = 2, warm_up_candidates: Sequence[int] = (1, 100, 500)
    ) -> None:
        self._repository = repository
        self._warm_up_candidates = tuple(warm_up_candidates)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="model")
        self._lane = Lane(threads)
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="model-load")
        self._graphs: dict[str, dict[int, Graph]] = {}  # replaced as a whole, so a call sees one state

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
        graph = self._graph(model, version)
        _check_inputs(model, graph, inputs)
        _check_outputs(model, graph, outputs)
        try:
            return await self._lane.run(
                lambda seconds: self._run(graph, inputs, outputs, seconds), timeout_seconds
            )
        except TimeoutError:
            raise ModelServerError(
                "timeout", f"model [{model}] did not answer within [{timeout_seconds}] s"
            ) from None
        except _INVALID as error:
            raise ModelServerError("invalid", f"model [{model}] refused its input: {error}") from None
        except ort.capi.onnxruntime_pybind11_state.RuntimeException as error:
            raise ModelServerError("unavailable", f"model [{model}] failed: {error}") from None

    async def probe(self, model: str, *, version: str = "", timeout_seconds: float = 1.0) -> None:
        """See `ModelServer.probe`."""
        zeros = {tensor.name: tensor.zeros(1) for tensor in self._graph(model, version).inputs}
        await self.infer(model, zeros, version=version, timeout_seconds=timeout_seconds)

    async def ready(self, model: str, *, version: str = "", timeout_seconds: float = 1.0) -> bool:
        """See `ModelServer.ready`."""
        try:
            await self.probe(model, version=version, timeout_seconds=timeout_seconds)
        except ModelServerError:
            return False
        return True

    async def versions(self, model: str, *, timeout_seconds: float = 5.0) -> tuple[int, ...]:
        """See `ModelServer.versions`."""
        return tuple(sorted(self._graphs.get(model, ())))

    async def load(self, model: str) -> None:
        """See `ModelServer.load`."""
        await asyncio.wrap_future(self._loader.submit(self._load, model))

    async def unload(self, model: str) -> None:
        """See `ModelServer.unload`."""
        self._graphs.pop(model, None)

    async def close(self) -> None:
        """See `ModelServer.close`."""
        self._loader.shutdown(wait=False, cancel_futures=True)
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._graphs = {}

    async def _run(
        self,
        graph: Graph,
        inputs: Mapping[str, Tensor],
        outputs: Sequence[str] | None,
        timeout_seconds: float,
    ) -> dict[str, Tensor]:
        options = ort.RunOptions()
        call = self._threads.submit(graph.run, inputs, outputs, options)
        try:
            async with asyncio.timeout(timeout_seconds):
                return await asyncio.wrap_future(call)
        finally:
            # Given up by its caller, a run stops at its next node, so that its thread is free again.
            options.terminate = not call.done()

    def _load(self, model: str) -> None:
        wanted = model_versions(self._repository, model)[-VERSIONS_KEPT:]
        if not wanted:
            raise ModelServerError(
                "not_found", f"the repository [{self._repository}] has no version of model [{model}]"
            )
        loaded = self._graphs.get(model, {})
        self._graphs[model] = {
            version: loaded[version] if version in loaded else self._open(model, version)
            for version in wanted
        }

    def _open(self, model: str, version: int) -> Graph:
        try:
            graph = Graph(version_folder(self._repository, model, version) / MODEL_FILE)
            graph.warm_up(self._warm_up_candidates)
        except Exception as error:  # ONNX Runtime has a dozen classes for a broken file
            raise ModelServerError(
                "invalid", f"version [{version}] of model [{model}] cannot be loaded: {error}"
            ) from None
        return graph

    def _graph(self, model: str, version: str) -> Graph:
        graphs = self._graphs.get(model, {})
        if not graphs:
            raise ModelServerError(
                "not_found", f"model [{model}] is not loaded; loaded: {sorted(self._graphs)}"
            )
        if version == "":
            return graphs[max(graphs)]
        if not version.isdecimal() or int(version) not in graphs:
            raise ModelServerError(
                "not_found", f"version [{version}] of model [{model}] is not loaded; loaded: {sorted(graphs)}"
            )
        return graphs[int(version)]


def _check_inputs(model: str, graph: Graph, inputs: Mapping[str, Tensor]) -> None:
    expected = {tensor.name: tensor for tensor in graph.inputs}
    if inputs.keys() != expected.keys():
        raise ModelServerError(
            "invalid", f"model [{model}] takes the inputs {sorted(expected)}, not {sorted(inputs)}"
        )
    for name, tensor in inputs.items():
        if str(tensor.dtype) != expected[name].dtype or not _fits(tensor, expected[name]):
            raise ModelServerError(
                "invalid",
                f"input [{name}] of model [{model}] is [{tensor.dtype}] of shape {list(tensor.shape)}, "
                f"expected [{expected[name].dtype}] of shape {list(expected[name].shape)}",
            )


def _fits(tensor: Tensor, spec: TensorSpec) -> bool:
    return len(tensor.shape) == len(spec.shape) and all(
        axis in (-1, size) for size, axis in zip(tensor.shape, spec.shape, strict=True)
    )


def _check_outputs(model: str, graph: Graph, outputs: Sequence[str] | None) -> None:
    known = [tensor.name for tensor in graph.outputs]
    unknown = [name for name in outputs or () if name not in known]
    if unknown:
        raise ModelServerError("invalid", f"model [{model}] has no outputs {unknown}; it has {known}")
