"""Training rows of the ranking models, as columns."""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class RankingRows:
    """Exposures, (n,) or (n, features), sorted by time.

    Attributes:
        dense: Dense features, float32 (n, dense).
        ids: Id features' codes, int64 (n, fields).
        position: 1-based, int64 (n,).
        device: Device code, 0 unknown, int64 (n,).
        click: 0 or 1, float32 (n,).
        effective_play: 0 or 1, float32 (n,).
        watch_ratio: Share watched in [0, 1], float32 (n,).
        like: 0 or 1, float32 (n,).
    """

    dense: npt.NDArray[np.float32]
    ids: npt.NDArray[np.int64]
    position: npt.NDArray[np.int64]
    device: npt.NDArray[np.int64]
    click: npt.NDArray[np.float32]
    effective_play: npt.NDArray[np.float32]
    watch_ratio: npt.NDArray[np.float32]
    like: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.click)

    def take(self, rows: npt.NDArray[Any] | slice) -> Self:
        """Some of the rows."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))
