"""The coarse score's parts, found in the engine's explanation of a hit."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.tree import Tree

_POPULARITY = "field value function"
_PROXIMITY = "proximity"
_TERM = "weight("
_MAXIMUM = "max of"
_ENTITY = "constantscore("
_VECTOR = "within top"
_NAME = re.compile(r'\b(?:title|tags|uploader):("[^"]+"|[^\s)|]+)')
_MOST_NAMES = 3


@dataclass(frozen=True)
class Part:
    """A named part of the coarse score and its value."""

    name: str
    value: float
    detail: str = ""


def coarse_parts(explanation: Mapping[str, Any]) -> list[Part]:
    """BM25 of each term, proximity, entities, vector and the factor of popularity, in the engine's order."""
    return list(_parts(explanation))


def _parts(node: Mapping[str, Any]) -> Iterator[Part]:
    description = str(node["description"])
    lowered = description.lower()
    value = float(node["value"])
    children: Sequence[Mapping[str, Any]] = node.get("details", ())
    if lowered.startswith(_TERM):
        yield Part("BM25", value, description[len(_TERM) :].split(" in ", 1)[0])
    elif lowered.startswith(_PROXIMITY):
        yield Part("proximity", value, ", ".join(_numbers(children)))
    elif lowered.startswith(_POPULARITY):
        yield Part("popularity", value, f"the rest × {1 + value:.3f}")
    elif lowered.startswith(_ENTITY):
        names = dict.fromkeys(name.strip('"') for name in _NAME.findall(description))
        yield Part("entity", value, " / ".join(list(names)[:_MOST_NAMES]))
    elif lowered.startswith(_VECTOR):
        yield Part("vector", value, description)
    elif lowered.startswith(_MAXIMUM):  # of a term's fields the best one counts
        yield from _parts(max(children, key=lambda child: float(child["value"])))
    else:
        for child in children:
            yield from _parts(child)


def _numbers(children: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The name and value of each number that a formula's explanation lists, its own reasons left out."""
    for child in children:
        yield f"{str(child['description']).split(', ', 1)[0].split(' [', 1)[0]} {float(child['value']):.3g}"


def explanation_tree(title: str, explanation: Mapping[str, Any]) -> Tree:
    """One hit: its terms, how near they stand, its popularity."""
    parts = coarse_parts(explanation)
    terms = [part for part in parts if part.name == "BM25"]
    tree = Tree(_plain(title), guide_style="dim")
    words = tree.add(f"BM25 {sum(part.value for part in terms):.3f}")
    for part in terms:
        words.add(_plain(f"{part.detail} {part.value:.3f}"))
    for part in parts:
        if part.name != "BM25":
            tree.add(_plain(f"{part.name} {part.value:.3f}  {part.detail}"))
    return tree


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
