"""What to look at in an answer: a path into its JSON, and what shall be found there.

    hits.hits.0.fields.encore.0.rank = "fine"    that value
    hits.hits.*.fields.encore.0.rank = "fine"    the same for every hit, of which there is one at least
    tokens.*.token has "周杰伦"                    one of these; a text or an object that has it, too
    took                                         anything but nothing: null, "", [] and {} are nothing

A part of a path is a name or a place in a list, from 0; * stands for every one.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from ranker.errors import InvalidInputError

Relation = Literal["is there", "=", "has"]

_LOOK: Final = re.compile(r"(\S+)(?:\s+(=|has)\s+(.+))?$")


@dataclass(frozen=True)
class Look:
    """Where to look, and for what.

    Attributes:
        path: Such as "hits.hits.*.fields.encore.0.rank".
        relation: Between what stands there and the value.
        value: Any JSON; of no account for "is there".
    """

    path: str
    relation: Relation = "is there"
    value: Any = None

    def found(self, answer: Any) -> list[Any]:
        """What stands there, one or, by *, several."""
        return list(_walk(answer, self.path.split(".")))

    def holds(self, answer: Any) -> bool:
        """Whether what stands there is as it shall be."""
        found = self.found(answer)
        if self.relation == "=":
            return bool(found) and all(_same(one, self.value) for one in found)
        if self.relation == "has":
            return self.value in found or any(_has(one, self.value) for one in found)
        return bool(found) and all(one is not None and one not in ("", [], {}) for one in found)

    def __str__(self) -> str:
        if self.relation == "is there":
            return self.path
        return f"{self.path} {self.relation} {json.dumps(self.value, ensure_ascii=False)}"


def read_look(text: str, place: str) -> Look:
    """The look that a text writes down.

    Args:
        text: "PATH", "PATH = JSON" or "PATH has JSON".
        place: Where it stands, for the message.

    Raises:
        InvalidInputError: It is none of these.
    """
    match = _LOOK.match(text.strip())
    if match is None:
        raise InvalidInputError(f"{place}: [{text}] is no PATH, PATH = JSON or PATH has JSON")
    path, relation, value = match.groups()
    if relation is None:
        return Look(path)
    try:
        wanted = json.loads(value)
    except json.JSONDecodeError:
        raise InvalidInputError(f"{place}: [{value}] is no JSON; a text stands in quotes") from None
    return Look(path, "=" if relation == "=" else "has", wanted)


def _walk(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield value
        return
    part, rest = path[0], path[1:]
    if part == "*":
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for one in inside:
            below = list(_walk(one, rest))
            yield from below or [None]
    elif isinstance(value, dict) and part in value:
        yield from _walk(value[part], rest)
    elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
        yield from _walk(value[int(part)], rest)


def _same(one: Any, wanted: Any) -> bool:
    return type(one) is type(wanted) and bool(one == wanted)


def _has(one: Any, wanted: Any) -> bool:
    if isinstance(one, str):
        return isinstance(wanted, str) and wanted in one
    return isinstance(one, dict | list) and wanted in one
