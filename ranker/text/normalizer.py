"""Apply the normaliser table and remember where every output character came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ranker.text import rows


@dataclass(frozen=True, slots=True)
class Normalized:
    """A normalised text and, for each of its code points, the span of the source it came from.

    `starts[i]` and `ends[i]` are code-point offsets into the source text; every output character of a match
    has the whole source span of that match. Both have the length of `text`, and both never decrease.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


class Normalizer:
    """Greedy longest match on code points over one table; what matches nothing passes through.

    Immutable after construction and safe to share between threads. About 10 million characters a second
    where nothing changes, 3 million otherwise.
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = dict(table)
        longest: dict[str, int] = {}
        for source in self._table:
            longest[source[0]] = max(longest.get(source[0], 1), len(source))
        self._single = {s: t for s, t in self._table.items() if longest[s[0]] == 1}
        self._longest = {first: length for first, length in longest.items() if length > 1}
        self._active = frozenset(longest)

    @classmethod
    def load(cls, folder: Path) -> "Normalizer":
        """Read `normalize.tsv` of an exported dictionary; `dictionary.verify` checks the folder itself."""
        return cls({rows.unescape(s): rows.unescape(t) for s, t in rows.read(folder / "normalize.tsv", 2)})

    def text(self, source: str) -> str:
        """Return the normalised text alone."""
        return source if self._active.isdisjoint(source) else "".join(self._matches(source)[0])

    def normalize(self, source: str) -> Normalized:
        """Return the normalised text with the source span of each of its code points."""
        if self._active.isdisjoint(source):
            return Normalized(source, range(len(source)), range(1, len(source) + 1))
        pieces, boundaries = self._matches(source)
        text = "".join(pieces)
        if len(text) == len(source) == len(pieces):
            return Normalized(text, range(len(source)), range(1, len(source) + 1))
        starts: list[int] = []
        ends: list[int] = []
        start = 0
        for piece, end in zip(pieces, boundaries, strict=True):
            starts.extend([start] * len(piece))
            ends.extend([end] * len(piece))
            start = end
        return Normalized(text, starts, ends)

    def _matches(self, source: str) -> tuple[list[str], list[int]]:
        """Split the source into matches: what each becomes, and the offset where each ends."""
        table, single, longest = self._table, self._single, self._longest
        pieces: list[str] = []
        ends: list[int] = []
        position, length = 0, len(source)
        while position < length:
            first = source[position]
            reach = longest.get(first)
            if reach is None:
                pieces.append(single.get(first, first))
                position += 1
            else:
                reach = min(reach, length - position)
                while reach > 1 and source[position : position + reach] not in table:
                    reach -= 1
                match = source[position : position + reach]
                pieces.append(table.get(match, match))
                position += reach
            ends.append(position)
        return pieces, ends
