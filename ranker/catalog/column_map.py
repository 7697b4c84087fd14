"""Which of a file's columns is which of the catalogue's: `--map id=video_id,title=title,artist=author`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from ranker.catalog.video import COLUMN_NAMES, COLUMNS
from ranker.errors import InvalidInputError

ALIASES = {"id": "video_id", "artist": "uploader", "author": "uploader", "name": "title", "views": "plays"}
"""Short names that `--map` takes for the catalogue's own."""

_EXAMPLE = "id=video_id,title=title,artist=author,plays=plays"


@dataclass(frozen=True)
class ColumnMap:
    """Pairs (catalogue column, the file's column); catalogue columns without a pair get their defaults."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `target=source` pairs separated by commas; a target may be one of `ALIASES`.

        Raises:
            InvalidInputError: A pair without `=`, an unknown or repeated target, no id or no title.
        """
        pairs: dict[str, str] = {}
        for pair in filter(None, (part.strip() for part in text.split(","))):
            target, separator, source = (part.strip() for part in pair.partition("="))
            if not (target and separator and source):
                raise InvalidInputError(f"--map [{pair}] is not target=source; write it like {_EXAMPLE}")
            _put(pairs, _target(target), source)
        return cls._checked(pairs)

    @classmethod
    def by_name(cls, header: Sequence[str]) -> Self:
        """Map every column of the file that bears a catalogue name, or an alias where the name is absent.

        Raises:
            InvalidInputError: No column for the id or the title.
        """
        pairs = {name: name for name in header if name in COLUMN_NAMES}
        for name in header:
            if name in ALIASES:
                pairs.setdefault(ALIASES[name], name)
        return cls._checked(pairs)

    @classmethod
    def _checked(cls, pairs: dict[str, str]) -> Self:
        for column in COLUMNS:
            if column.required and column.name not in pairs:
                raise InvalidInputError(
                    f"no column of the file is mapped to [{column.name}]; give --map, like {_EXAMPLE}"
                )
        return cls(tuple(pairs.items()))

    def positions(self, header: Sequence[str]) -> dict[str, int]:
        """Catalogue column → position of its source in the file's header.

        Raises:
            InvalidInputError: A source that the header lacks, or has twice.
        """
        places: dict[str, int] = {}
        for target, source in self.pairs:
            found = [place for place, name in enumerate(header) if name == source]
            if not found:
                raise InvalidInputError(
                    f"--map {target}=[{source}]: the file has no such column; it has [{', '.join(header)}]"
                )
            if len(found) > 1:
                raise InvalidInputError(
                    f"--map {target}=[{source}]: the file has [{len(found)}] columns of this name; rename one"
                )
            places[target] = found[0]
        return places


def _target(name: str) -> str:
    target = ALIASES.get(name, name)
    if target not in COLUMN_NAMES:
        raise InvalidInputError(
            f"--map [{name}] is no column of the catalogue; it has [{', '.join(COLUMN_NAMES)}]"
        )
    return target


def _put(pairs: dict[str, str], target: str, source: str) -> None:
    if target in pairs:
        raise InvalidInputError(
            f"--map gives [{target}] twice, from [{pairs[target]}] and [{source}]; keep one"
        )
    pairs[target] = source
