"""Triton's Python-based `onnxruntime` backend: the same repository serves here and on the stock image.

It follows the rules of Triton's C++ backend of that name where a configuration could tell them apart:
tensors left out of `config.pbtxt` are completed from the graph, tensors written there must agree with it,
and `parameters.intra_op_thread_count` and `optimization.graph.level` mean the same.

Triton runs one process of this file for each model instance and version.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime as ort
import triton_python_backend_utils as pb  # type: ignore[import-not-found]  # exists in Triton only

if TYPE_CHECKING:
    from ranker.serving.model_server.backend.graph import Graph, TensorSpec
else:
    from graph import Graph, TensorSpec  # the file beside this one

_TYPES = {"float32": "TYPE_FP32", "int64": "TYPE_INT64"}
_DEFAULT_MAX_BATCH_SIZE = (
    4  # the C++ backend's, for a graph that can batch and a configuration that is silent
)
_CALLERS_FAULT = (ort.capi.onnxruntime_pybind11_state.InvalidArgument, ValueError)


class TritonPythonModel:
    """One version of one model, in a process of its own."""

    @staticmethod
    def auto_complete_config(config: Any) -> Any:
        """Complete what `config.pbtxt` leaves out from the graph, or say where the two disagree.

        Args:
            config: Triton's `ModelConfig`.
        """
        given = config.as_dict()
        graph = Graph(Path(pb.get_model_dir()) / _file_name(given))
        if not (given["input"] and given["output"]):
            _complete_batching(config, graph)
        batched = config.as_dict()["max_batch_size"] > 0
        for kind, tensors, add in (
            ("input", graph.inputs, config.add_input),
            ("output", graph.outputs, config.add_output),
        ):
            _check_names(given["name"], kind, [entry["name"] for entry in given[kind]], tensors)
            for tensor in tensors:
                add(
                    {
                        "name": tensor.name,
                        "data_type": _TYPES[tensor.dtype],
                        "dims": _written_dims(given["name"], tensor, batched, given[kind], kind),
                    }
                )
        return config

    def initialize(self, args: dict[str, str]) -> None:
        """Open the graph and run it once for each size in `parameters.warm_up_candidates`."""
        config = json.loads(args["model_config"])
        self._batched = config["max_batch_size"] > 0
        level = int(config.get("optimization", {}).get("graph", {}).get("level", 0))
        self._graph = Graph(
            Path(pb.get_model_dir()) / _file_name(config),
            intra_op_threads=int(_parameter(config, "intra_op_thread_count", "1")),
            optimization_level=level,
        )
        sizes = [int(size) for size in _parameter(config, "warm_up_candidates", "").split(",") if size]
        self._graph.warm_up(sizes)

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer the requests of one dynamic batch, in order.

        They are computed as one batch. Where that fails each is computed alone, so that a bad request
        gets its own error and the others their answers.
        """
        feeds = [{tensor.name(): tensor.as_numpy() for tensor in request.inputs()} for request in requests]
        wanted = [list(request.requested_output_names()) for request in requests]
        if self._batched and len(requests) > 1:
            try:
                return self._together(feeds, wanted)
            except Exception as problem:  # whose fault it was shows when each runs alone
                pb.Logger.log_warn(f"a batch of {len(requests)} requests failed, each runs alone: {problem}")
        return [self._alone(*pair) for pair in zip(feeds, wanted, strict=True)]

    def _together(self, feeds: list[dict[str, Any]], wanted: list[list[str]]) -> list[Any]:
        merged = {name: np.concatenate([feed[name] for feed in feeds]) for name in feeds[0]}
        results = self._graph.run(merged, sorted(set().union(*wanted)))
        ends = np.cumsum([len(next(iter(feed.values()))) for feed in feeds]).tolist()
        starts = [0, *ends[:-1]]
        return [
            _response({name: results[name][start:end] for name in names})
            for start, end, names in zip(starts, ends, wanted, strict=True)
        ]

    def _alone(self, feed: dict[str, Any], wanted: list[str]) -> Any:
        try:
            return _response(self._graph.run(feed, wanted))
        except _CALLERS_FAULT as problem:
            code = pb.TritonError.INVALID_ARG
            return pb.InferenceResponse(error=pb.TritonError(_first_line(problem), code))
        except Exception as problem:  # an answer to this request, not the end of the process
            code = pb.TritonError.INTERNAL
            return pb.InferenceResponse(error=pb.TritonError(_first_line(problem), code))


def _complete_batching(config: Any, graph: Graph) -> None:
    """The C++ backend's rule: batch where every tensor's first axis is variable."""
    name, given = config.as_dict()["name"], config.as_dict()["max_batch_size"]
    can_batch = all(tensor.shape[:1] == (-1,) for tensor in (*graph.inputs, *graph.outputs))
    if not can_batch and given > 0:
        raise ValueError(
            f"model [{name}] has max_batch_size [{given}], but the first axis of some tensor is fixed; "
            f"export that axis as variable or set max_batch_size to 0"
        )
    if can_batch:
        config.set_max_batch_size(given or _DEFAULT_MAX_BATCH_SIZE)
        config.set_dynamic_batching()


def _check_names(model: str, kind: str, written: list[str], tensors: tuple[TensorSpec, ...]) -> None:
    unknown = sorted(set(written) - {tensor.name for tensor in tensors})
    if unknown:
        raise ValueError(
            f"model [{model}] has no {kind} {unknown}, the graph's are {[tensor.name for tensor in tensors]}"
        )


def _written_dims(
    model: str, tensor: TensorSpec, batched: bool, written: list[dict[str, Any]], kind: str
) -> list[int]:
    """The axes as a configuration writes them, the batch axis left out.

    The C++ backend lets a configuration fix an axis of an input that the graph leaves open; every other
    difference is an error there, so it is one here.
    """
    dims = list(tensor.shape[1:] if batched else tensor.shape)
    for entry in written:
        given = [int(axis) for axis in entry["dims"]]
        narrows = kind == "input" and len(given) == len(dims)
        if entry["name"] == tensor.name and narrows:
            dims = [axis if axis >= 0 else chosen for axis, chosen in zip(dims, given, strict=True)]
    return dims


def _file_name(config: dict[str, Any]) -> str:
    return str(config.get("default_model_filename") or "model.onnx")


def _parameter(config: dict[str, Any], name: str, default: str) -> str:
    return str(config.get("parameters", {}).get(name, {}).get("string_value", default))


def _response(tensors: dict[str, Any]) -> Any:
    return pb.InferenceResponse([pb.Tensor(name, value) for name, value in tensors.items()])


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0] if str(problem) else type(problem).__name__
