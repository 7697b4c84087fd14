"""A search engine's REST interface, as far as the index needs it; the same for both engines."""

import json
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import sleep
from types import TracebackType
from typing import Any, Self

import httpx

from ranker.errors import EncoreError, MissingPartError
from ranker.settings import Engine

_BULK_BYTES = 8 << 20  # a request's size: large enough to amortise, a small part of the engine's heap
_BULK_TRIES = 8  # with pauses that double from 0.1 s: 25 s of a full queue
_TIMEOUT_SECONDS = 120.0


class EngineError(EncoreError):
    """The engine answered with an error.

    Attributes:
        status: HTTP status.
        kind: The engine's own name of it, such as "index_not_found_exception".
    """

    def __init__(self, message: str, status: int, kind: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


@dataclass(frozen=True)
class Product:
    """What answers at an address."""

    engine: Engine
    version: str


class EngineRest:
    """JSON calls to one node. Not thread-safe; a context manager that closes its connections.

    Args:
        url: Its address.
        timeout_seconds: For each call.
        user: Name and password, where it asks for them.
        tls: Which certificates it is known by; None: the system's.
        todo: What a person can do when it does not answer.
    """

    def __init__(
        self,
        url: str,
        timeout_seconds: float = _TIMEOUT_SECONDS,
        *,
        user: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        todo: str = "start it with `encore up`",
    ) -> None:
        self.url = url
        self._todo = todo
        self._http = httpx.Client(
            base_url=url, timeout=timeout_seconds, trust_env=False, auth=user, verify=tls or True
        )

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        parameters: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON answer to one request.

        Raises:
            MissingPartError: Nothing answers at the address.
            EngineError: An answer of 400 or more.
        """
        return self.exchange(method, path, body, parameters).json()

    def exchange(
        self, method: str, path: str, body: Any = None, parameters: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """As `call`, with the headers of the answer too."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self.send(method, path, content, "application/json", parameters)

    def attempt(self, method: str, path: str, content: bytes | None = None) -> httpx.Response:
        """Whatever is answered to these bytes, called JSON, an error too.

        Raises:
            httpx.TransportError: There is no answer.
        """
        return self._http.request(method, path, content=content, headers={"Content-Type": "application/json"})

    def product(self) -> Product:
        """Which engine this is, and of which version, by its answer to GET /.

        Raises:
            EncoreError: It is neither of the two.
        """
        version = self.call("GET", "/").get("version", {})
        number = str(version.get("number"))
        if version.get("distribution") == "opensearch":
            return Product("opensearch", number)
        if "build_flavor" in version and "distribution" not in version:
            return Product("elasticsearch", number)
        raise EncoreError(
            f"[{self.url}] answers as [{version}]: neither Elasticsearch nor OpenSearch; correct its address"
        )

    def exists(self, path: str) -> bool:
        """Whether a HEAD of the path is a 200."""
        try:
            self.send("HEAD", path, None, "application/json", None)
        except EngineError as error:
            if error.status == 404:
                return False
            raise
        return True

    def bulk(self, index: str, actions: Iterable[tuple[Mapping[str, Any], bytes | None]]) -> Iterator[int]:
        """Send bulk actions in parts, yielding how many each part held; a full queue is waited for.

        Args:
            index: The concrete index.
            actions: Pairs (action line, document as JSON or None), such as ({"index": {"_id": …}}, b"{…}").

        Raises:
            EngineError: The first document that the engine refused, with its reason.
        """
        for lines, count in _parts(actions):
            self._bulk_part(index, lines)
            yield count

    def _bulk_part(self, index: str, lines: list[bytes]) -> None:
        content = b"\n".join(lines) + b"\n"
        for attempt in range(_BULK_TRIES):
            try:
                answer = self.send("POST", f"/{index}/_bulk", content, "application/x-ndjson", None).json()
            except EngineError as error:
                if error.status != 429 or attempt == _BULK_TRIES - 1:
                    raise
            else:
                failed = [item for entry in answer["items"] for item in entry.values() if "error" in item]
                if not failed:
                    return
                lasting = [item for item in failed if item["status"] != 429]
                if lasting or attempt == _BULK_TRIES - 1:
                    raise _document_error((lasting or failed)[0])
            sleep(0.1 * 2**attempt)

    def send(
        self,
        method: str,
        path: str,
        content: bytes | None,
        content_type: str,
        parameters: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """As `exchange`, with a body of any kind."""
        headers = {"Content-Type": content_type} if content is not None else {}
        try:
            answer = self._http.request(
                method,
                path,
                content=content,
                params=dict(parameters) if parameters else None,
                headers=headers,
            )
        except httpx.TransportError as error:
            raise MissingPartError(
                f"no search engine answers at [{self.url}] ({error}): {self._todo}"
            ) from None
        if answer.status_code >= 400:
            raise _error(method, path, answer)
        return answer

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _parts(actions: Iterable[tuple[Mapping[str, Any], bytes | None]]) -> Iterator[tuple[list[bytes], int]]:
    lines: list[bytes] = []
    size = count = 0
    for action, document in actions:
        added = [json.dumps(action, ensure_ascii=False).encode()]
        if document is not None:
            added.append(document)
        grown = sum(map(len, added))
        if lines and size + grown > _BULK_BYTES:
            yield lines, count
            lines, size, count = [], 0, 0
        lines += added
        size += grown
        count += 1
    if lines:
        yield lines, count


def _error(method: str, path: str, answer: httpx.Response) -> EngineError:
    try:
        error = answer.json()["error"]
        kind, reason = error["type"], _root(error)
    except (ValueError, KeyError, TypeError):
        kind, reason = "unknown", answer.text[:400]
    message = f"the engine refused [{method} {path}] with [{answer.status_code}]: {reason}"
    return EngineError(message, answer.status_code, kind)


def _root(error: Mapping[str, Any]) -> str:
    reason = str(error.get("reason") or error.get("type"))
    cause = error.get("caused_by")
    return f"{reason}: {_root(cause)}" if isinstance(cause, Mapping) else reason


def _document_error(item: Mapping[str, Any]) -> EngineError:
    message = f"the engine refused document [{item['_id']}] with [{item['status']}]: {_root(item['error'])}"
    return EngineError(message, item["status"], item["error"].get("type", "unknown"))
