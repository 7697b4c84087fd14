"""The Triton server behind the interface, over gRPC.

Never over HTTP: its client waits on a stopped server beyond any deadline, raises other errors when the
server dies, and must not change threads.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import grpc
import numpy as np
from tritonclient.grpc import service_pb2, service_pb2_grpc

from ranker.serving.model_server.base import Cause, ModelServerError, Tensor
from ranker.serving.model_server.lane import Lane

_DTYPES: Final[dict[str, np.dtype[Any]]] = {"FP32": np.dtype("float32"), "INT64": np.dtype("int64")}
_TYPES: Final = {dtype: name for name, dtype in _DTYPES.items()}
_CONTROL_TIMEOUT_SECONDS: Final = 5.0
_LOAD_TIMEOUT_SECONDS: Final = 60.0  # loads of small models took 1–2 s; a large one on a busy machine more
_CHANNEL_OPTIONS: Final = (
    # A thousand candidates with a thousand floats each are 4 MB, gRPC's own limit.
    ("grpc.max_receive_message_length", 64 << 20),
    ("grpc.max_send_message_length", 64 << 20),
    # A server that was killed is back within seconds: look for it often. gRPC's own backoff grows to 120 s.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
)
_CAUSES: Final[dict[grpc.StatusCode, Cause]] = {
    grpc.StatusCode.INVALID_ARGUMENT: "invalid",
    grpc.StatusCode.OUT_OF_RANGE: "invalid",
    grpc.StatusCode.UNIMPLEMENTED: "invalid",
    grpc.StatusCode.NOT_FOUND: "not_found",
    grpc.StatusCode.DEADLINE_EXCEEDED: "timeout",
}  # everything else, INTERNAL (a dead stub) and UNAVAILABLE first of all: "unavailable"


class TritonModelServer:
    """A `ModelServer` on one gRPC channel, shared by all calls; made inside the event loop that uses it.

    The channel connects by itself, again and again, so a server may start or restart later.

    Args:
        address: "host:port" of Triton's gRPC service.
        calls_at_once: Most calls of a model at the server, see `Lane`; more wait here. Two are enough to
            keep an instance busy, four let it merge two and two.
        metadata: Headers of every call, for a server that restricts a protocol by a header.
    """

    def __init__(
        self, address: str, *, calls_at_once: int = 4, metadata: Mapping[str, str] | None = None
    ) -> None:
        self._address = address
        self._lanes: defaultdict[str, Lane] = defaultdict(lambda: Lane(calls_at_once))
        self._metadata = tuple((metadata or {}).items())
        self._channel = grpc.aio.insecure_channel(address, options=list(_CHANNEL_OPTIONS))
        self._stub: Any = service_pb2_grpc.GRPCInferenceServiceStub(self._channel)
        self._zeros: dict[tuple[str, str], dict[str, Tensor]] = {}

    async def infer(
        self,
        model: str,
        inputs: Mapping[str, Tensor],
        outputs: Sequence[str] | None = None,
        *,
        version: str = "",
        timeout_seconds: float,
    ) -> dict[str, Tensor]:
        """See `ModelServer.infer`. The tensors returned are read-only views of the answer."""
        request = infer_request(model, version, inputs, outputs)
        try:
            answer = await self._lanes[model].run(
                lambda seconds: self._call("ModelInfer", request, seconds), timeout_seconds
            )
        except TimeoutError:
            raise ModelServerError(
                "timeout", f"model [{model}] is busy: no place within [{timeout_seconds}] s"
            ) from None
        return {
            output.name: np.frombuffer(content, _DTYPES[output.datatype]).reshape(output.shape)
            for output, content in zip(answer.outputs, answer.raw_output_contents, strict=True)
        }

    async def probe(self, model: str, *, version: str = "", timeout_seconds: float = 1.0) -> None:
        """See `ModelServer.probe`."""
        key = (model, version)
        if key not in self._zeros:
            self._zeros[key] = await self._model_zeros(model, version, timeout_seconds)
        try:
            await self.infer(model, self._zeros[key], version=version, timeout_seconds=timeout_seconds)
        except ModelServerError:
            self._zeros.pop(key, None)  # a version published meanwhile may have other shapes
            raise

    async def ready(self, model: str, *, version: str = "", timeout_seconds: float = 1.0) -> bool:
        """See `ModelServer.ready`."""
        try:
            await self.probe(model, version=version, timeout_seconds=timeout_seconds)
        except ModelServerError:
            return False
        return True

    async def live(self, timeout_seconds: float = 1.0) -> bool:
        """Whether the server process answers at all; says nothing about any model."""
        try:
            answer = await self._call("ServerLive", service_pb2.ServerLiveRequest(), timeout_seconds)
        except ModelServerError:
            return False
        return bool(answer.live)

    async def versions(self, model: str, *, timeout_seconds: float = 5.0) -> tuple[int, ...]:
        """See `ModelServer.versions`."""
        request = service_pb2.ModelMetadataRequest(name=model)
        try:
            answer = await self._call("ModelMetadata", request, timeout_seconds)
        except ModelServerError as error:
            # "unavailable" by a server that is there: the model is between two states.
            if error.cause == "not_found" or (error.cause == "unavailable" and await self.live()):
                return ()
            raise
        return tuple(sorted(int(version) for version in answer.versions))

    async def load(self, model: str) -> None:
        """See `ModelServer.load`."""
        self._forget_zeros(model)
        request = service_pb2.RepositoryModelLoadRequest(model_name=model)
        try:
            await self._call("RepositoryModelLoad", request, _LOAD_TIMEOUT_SECONDS)
        except ModelServerError as error:
            # Triton says "internal" for a folder that is missing as for a dead server's half-made process.
            if error.cause != "unavailable" or await self._in_repository(model):
                raise
            raise ModelServerError("not_found", f"the repository has no model [{model}]: {error}") from None

    async def unload(self, model: str) -> None:
        """See `ModelServer.unload`."""
        self._forget_zeros(model)
        request = service_pb2.RepositoryModelUnloadRequest(model_name=model)
        await self._call("RepositoryModelUnload", request, _LOAD_TIMEOUT_SECONDS)

    async def close(self) -> None:
        """See `ModelServer.close`."""
        await self._channel.close(None)

    def _forget_zeros(self, model: str) -> None:
        for key in [key for key in self._zeros if key[0] == model]:
            del self._zeros[key]

    async def _in_repository(self, model: str) -> bool:
        request = service_pb2.RepositoryIndexRequest()
        answer = await self._call("RepositoryIndex", request, _CONTROL_TIMEOUT_SECONDS)
        return any(entry.name == model for entry in answer.models)

    async def _model_zeros(self, model: str, version: str, timeout_seconds: float) -> dict[str, Tensor]:
        request = service_pb2.ModelMetadataRequest(name=model, version=version)
        answer = await self._call("ModelMetadata", request, timeout_seconds)
        return {
            tensor.name: np.zeros([abs(axis) for axis in tensor.shape], _DTYPES[tensor.datatype])
            for tensor in answer.inputs
        }

    async def _call(self, method: str, request: Any, timeout_seconds: float) -> Any:
        try:
            return await getattr(self._stub, method)(
                request, timeout=timeout_seconds, metadata=self._metadata
            )
        except grpc.aio.AioRpcError as error:
            cause = _CAUSES.get(error.code(), "unavailable")
            reason = (error.details() or error.code().name).splitlines()[0]
            raise ModelServerError(
                cause, f"the model server at [{self._address}] answered {method} with [{cause}]: {reason}"
            ) from None


def infer_request(
    model: str, version: str, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
) -> Any:
    """The message of one inference, tensors as raw bytes."""
    request = service_pb2.ModelInferRequest(model_name=model, model_version=version)
    for name, tensor in inputs.items():
        request.inputs.add(name=name, datatype=_type(model, name, tensor), shape=tensor.shape)
        request.raw_input_contents.append(tensor.tobytes())
    for name in outputs or ():
        request.outputs.add(name=name)
    return request


def _type(model: str, name: str, tensor: Tensor) -> str:
    if tensor.dtype not in _TYPES:
        raise ModelServerError(
            "invalid", f"input [{name}] of model [{model}] is [{tensor.dtype}]; pass float32 or int64"
        )
    return _TYPES[tensor.dtype]
