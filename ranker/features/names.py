"""Names of artists and songs in running text: longest match over normalised names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

_FEWEST_CHARACTERS: Final = 2  # a one-character name would be found in every title


class NameTable:
    """Maps normalised names to rows and finds them in normalised text. Immutable after construction."""

    def __init__(self, names: Mapping[str, Iterable[int]]) -> None:
        self._rows = {name: tuple(rows) for name, rows in names.items() if len(name) >= _FEWEST_CHARACTERS}
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self._rows:
            lengths[name[:2]].add(len(name))
        self._lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}

    def find(self, text: str) -> list[int]:
        """Rows of the names in the text, each once, left to right, the longest name at each place.

        A name of Latin letters counts only where no Latin letter or digit touches it ("one" is not in
        "someone").
        """
        found: dict[int, None] = {}
        at = 0
        while at < len(text) - 1:
            name = self._at(text, at)
            if name:
                found.update(dict.fromkeys(self._rows[name]))
            at += len(name) or 1
        return list(found)

    def exact(self, text: str) -> tuple[int, ...]:
        """Rows of the name that is the whole text; empty where none is."""
        return self._rows.get(text, ())

    def _at(self, text: str, at: int) -> str:
        for length in self._lengths.get(text[at : at + 2], ()):
            name = text[at : at + length]
            if name in self._rows and not (
                _joins(text, at - 1, at) or _joins(text, at + length - 1, at + length)
            ):
                return name
        return ""


def _joins(text: str, left: int, right: int) -> bool:
    if left < 0 or right >= len(text):
        return False
    return _latin(text[left]) and _latin(text[right])


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
