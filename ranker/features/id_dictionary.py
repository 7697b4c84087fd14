"""From ids to codes: each id seen often enough has its own, all others share the code 0."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

RARE: Final = 0
"""The code of a rare id, an unknown one, and none."""


def frequent(rows: npt.NDArray[Any], ids: Sequence[str], least: int) -> list[str]:
    """The ids that are seen at least `least` times, in the order of `ids` (FORMULAS: "Ids").

    Args:
        rows: A row of `ids` for each time that one is seen, (n,); negative where none is.
        ids: Every id that there is.
        least: Seen less, an id gets no code: what its embedding would learn is noise.
    """
    counts = np.bincount(rows[rows >= 0], minlength=len(ids))
    return [item for item, count in zip(ids, counts.tolist(), strict=True) if count >= least]


def codes(rows: Sequence[str], known: Sequence[str]) -> npt.NDArray[np.int64]:
    """Code of each row's id: its place among the known ids + 1, or `RARE`; one more behind them, `RARE`.

    Shape (rows + 1,): row −1, of what has no id, finds the last.
    """
    code_of = {value: code + 1 for code, value in enumerate(known)}
    return np.array([*(code_of.get(row, RARE) for row in rows), RARE], np.int64)
