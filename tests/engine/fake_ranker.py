"""A ranker of few lines that speaks the real wire, for faults that the real one can't be made to have.

It answers from threads over HTTP, so that a test can stall, break or garble an answer at any byte.
"""

import base64
import contextlib
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import numpy as np

from ranker.serving.wire import BINARY, ScoreAnswer, ScoreRequest, decode_request, encode_answer

TIERS = ("bad", "fair_fair", "fair_good", "good")
SCORED_BY = {"mmoe": "3", "formula": "1"}
STORED_BY = {"mmoe": "2", "formula": "1"}  # an earlier page's, before a new model came
Scores = Callable[[ScoreRequest], tuple[list[int], list[float]]]
Plans = Callable[[dict[str, Any]], dict[str, Any] | bytes]


def number(video_id: str) -> int:
    """17 of "v017"."""
    return int(re.sub(r"\D", "", video_id))


def by_number(request: ScoreRequest) -> tuple[list[int], list[float]]:
    """Tier = number mod 4, u = number / 1000: an order that the coarse scores don't have."""
    numbers = [number(item) for item in request.ids]
    return [n % 4 for n in numbers], [n / 1000 for n in numbers]


def no_plan(request: dict[str, Any]) -> dict[str, Any]:
    """Nothing to look for."""
    return {}


def encode_floats(vector: Sequence[float]) -> str:
    """As plans carry vectors: base64 of little-endian float32."""
    return base64.b64encode(np.array(vector, "<f4").tobytes()).decode()


def whole_plan(request: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """The plan of a request with these parts; what is missing is empty."""
    return {
        "schema": 1,
        "generation": request["generation"],
        "versions": {"dictionary": "d1", "configuration": "1", "encoder": "e1"},
        "normalized": request["text"].lower(),
        "segments": [],
        "entities": [],
        "rewrites": [],
        "personal": [],
        "filters": [],
    } | parts


class FakeRanker:
    """Listens on loopback; `behave` is called for each request and may answer as badly as it likes.

    Attributes:
        requests: What came, decoded, in order.
        headers: The HTTP headers of each.
        score: Makes tiers and u of a request.
        stored: Positions of the candidates that a good answer calls known from an earlier page.
        behave: Replaces the good answer; takes the handler and the body that a good ranker would send.
        asked: The requests for plans that came, in order.
        asked_headers: The HTTP headers of each.
        plan: Makes the plan of such a request; `whole_plan` completes a dict, bytes are sent as they are.
        behave_plan: As `behave`, for plans.

    Args:
        tls: Its certificate, for https.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.requests: list[ScoreRequest] = []
        self.headers: list[dict[str, str]] = []
        self.score: Scores = by_number
        self.stored: Callable[[ScoreRequest], list[int]] = lambda request: []
        self.behave: Callable[[Any, bytes], None] | None = None
        self.asked: list[dict[str, Any]] = []
        self.asked_headers: list[dict[str, str]] = []
        self.plan: Plans = no_plan
        self.behave_plan: Callable[[Any, bytes], None] | None = None
        self._connections: list[socket.socket] = []
        self.released = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0
        self.listen()

    @property
    def address(self) -> str:
        return f"{'http' if self._tls is None else 'https'}://127.0.0.1:{self.port}"

    def listen(self) -> None:
        """Opens the port, the same one again after `refuse`."""
        fake = self

        class Handler(_Handler):
            ranker = fake

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        server.daemon_threads = True
        if self._tls is not None:
            server.socket = self._tls.wrap_socket(server.socket, server_side=True)
        self.port = server.server_port
        self._server = server
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def refuse(self) -> None:
        """Closes port and connections, as a process that dies does: connections are refused from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._connections.clear()

    def good(self) -> None:
        """Answers well again, and lets stalled answers go."""
        self.behave = None
        self.behave_plan = None
        self.score = by_number
        self.plan = no_plan
        self.released.set()
        self.released = threading.Event()
        if self._server is None:
            self.listen()

    def forget(self) -> None:
        self.requests.clear()
        self.headers.clear()
        self.asked.clear()
        self.asked_headers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self.refuse()


class _Handler(BaseHTTPRequestHandler):
    ranker: FakeRanker
    scored: ScoreRequest
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.ranker._connections.append(self.connection)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/understand":
            self.understand(json.loads(body))
            return
        if self.path != "/v1/score":
            self.send_error(404)
            return
        request = decode_request(body, self.headers["Content-Type"])
        self.scored = request
        self.ranker.requests.append(request)
        self.ranker.headers.append(dict(self.headers))
        self.send_good(
            good_answer(request, self.ranker.score, self.ranker.stored(request)), self.ranker.behave
        )

    def understand(self, request: dict[str, Any]) -> None:
        self.ranker.asked.append(request)
        self.ranker.asked_headers.append(dict(self.headers))
        plan = self.ranker.plan(request)
        body = plan if isinstance(plan, bytes) else json.dumps(whole_plan(request, plan)).encode()
        self.send_good(body, self.ranker.behave_plan)

    def send_good(self, answer: bytes, behave: Callable[[Any, bytes], None] | None) -> None:
        if behave is None:
            self.answer(answer)
        else:
            try:
                behave(self, answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", BINARY)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def good_answer(request: ScoreRequest, score: Scores, stored: list[int]) -> bytes:
    tier, u = score(request)
    marks = (["stored"] if stored else []) + (["scored"] if len(stored) < len(tier) else [])
    explanation = [
        parts(t, value, request.meta.generation, STORED_BY if i in stored else SCORED_BY)
        for i, (t, value) in enumerate(zip(tier, u, strict=True))
    ]
    answer = ScoreAnswer(
        request_id=request.meta.request_id,
        tier=np.array(tier, np.uint8),
        u=np.array(u, np.float64),
        versions=SCORED_BY,
        generation=request.meta.generation,
        marks=marks,
        stored=stored if len(marks) > 1 else None,
        explanation=explanation if request.explain else None,
    )
    return encode_answer(answer, request.ids, BINARY)[0]


def parts(tier: int, u: float, generation: str, versions: dict[str, str]) -> dict[str, Any]:
    """A candidate's explanation as the real ranker sends it, of a formula in which u is the click alone."""
    reached = {name: float(tier >= at) for at, name in enumerate(TIERS[1:], 1)}
    values = {"relevance": tier / 4, "click": u}
    return {
        "score": 1 + tier + u,
        "tier": tier,
        "tier_name": TIERS[tier],
        "u": u,
        "tier_probabilities": {name: float(at == tier) for at, name in enumerate(TIERS)},
        "predictions": {"click": u, "like": 0.25},
        "formula": {
            "version": "1",
            "tier_at_least": dict.fromkeys(TIERS[1:], 0.5),
            "reached": reached,
            "weights": {"relevance": 0.0, "click": 2.0},
            "values": values,
            "text": f"tier {tier}; u = click {u}",
        },
        "versions": versions,
        "generation": generation,
    }


def slow(seconds: float) -> Callable[[Any, bytes], None]:
    """Answers well, but late."""

    def behave(handler: Any, body: bytes) -> None:
        handler.ranker.released.wait(seconds)
        handler.answer(body)

    return behave


def stalled_mid_body(handler: Any, body: bytes) -> None:
    """Sends half of the answer and then nothing, until released."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.ranker.released.wait(30)
    handler.close_connection = True


def broken_mid_body(handler: Any, body: bytes) -> None:
    """Sends half of the answer and hangs up."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def hanging_up(handler: Any, body: bytes) -> None:
    """Hangs up without a word."""
    handler.close_connection = True


def unavailable(cause: str) -> Callable[[Any, bytes], None]:
    """Says 503 with a cause, as the real one does."""

    def behave(handler: Any, body: bytes) -> None:
        reason = json.dumps({"error": {"cause": cause, "reason": "by the test"}}).encode()
        handler.answer(reason, 503, X_Encore_Cause=cause)

    return behave


def only_shard(shard: int, fault: Callable[[Any, bytes], None]) -> Callable[[Any, bytes], None]:
    """Behaves badly towards one shard and well towards the others."""

    def behave(handler: Any, body: bytes) -> None:
        if handler.scored.meta.shard == shard:
            fault(handler, body)
        else:
            handler.answer(body)

    return behave


def answering(change: Callable[[bytes], bytes]) -> Callable[[Any, bytes], None]:
    """Sends the good answer changed."""

    def behave(handler: Any, body: bytes) -> None:
        handler.answer(change(body))

    return behave


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Waits until a condition holds, or fails the test."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the condition did not come to hold in time"
        time.sleep(0.01)
