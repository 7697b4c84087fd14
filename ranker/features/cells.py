"""Rows of the columns by name, wherever they come from: what the features of a video alone are made of."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.catalog.video import COUNTS
from ranker.features.columns import VideoColumns
from ranker.features.derive import Packs
from ranker.features.layout import BLANKS, PACKS, get

# Not features: numbers of a video that features of a candidate are made of.
HELPERS: Final = ("play_count", "title_terms")


@dataclass(frozen=True)
class Cells:
    """`packs` are arrays (n, width) by name; `known` bool (n,) says which rows are videos at all."""

    packs: Packs
    known: npt.NDArray[np.bool_]

    @classmethod
    def of_built(cls, columns: VideoColumns, start: int, end: int) -> "Cells":
        """Of the videos in rows [start, end) of the build; views."""
        packs = {pack: columns.pack(pack)[start:end] for pack in PACKS}
        return cls(packs, np.ones(len(packs["codes"]), bool))

    @classmethod
    def of_rows(cls, columns: VideoColumns, rows: npt.NDArray[np.int64]) -> "Cells":
        """Of any rows, later ones and -1 among them; copies."""
        return cls({pack: columns.take_pack(pack, rows) for pack in PACKS}, rows >= 0)

    @classmethod
    def blank(cls) -> "Cells":
        """One row: an unknown video."""
        return cls({pack: cells[None, :] for pack, cells in BLANKS.items()}, np.zeros(1, bool))

    @property
    def count(self) -> int:
        """Rows."""
        return len(self.known)

    def take(self, name: str) -> npt.NDArray[Any]:
        """A column's cells, (n,) or (n, width)."""
        return get(self.packs, name)

    def helpers(self) -> list[npt.NDArray[Any]]:
        """Values of `HELPERS`: plays on the site; terms of the title, 1 at least."""
        terms = np.count_nonzero(self.take("title_terms"), axis=1)
        return [self.take("counts")[:, COUNTS.index("plays")], np.maximum(terms, 1)]
