"""Rows of the columns by name, wherever they come from: what is made of a video alone is made of these."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ranker.features.columns import VideoColumns
from ranker.features.derive import Packs
from ranker.features.layout import BLANKS, PACKS, get


@dataclass(frozen=True)
class Cells:
    """`packs` are arrays (n, width) by name; `known` bool (n,) says which rows are videos at all."""

    packs: Packs
    known: npt.NDArray[np.bool_]

    @classmethod
    def of_built(cls, columns: VideoColumns, moment: Packs, start: int, end: int) -> "Cells":
        """Of the videos in rows [start, end) of the build; `moment` packs stand in for the build's. Views."""
        packs = {pack: (moment.get(pack, columns.pack(pack)))[start:end] for pack in PACKS}
        return cls(packs, np.ones(end - start, bool))

    @classmethod
    def of_later(cls, columns: VideoColumns, start: int, end: int) -> "Cells":
        """Of the videos in rows [start, end) that were written after the build."""
        rows = np.arange(start, end)
        return cls({pack: columns.take_pack(pack, rows) for pack in PACKS}, np.ones(end - start, bool))

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
