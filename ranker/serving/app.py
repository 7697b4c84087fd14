"""The ranker's doors, as one raw ASGI application: a table of routes, and one way to say no."""

import errno
import hmac
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from ranker.errors import EncoreError, InvalidInputError
from ranker.serving import wire
from ranker.serving.events import EventReceiver
from ranker.serving.generations import Generations, UnknownGenerationError
from ranker.serving.group_commit import QueueFullError
from ranker.serving.http import (
    BodyTooLargeError,
    ClientGoneError,
    Receive,
    Reply,
    Request,
    Scope,
    Send,
    deadline_seconds,
    json_reply,
    refusal,
)
from ranker.serving.metrics import Metrics
from ranker.serving.scorer import Scorer
from ranker.serving.unavailable import UnavailableError
from ranker.serving.understand import Understanding

_log = logging.getLogger(__name__)
_MOST_EVENT_BYTES: Final = 4 << 20
_MOST_UPSERT_BYTES: Final = 16 << 20
_DISK_ERRORS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)


class Health(Protocol):
    """Whether the models answer, by a real inference."""

    async def check(self) -> dict[str, object]:
        """{"ok": bool, …} with what is wrong."""
        ...


class App:
    """Routes requests; every reply is counted by route and status.

    Args:
        scorer: Answers `/v1/score`.
        understanding: Answers `/v1/understand`.
        events: Takes `/v1/events`.
        generations: Activated and mended by `/v1/generations…`.
        health: Asked by `/health`.
        metrics: Shown by `/metrics`.
        token: Bearer token that every route but `/health` asks for; None: none is asked.
    """

    def __init__(
        self,
        scorer: Scorer,
        understanding: Understanding,
        events: EventReceiver,
        generations: Generations,
        health: Health,
        metrics: Metrics,
        token: str | None = None,
    ) -> None:
        self._scorer = scorer
        self._events = events
        self._generations = generations
        self._health = health
        self._metrics = metrics
        self._token = token
        self._routes: dict[tuple[str, str], Callable[[Request], Awaitable[Reply]]] = {
            ("POST", "/v1/score"): self._score,
            ("POST", "/v1/understand"): understanding.reply,
            ("POST", "/v1/events"): self._receive_events,
            ("GET", "/v1/generations"): self._list_generations,
            ("GET", "/health"): self._show_health,
            ("GET", "/metrics"): self._show_metrics,
        }
        self._generation_routes: dict[tuple[str, str], Callable[[Request, str], Awaitable[Reply]]] = {
            ("POST", "activate"): self._activate,
            ("POST", "videos"): self._upsert,
            ("DELETE", "videos"): self._delete,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI connection scope."""
        if scope["type"] != "http":
            raise NotImplementedError(f"scope [{scope['type']}] is not served")
        request = Request.of(scope, receive)
        route = "unknown"  # a path is a label only once it is one of ours
        try:
            handler, route = self._find(request)
            reply = await handler(request)
        except ClientGoneError:
            return
        except Exception as error:
            reply = _refuse(error)
            if reply.status == 500:
                _log.exception("a request to [%s] failed", route)
        self._metrics.requests.labels(route, reply.status).inc()
        await reply.send(send)

    def _find(self, request: Request) -> tuple[Callable[[Request], Awaitable[Reply]], str]:
        if self._token is not None and request.path != "/health":
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
                raise _NotAllowedError
        handler = self._routes.get((request.method, request.path))
        if handler is not None:
            return handler, request.path
        parts = request.path.split("/")
        if len(parts) == 5 and parts[:3] == ["", "v1", "generations"]:
            by_name = self._generation_routes.get((request.method, parts[4]))
            if by_name is not None:
                name = parts[3]
                return lambda req: by_name(req, name), f"/v1/generations/*/{parts[4]}"
        raise _NoRouteError(f"[{request.method} {request.path}] is no route of the ranker")

    async def _score(self, request: Request) -> Reply:
        began = time.perf_counter()
        deadline = deadline_seconds(request)
        body = await request.body(wire.MOST_BYTES)
        score_request = wire.decode_request(body, request.headers.get("content-type", ""))
        self._metrics.in_flight.inc()
        try:
            answer = await self._scorer.score(score_request, deadline - (time.perf_counter() - began))
        finally:
            self._metrics.in_flight.dec()
        accept = request.headers.get("accept", "")
        if accept in ("", "*/*"):
            accept = request.headers.get("content-type", "")
        encoded, content_type = wire.encode_answer(answer, score_request.ids, accept)
        self._metrics.score_seconds.observe(time.perf_counter() - began)
        return Reply(200, encoded, content_type, {"x-encore-request-id": answer.request_id})

    async def _receive_events(self, request: Request) -> Reply:
        outcome = await self._events.receive(await request.body(_MOST_EVENT_BYTES))
        self._metrics.events.labels("accepted").inc(outcome["accepted"])
        self._metrics.events.labels("duplicate").inc(outcome["duplicates"])
        self._metrics.events.labels("refused").inc(len(outcome["refused"]))
        return json_reply(200, outcome)

    async def _list_generations(self, request: Request) -> Reply:
        del request
        return json_reply(200, {"generations": self._generations.describe()})

    async def _activate(self, request: Request, name: str) -> Reply:
        del request
        return json_reply(200, await self._generations.activate(name))

    async def _upsert(self, request: Request, name: str) -> Reply:
        count = await self._generations.upsert(name, await request.body(_MOST_UPSERT_BYTES))
        return json_reply(200, {"upserted": count})

    async def _delete(self, request: Request, name: str) -> Reply:
        count = await self._generations.delete(name, await request.body(_MOST_UPSERT_BYTES))
        return json_reply(200, {"deleted": count})

    async def _show_health(self, request: Request) -> Reply:
        del request
        state = await self._health.check()
        return json_reply(200 if state["ok"] else 503, state)

    async def _show_metrics(self, request: Request) -> Reply:
        del request
        return Reply(200, self._metrics.exposition(), "text/plain; version=0.0.4; charset=utf-8")


class _NoRouteError(EncoreError):
    """No such path, or not with this method."""


class _NotAllowedError(Exception):
    """The bearer token is missing or wrong."""


def _refuse(error: Exception) -> Reply:  # noqa: PLR0911 - one table of errors
    match error:
        case UnavailableError():
            return refusal(503, error.cause, str(error))
        case UnknownGenerationError():
            return refusal(503, "generation_unknown", str(error))
        case _NoRouteError():
            return refusal(404, "not_found", str(error))
        case InvalidInputError():
            return refusal(400, "bad_request", str(error))
        case BodyTooLargeError():
            return refusal(413, "too_large", "the body exceeds the route's limit; send less at once")
        case _NotAllowedError():
            return refusal(401, "not_allowed", "send the ranker's token as a bearer token")
        case QueueFullError():
            return refusal(429, "queue_full", str(error), {"retry-after": "1"})
        case OSError() if error.errno in _DISK_ERRORS:
            return refusal(507, "disk", f"nothing was taken: [{error.strerror or error}]")
        case _:
            return refusal(
                500, "ranker_error", f"[{type(error).__name__}] is a fault of the ranker; see its log"
            )
