"""The mistakes that can be made in an object of known fields, one at a time."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ranker.evaluation import fuzz_targets as kinds
from ranker.evaluation.fuzz_targets import Target, Whole

_NOT_STRINGS: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e300,
    [],
    ["x"],
    [[]],
    {},
    {"a": "b"},
    [None],
)
_NOT_OBJECTS: Final[tuple[Any, ...]] = (None, True, 5, 1.5, "phone", "", [], [{}], ["a"])
_NOT_NUMBERS: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    "",
    "x",
    "1",
    "NaN",
    "Infinity",
    "🎵",
    [],
    [1],
    {},
    {"a": 1},
)
_NOT_INTEGERS: Final[tuple[Any, ...]] = (*_NOT_NUMBERS, 1.5, -0.5, 1e30, 1 << 63, 1 << 70)
_TOO_LARGE: Final = (1e39, -1e39, 1e300, 10**60)
_ODD_NAMES: Final = (
    "Query",
    "QUERY ",
    "queri",
    "slop",
    "users",
    "_NAME",
    "boost2",
    "晴天",
    "a.b",
    "🎵" * 9,
    "x" * 3_000,
)

_WRONG: Final[Mapping[str, tuple[Any, ...]]] = {
    kinds.TEXT: (*_NOT_STRINGS, "", "  ", "\t\n", "歌" * 1_001, "歌" * 100_000),
    kinds.NAME: (*_NOT_STRINGS, "", "u" * 257, "用" * 50_000),
    kinds.ANY_STRING: _NOT_STRINGS,
    kinds.ID: (*_NOT_STRINGS, "", "a b", "a\r\nX-Evil: 1", "é", "晴", "a/b", "x" * 129, "\u0000"),
    kinds.OBJECT: (*_NOT_OBJECTS, {"a": "x" * 5_000}, {"k" * 5_000: 1}, {"a": list(range(3_000))}),
    kinds.TIME: (*_NOT_INTEGERS, -1, -(1 << 62), 1 << 53, (1 << 63) - 1),
    kinds.WINDOW: (*_NOT_INTEGERS, 0, -1, 1_001, 1 << 40),
    kinds.SHARE: (*_NOT_NUMBERS, *_TOO_LARGE, -1, -0.0001, 1.0001, 2, 10**9),
    kinds.POSITIVE: (*_NOT_NUMBERS, *_TOO_LARGE, 0, -0.0, -1, -1e-9, 1e-60),
    kinds.BOOST: (*_NOT_NUMBERS, *_TOO_LARGE, -1e-9, -1, -100),
    kinds.NUMBER: (*_NOT_NUMBERS, *_TOO_LARGE),
    kinds.ROUTES: (
        None,
        True,
        5,
        "text",
        {},
        [],
        [5],
        [None],
        ["text", ["entity"]],
        ["nowhere"],
        ["Text"],
        [""],
    ),
    kinds.QUERIES: (None, True, 5, "x", [5], ["x"], [[{"match_all": {}}]], [None]),
    kinds.FILES: (
        *(None, True, 5, "x", [], {}, {"../words.tsv": ""}, {"words.tsv": 5}, {"words.tsv": None}),
        *({"manifest.json": "[]"}, {"manifest.json": "{"}, {"manifest.json": '{"schema": 99}'}),
    ),
    kinds.RETRIEVER: (None, True, 5, "x", [], ["x"]),
}
_DEEP: Final = (33, 40, 500, 5_000)  # the plugin's own bound is 32, the engines' parsers' 1,000
# Numbers that Python cannot hold or write.
_RAW_NUMBERS: Final = ("1e400", "-1e400", "9" * 30, "9" * 2_000, "1e-400000000", "0." + "0" * 1_500 + "1")


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Attributes:
        kind: In words.
        value: The object with it, or a whole body.
        expected: What must be in the reason; empty: anything in brackets.
        raw: Texts that stand in the JSON in place of the string of that name.
    """

    kind: str
    value: Any
    expected: str = ""
    raw: Mapping[str, str] = field(default_factory=dict)


def mistakes(target: Target, dice: random.Random) -> list[Mistake]:
    """One mistake of each kind that the target allows, from which to choose."""
    name = dice.choice(list(target.fields))
    kind = target.fields[name]
    wrong = dice.choice(_WRONG[kind])
    found = [
        # Within a filter the engine's own parser reads, and names the query; of files the one is named.
        Mistake(
            f"{kind}: wrong value",
            _with(target, dice, {name: wrong}),
            "" if kind in {kinds.QUERIES, kinds.FILES} else name,
        ),
        _unknown(target, dice),
    ]
    if not target.parsed:
        no_object = dice.choice([item for item in _NOT_OBJECTS if not _is_short(item, target)])
        found += [Mistake("no object", no_object), _raw_number(target, dice)]
    if target.required:
        found.append(_missing(target, dice))
    if kinds.OBJECT in target.fields.values() and not target.parsed:
        found.append(_too_deep(target, dice))
    if target.others:
        expected, body = dice.choice(target.others)
        found.append(Mistake("wrong around it", Whole(body), expected))
    return found


def _with(target: Target, dice: random.Random, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The good object with changes, some fields left out, in any order."""
    kept = {
        name: value
        for name, value in target.good.items()
        if name in target.required or name in target.kept or dice.random() < 0.5
    }
    items = list((kept | dict(changes)).items())
    dice.shuffle(items)
    return dict(items)


def _unknown(target: Target, dice: random.Random) -> Mistake:
    name = dice.choice([odd for odd in _ODD_NAMES if odd not in target.fields])
    value = dice.choice(_NOT_STRINGS)
    expected = f"[{name}]" if len(name) < 100 else ""
    return Mistake("unknown field", _with(target, dice, {name: value}), expected)


def _missing(target: Target, dice: random.Random) -> Mistake:
    name = dice.choice(list(target.required))
    value = {key: item for key, item in _with(target, dice, {}).items() if key != name}
    return Mistake("missing field", value, name)


def _too_deep(target: Target, dice: random.Random) -> Mistake:
    name = dice.choice([name for name, kind in target.fields.items() if kind == kinds.OBJECT])
    depth = dice.choice(_DEEP)
    text = '{"a":' * depth + "1" + "}" * depth
    return Mistake("too deep", _with(target, dice, {name: "@deep@"}), "", {"@deep@": text})


def _raw_number(target: Target, dice: random.Random) -> Mistake:
    """A number that no double holds, or that is longer than any parser reads."""
    name = dice.choice(list(target.fields))
    is_number = target.fields[name] in {kinds.BOOST, kinds.POSITIVE, kinds.SHARE, kinds.NUMBER}
    text = dice.choice(_RAW_NUMBERS[:2] if is_number else _RAW_NUMBERS)
    return Mistake("unwritable number", _with(target, dice, {name: "@number@"}), "", {"@number@": text})


def _is_short(value: Any, target: Target) -> bool:
    """Whether it is a short form: rescorers may be a list, and some objects a string."""
    return value == [] or (isinstance(value, str) and target.takes_string)
