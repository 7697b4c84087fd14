"""The parts of a hit's score, coarse and fine, found in the engine's explanation of it."""

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
_FINE = "1 + tier + u"
_NOT_FINE = "s / (1 + s)"
_COARSE = "coarse score"


@dataclass(frozen=True)
class Part:
    """A named part of the coarse score and its value."""

    name: str
    value: float
    detail: str = ""


def coarse_parts(explanation: Mapping[str, Any]) -> list[Part]:
    """BM25 of each term, proximity, entities, vector and the factor of popularity, in the engine's order."""
    return list(_parts(_first_pass(explanation)))


def fine_parts(explanation: Mapping[str, Any]) -> list[Part]:
    """Tier and u, each followed by what it came of, and the versions; none of a hit in coarse order."""
    if not str(explanation["description"]).startswith(_FINE):
        return []
    parts = []
    for part in explanation.get("details", ()):
        name, _, detail = str(part["description"]).partition(", ")
        if name == _COARSE:
            continue
        if name.startswith("versions"):
            parts.append(Part("versions", float(part["value"]), name.partition(": ")[2] + ", " + detail))
            continue
        parts.append(Part(name, float(part["value"]), detail.partition(" of ")[0] if name == "tier" else ""))
        for of in part.get("details", ()):
            what, _, why = str(of["description"]).partition(", ")
            if not of.get("details"):
                parts.append(Part(f"{name}: {what}", float(of["value"]), why))
    return parts


def _first_pass(explanation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The explanation of the coarse score, within that of a finely ranked hit or by itself."""
    for part in explanation.get("details", ()):
        if str(part["description"]).startswith(_COARSE):
            return part  # type: ignore[no-any-return]
    return explanation


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
    """One hit: how tier and place in it came about; terms, how near they stand, popularity."""
    tree = Tree(_plain(title), guide_style="dim")
    fine = fine_parts(explanation)
    branch = tree
    for part in fine:
        owner, _, name = part.name.partition(": ")
        if part.name == "versions":
            tree.add(_plain(part.detail), style="dim")
        elif name:
            branch.add(_plain(f"{name} {part.value:.4g}  {part.detail}".rstrip()))
        else:
            branch = tree.add(_plain(f"{owner} {part.value:.4g} {part.detail}".rstrip()))
    description = str(explanation["description"])
    if description.startswith(_NOT_FINE):
        why = description.partition(", ")[2].partition(", s is")[0]
        tree.add(_plain(f"{_NOT_FINE} = {float(explanation['value']):.3f}, {why}"))
    coarse = tree.add(f"coarse {float(_first_pass(explanation)['value']):.3f}") if fine else tree
    _add_coarse(coarse, coarse_parts(explanation))
    return tree


def _add_coarse(tree: Tree, parts: Sequence[Part]) -> None:
    terms = [part for part in parts if part.name == "BM25"]
    words = tree.add(f"BM25 {sum(part.value for part in terms):.3f}")
    for part in terms:
        words.add(_plain(f"{part.detail} {part.value:.3f}"))
    for part in parts:
        if part.name != "BM25":
            tree.add(_plain(f"{part.name} {part.value:.3f}  {part.detail}"))


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
