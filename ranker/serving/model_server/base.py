"""The model server as its callers see it: named tensors in, named tensors out, within a deadline."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from ranker.errors import EncoreError

Tensor = NDArray[Any]  # float32 or int64; see `ModelServer.infer`
Cause = Literal["unavailable", "timeout", "invalid", "not_found"]


class ModelServerError(EncoreError):
    """A call to the model server failed; `cause` says what a caller can do about it.

    Attributes:
        cause: `unavailable`, the server or the model's process is down: fall back, try later;
            `timeout`, no answer within the deadline: fall back; `invalid`, the tensors do not fit the
            model: a fault of the caller, the same call will fail again; `not_found`, no such model or
            version is loaded.
    """

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause: Cause = cause


class ModelServer(Protocol):
    """Runs ONNX models by name and version.

    One instance serves one event loop and any number of concurrent calls there. It keeps connections or
    sessions; `close` it once, after the last call. It is not for listing, publishing or training models.
    """

    async def infer(
        self,
        model: str,
        inputs: Mapping[str, Tensor],
        outputs: Sequence[str] | None = None,
        *,
        version: str = "",
        timeout_seconds: float,
    ) -> dict[str, Tensor]:
        """Run one model once.

        Args:
            model: Name of its folder in the model repository.
            inputs: Tensor by input name, float32 or int64, with every axis that the graph has; where the
                first axis is the batch, concurrent calls may be computed together.
            outputs: Names wanted; None: all of the model's.
            version: Folder name of the version ("3"); "": the newest that is loaded.
            timeout_seconds: The call's deadline, waiting included.

        Returns:
            Tensor by output name. They may be read-only.

        Raises:
            ModelServerError: See its causes.
        """
        ...

    async def probe(self, model: str, *, version: str = "", timeout_seconds: float = 1.0) -> None:
        """One real inference on zeros, every variable axis of size 1.

        A server's own readiness flag is not asked: it stays "ready" when the process behind a model died.

        Raises:
            ModelServerError: The model does not answer.
        """
        ...

    async def ready(self, model: str, *, version: str = "", timeout_seconds: float = 1.0) -> bool:
        """Whether `probe` succeeds."""
        ...

    async def versions(self, model: str, *, timeout_seconds: float = 5.0) -> tuple[int, ...]:
        """The versions that serve now, oldest first; a model that isn't loaded has none.

        Raises:
            ModelServerError: The server itself is unavailable, or does not answer in time.
        """
        ...

    async def load(self, model: str) -> None:
        """Load the newest versions in the repository, while the ones already loaded go on answering.

        What was loaded stays when a newer version turns out to be broken.

        Raises:
            ModelServerError: `not_found`, no such folder; `invalid`, a version cannot be loaded.
        """
        ...

    async def unload(self, model: str) -> None:
        """Stop answering for a model and free what it holds; a model that isn't loaded is no error."""
        ...

    async def close(self) -> None:
        """Release connections, sessions and threads; a second call does nothing."""
        ...
