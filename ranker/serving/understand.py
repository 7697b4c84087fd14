"""`POST /v1/understand`: from a text to its plan.

What the cache holds is made of the text alone: no user, context or request id gets into it, nor into its
key. What depends on the user (personal routes, later) is added to a copy. `QueryPlan` is immutable.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, Literal, Protocol

import msgspec

from ranker.errors import InvalidInputError
from ranker.serving.http import Reply, Request, deadline_seconds
from ranker.serving.metrics import Metrics
from ranker.serving.query_vectors import QueryVectors
from ranker.serving.unavailable import UnavailableError
from ranker.understanding.plan import MOST_CHARACTERS, QueryPlan, encode_plan
from ranker.understanding.planner import Planner

MOST_BYTES: Final = 64 << 10
_JSON: Final = "application/json"
_MOST_NAME_CHARACTERS: Final = 256
_MOST_PLANS: Final = 10_000  # about 3 KB each
_MOST_IN_FLIGHT: Final = 256
_VECTOR_SHARE: Final = 0.7  # of what is left of the deadline: a plan without a vector beats none

Route = Literal["text", "entity", "vector"]


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the plan is for. `routes` None: all that cost nothing; a vector is made only if asked for."""

    routes: list[Route] | None = None
    vector: bool = False

    @property
    def wants_entities(self) -> bool:
        """Whether entities are looked for."""
        return self.routes is None or "entity" in self.routes

    @property
    def wants_vector(self) -> bool:
        """Whether the query's vector is made."""
        return self.vector or (self.routes is not None and "vector" in self.routes)


class UnderstandRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who asks for the plan of what. `now` is UTC milliseconds; "" names the newest generation."""

    text: str
    user: str | None = None
    context: dict[str, Any] = {}
    options: PlanOptions = PlanOptions()
    index: str = ""
    generation: str = ""
    request_id: str = ""
    now: int = 0


class Understood(Protocol):
    """A held generation, as far as plans need it."""

    planner: Planner


_decode = msgspec.json.Decoder(UnderstandRequest).decode
_Key = tuple[str, str, str, str, bool]


def decode_request(body: bytes, content_type: str) -> UnderstandRequest:
    """Read and check a request.

    Raises:
        InvalidInputError: It is none, with the offending value in [brackets].
    """
    if content_type.partition(";")[0].strip().lower() != _JSON:
        raise InvalidInputError(f"content type [{content_type}] is unknown; send [{_JSON}]")
    try:
        request = _decode(body)
    except msgspec.MsgspecError as error:
        raise InvalidInputError(f"the request is wrong: [{error}]") from None
    if not request.text.strip():
        raise InvalidInputError(f"text [{request.text}] is blank; say what is searched for")
    if len(request.text) > MOST_CHARACTERS:
        raise InvalidInputError(
            f"a text of [{len(request.text)}] characters exceeds the limit of [{MOST_CHARACTERS}]"
        )
    for name in ("user", "index", "generation", "request_id"):
        value = getattr(request, name)
        if value is not None and len(value) > _MOST_NAME_CHARACTERS:
            raise InvalidInputError(
                f"{name} of [{len(value)}] characters exceeds the limit of [{_MOST_NAME_CHARACTERS}]"
            )
    if not 0 <= request.now < 1 << 53:
        raise InvalidInputError(f"now [{request.now}] is not a time in UTC milliseconds")
    return request


class Understanding:
    """Answers `/v1/understand`. Lives on one event loop.

    Args:
        find: The generation of a name.
        vectors: Makes vectors; None: plans have none.
        metrics: Where things are counted.
        most_plans: Plans kept.
        most_in_flight: Bound on requests under way, which is to say waiting for their vectors.
    """

    def __init__(
        self,
        find: Callable[[str], Understood],
        vectors: QueryVectors | None,
        metrics: Metrics,
        most_plans: int = _MOST_PLANS,
        most_in_flight: int = _MOST_IN_FLIGHT,
    ) -> None:
        self._find = find
        self._vectors = vectors
        self._metrics = metrics
        self._most_plans = most_plans
        self._most_in_flight = most_in_flight
        self._in_flight = 0
        self._plans: OrderedDict[_Key, QueryPlan] = OrderedDict()

    async def reply(self, request: Request) -> Reply:
        """The route's handler."""
        began = time.perf_counter()
        deadline = deadline_seconds(request)
        body = await request.body(MOST_BYTES)
        asked = decode_request(body, request.headers.get("content-type", ""))
        plan = await self.understand(asked, deadline - (time.perf_counter() - began))
        self._metrics.understand_seconds.observe(time.perf_counter() - began)
        headers = {"x-encore-request-id": asked.request_id} if asked.request_id else {}
        return Reply(200, encode_plan(plan), _JSON, headers)

    async def understand(self, request: UnderstandRequest, deadline_seconds: float) -> QueryPlan:
        """The plan for a request, its user's routes included.

        Raises:
            UnavailableError: With the cause that the plugin marks.
        """
        if deadline_seconds <= 0:
            raise self._unavailable("deadline", "the caller's deadline has passed")
        if self._in_flight >= self._most_in_flight:
            raise self._unavailable(
                "overloaded",
                f"[{self._in_flight}] requests are under way; the bound is [{self._most_in_flight}]",
            )
        self._in_flight += 1
        try:
            planner = self._find(request.generation).planner
            plan = self._plan(planner, request.text, request.options)
            own: dict[str, Any] = {}
            if request.options.wants_vector and self._vectors is not None:
                encoder, patience = planner.versions.encoder, _VECTOR_SHARE * deadline_seconds
                vector = await self._vectors.vector(encoder, request.text, patience)
                own = {} if vector is None else {"vector": vector}
            personal = self._personal(request, planner)
            if personal:
                own["personal"] = personal
        finally:
            self._in_flight -= 1
        return msgspec.structs.replace(plan, **own) if own else plan

    def _plan(self, planner: Planner, text: str, options: PlanOptions) -> QueryPlan:
        """The part of a plan that is the same for everybody."""
        versions = planner.versions
        key = (
            planner.generation,
            versions.dictionary,
            versions.configuration,
            text,
            options.wants_entities,
        )
        plan = self._plans.get(key)
        if plan is not None:
            self._plans.move_to_end(key)
            self._metrics.plans.labels("kept").inc()
            return plan
        plan = planner.plan(text)
        if not options.wants_entities:
            plan = msgspec.structs.replace(plan, entities=[])
        self._metrics.plans.labels("made").inc()
        self._plans[key] = plan
        if len(self._plans) > self._most_plans:
            self._plans.popitem(last=False)
        return plan

    def _personal(self, request: UnderstandRequest, planner: Planner) -> list[Any]:
        """What to look for because of who asks; schema 1 has none."""
        del request, planner
        return []

    def _unavailable(self, cause: str, reason: str) -> UnavailableError:
        self._metrics.understand_failures.labels(cause).inc()
        return UnavailableError(cause, reason)
