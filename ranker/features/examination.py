"""How likely each position is looked at, so that clicks can be counted over looks."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ranker.features.log import Log

_POSITIONS = 20
_STRENGTH = 200.0  # exposures that the common curve counts as, against a device's own
_LEAST = 0.02


@dataclass(frozen=True)
class Examination:
    """Chance of a look at each position, relative to the first, by device: CTR(position)/CTR(1) of the log.

    Ours, and not corrected for what stood there: a search that orders well has a gentler true fall. The rates
    that come of it are only compared with each other. Falling, at least 0.02; past the last as the last.
    """

    chances: npt.NDArray[np.float32]  # (devices + 1, positions); the last row is all devices together
    devices: tuple[str, ...]

    @classmethod
    def fit(cls, log: Log, positions: int = _POSITIONS, strength: float = _STRENGTH) -> Self:
        """From training exposures; a device's curve is drawn to the common one by `strength` exposures."""
        devices = tuple(sorted({str(device) for device in log.device}))
        column = np.minimum(log.position, positions) - 1
        common = _curve(column, log.click, positions, None, 0.0)
        rows = [
            _curve(column[mine], log.click[mine], positions, common, strength)
            for device in devices
            for mine in [log.device[log.request] == device]
        ]
        chances = np.stack([*rows, common])
        chances = np.minimum.accumulate(chances / np.maximum(chances[:, :1], 1e-6), axis=1)
        return cls(np.maximum(chances, _LEAST).astype(np.float32), devices)

    def of(self, log: Log) -> npt.NDArray[np.float32]:
        """Chances of the log's exposures, (n,)."""
        row_of = {device: row for row, device in enumerate(self.devices)}
        device = np.array([row_of.get(str(one), len(self.devices)) for one in log.device], np.int64)
        column = np.minimum(log.position, self.chances.shape[1]) - 1
        chances: npt.NDArray[np.float32] = self.chances[device[log.request], column]
        return chances


def _curve(
    column: npt.NDArray[np.int64],
    click: npt.NDArray[np.float32],
    positions: int,
    prior: npt.NDArray[np.float64] | None,
    strength: float,
) -> npt.NDArray[np.float64]:
    shows = np.bincount(column, minlength=positions).astype(np.float64)
    clicks = np.bincount(column, click, minlength=positions)
    if prior is None:
        return np.asarray((clicks + 1e-6) / (shows + 1.0))
    return np.asarray((clicks + strength * prior) / (shows + strength))
