"""A token, and its offsets in the two units that the two languages count in."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Token(NamedTuple):
    """One term of a text.

    `start` and `end` are code-point offsets into the original text, end exclusive. `position` counts places
    as the engine does: tokens that start together share one, and a dropped token leaves its place empty.
    """

    term: str
    start: int
    end: int
    position: int = 0


def utf16(tokens: Sequence[Token], text: str) -> list[Token]:
    """Return the tokens with offsets in UTF-16 units of `text`, which is how Java and the engine count."""
    if not _ASTRAL.search(text):
        return list(tokens)
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if character > "\uffff" else 1))
    return [token._replace(start=units[token.start], end=units[token.end]) for token in tokens]
