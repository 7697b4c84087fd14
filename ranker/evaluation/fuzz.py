"""Malformed requests over everything that the plugin adds to the engines: each must be refused by name.

A case is made from a good object by one mistake of a known kind, so the answer must be a 4xx whose reason
has the offending value in [brackets] and names the field. Where bytes are broken at random, the request may
happen to be good: then only a 5xx is an offence.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from ranker.evaluation.fuzz_mistakes import Mistake, mistakes
from ranker.evaluation.fuzz_targets import Target, targets
from ranker.settings import Engine

Send = Callable[[str, str, bytes | None], httpx.Response]
"""Method, path and body to whatever is answered; raises httpx.TransportError."""

_BRACKETS: Final = re.compile(r"\[[^\]]*\]")
_BROKEN_SHARE: Final = 0.2  # of all cases: bytes that are no request, rather than values that are wrong
_FIRST: Final = 20


@dataclass(frozen=True)
class Case:
    """One malformed request.

    Attributes:
        target: Which part of the DSL it asks.
        mistake: What is wrong with it.
        expected: What the reason must contain; empty: anything in brackets.
        may_pass: Whether it may happen to be good after all.
    """

    target: str
    mistake: str
    method: str
    path: str
    body: bytes
    expected: str = ""
    may_pass: bool = False


@dataclass(frozen=True)
class Offence:
    """An answer that should not be: which case, what came, and what is wrong with that."""

    case: Case
    status: int
    wrong: str
    answer: str

    def as_json(self) -> dict[str, Any]:
        """For programs and people."""
        return {
            "target": self.case.target,
            "mistake": self.case.mistake,
            "wrong": self.wrong,
            "status": self.status,
            "request": f"{self.case.method} {self.case.path}",
            "body": self.case.body[:400].decode("utf-8", "replace"),
            "answer": self.answer[:400],
        }


@dataclass
class Report:
    """Counts by target and status, and the first offences."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    offences: list[Offence] = field(default_factory=list)
    offence_count: int = 0
    alive: bool = True

    def count(self, case: Case, status: int, wrong: str | None, answer: str) -> None:
        """Take one answer in."""
        self.statuses.setdefault(case.target, Counter())[status] += 1
        if wrong is not None:
            self.offence_count += 1
            if len(self.offences) < _FIRST:
                self.offences.append(Offence(case, status, wrong, answer))

    def as_json(self) -> dict[str, Any]:
        """{"requests", "offences", "alive", "statuses": {target: {status: count}}, "first": […]}."""
        return {
            "requests": sum(sum(counts.values()) for counts in self.statuses.values()),
            "offences": self.offence_count,
            "alive": self.alive,
            "statuses": {
                target: {str(status): counts[status] for status in sorted(counts)}
                for target, counts in self.statuses.items()
            },
            "first": [offence.as_json() for offence in self.offences],
        }


def cases(count: int, seed: int, index: str, engine: Engine) -> Iterator[Case]:
    """That many cases, the same for the same seed.

    Args:
        count: How many.
        seed: Of the dice.
        index: Which index or alias they search; it has the fields of `index_mappings/`.
        engine: Whose requests; each has some that the other lacks.
    """
    dice = random.Random(seed)
    asked = targets(engine, index)
    for number in range(count):
        target = asked[number % len(asked)]
        yield _broken(target, dice) if dice.random() < _BROKEN_SHARE else _mistaken(target, dice)


def _mistaken(target: Target, dice: random.Random) -> Case:
    mistake: Mistake = dice.choice(mistakes(target, dice))
    request = target.request(mistake.value)
    body = json.dumps(request, ensure_ascii=dice.random() < 0.5)
    for placeholder, raw in mistake.raw.items():
        body = body.replace(json.dumps(placeholder), raw)
    sent = body.encode("utf-8", "surrogatepass")
    expected = mistake.expected if target.answer is None else target.answer
    return Case(target.name, mistake.kind, target.method, target.path, sent, expected)


def _broken(target: Target, dice: random.Random) -> Case:
    """Bytes cut off or changed."""
    whole = json.dumps(target.request(target.good), ensure_ascii=False).encode()
    if dice.random() < 0.5:
        cut = whole[: dice.randrange(1, len(whole))]
        return Case(target.name, "cut off", target.method, target.path, cut)
    changed = bytearray(whole)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(changed))
        if dice.random() < 0.5:
            changed[at] = dice.choice((0, 0xC3, 0xED, 0xFF, dice.randrange(256)))
        else:
            del changed[at]
    return Case(target.name, "changed bytes", target.method, target.path, bytes(changed), may_pass=True)


def run(send: Send, asked: Iterator[Case]) -> Iterator[Report]:
    """Send each case and judge its answer; gives the growing report after each."""
    born = _born(send)
    report = Report()
    for case in asked:
        try:
            answer = send(case.method, case.path, case.body)
        except httpx.TransportError as error:
            report.count(case, 0, f"no answer: {type(error).__name__}", "")
        else:
            report.count(case, answer.status_code, judge(case, answer), answer.text)
        yield report
    report.alive = _born(send) == born
    yield report


def judge(case: Case, answer: httpx.Response) -> str | None:
    """What is wrong with an answer, or None."""
    status = answer.status_code
    if status >= 500:
        return "a fault of the server"
    if status < 400:
        return None if case.may_pass else "taken"
    told = " ".join(_reasons(answer))
    if case.may_pass:
        return None  # broken anywhere, so the engine's own words will do
    if case.expected and case.expected not in told:
        return f"the reason lacks {case.expected}"
    return None if _BRACKETS.search(told) else "the reason has nothing in [brackets]"


def _reasons(answer: httpx.Response) -> Iterator[str]:
    """Of an engine's error, whatever its form: every string that stands as a reason or an error."""
    try:
        stack: list[Any] = [answer.json()]
    except ValueError:
        yield answer.text
        return
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            for name, item in value.items():
                if isinstance(item, str) and name in {"reason", "error"}:
                    yield item
                else:
                    stack.append(item)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            stack.extend(value)


def _born(send: Send) -> list[int]:
    """When each node's process started: a node that died and came back has another moment."""
    nodes = send("GET", "/_nodes/jvm", None).raise_for_status().json()["nodes"]
    return sorted(node["jvm"]["start_time_in_millis"] for node in nodes.values())
