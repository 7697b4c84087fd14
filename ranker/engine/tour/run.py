"""Sends the requests of console files, and says what is to be seen in the answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ranker.engine.rest import EngineError, EngineRest
from ranker.engine.tour.look import Look
from ranker.engine.tour.syntax import ConsoleFile, ConsoleRequest

DEGRADED = "X-Encore-Degraded"


@dataclass(frozen=True)
class Seen:
    """What one look found.

    Attributes:
        look: Where, and for what.
        found: What stands there.
        holds: Whether it is as it shall be.
    """

    look: Look
    found: list[Any]
    holds: bool


@dataclass(frozen=True)
class Outcome:
    """What came of one request.

    Attributes:
        request: It.
        answer: JSON, or text where it is none; of a refusal its reason.
        refused: Whether the engine answered with an error.
        degraded: Causes that the answer names, "" without any.
        seen: By each look.
    """

    request: ConsoleRequest
    answer: Any
    refused: bool
    degraded: str
    seen: tuple[Seen, ...]

    @property
    def problems(self) -> list[str]:
        """What is not as the file says; a degraded answer is one, unless a look asks for a cause."""
        if self.refused:
            return [str(self.answer)]
        wrong = [f"not so: {seen.look}" for seen in self.seen if not seen.holds]
        if self.degraded and not any("cause" in look.path for look in self.request.looks):
            wrong.append(f"degraded: {self.degraded}")
        return wrong


def run(file: ConsoleFile, engine: EngineRest) -> Iterator[Outcome]:
    """Send each request in turn; one that is refused does not keep the next from being sent.

    Raises:
        MissingPartError: The engine does not answer.
    """
    for request in file.requests:
        yield _send(request, engine)


def _send(request: ConsoleRequest, engine: EngineRest) -> Outcome:
    try:
        answered = engine.send(request.method, request.path, request.content, request.content_type)
    except EngineError as error:
        return Outcome(request, str(error), True, "", ())
    try:
        answer: Any = answered.json()
    except json.JSONDecodeError:
        answer = answered.text
    seen = tuple(Seen(look, look.found(answer), look.holds(answer)) for look in request.looks)
    return Outcome(request, answer, False, answered.headers.get(DEGRADED, ""), seen)
