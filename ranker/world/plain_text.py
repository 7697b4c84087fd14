"""Text as the world's judges read it: width, case and traditional characters don't matter.

This is the judges' own reading, used for the fact "term match" alone. What the search itself applies is the
exported normaliser of `ranker.text`, which is another thing: it must keep offsets and names' exceptions.
"""

import unicodedata
from functools import cache

import opencc


@cache
def _simplify() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def plain(text: str) -> str:
    """NFKC, lower case, simplified."""
    return str(_simplify().convert(unicodedata.normalize("NFKC", text).lower()))


def plain_lines(texts: list[str]) -> list[str]:
    """`plain` of many texts that hold no line feed, in one pass."""
    if not texts:
        return []
    return plain("\n".join(texts)).split("\n")
