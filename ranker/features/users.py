"""Columns of listeners: who they are, as the site knows it; what they did is in the statistics."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.features.identifiers import IdIndex

AGE_BANDS: Final = ("<18", "18-24", "25-30", "31-40", "41+")
MOST_CITY_TIER: Final = 9
UNKNOWN: Final = -1
_MOST_KEPT: Final = 100_000  # rows kept at hand, a few megabytes


def write_users(users: pl.DataFrame | None, target_dir: Path) -> int:
    """Write `users/` in a generation's folder; returns the number of rows.

    `users`: `user_id` and, where known, `age_band`, `city_tier`, `signup_at`; None for a catalogue without.
    """
    folder = target_dir / "users"
    folder.mkdir(parents=True, exist_ok=True)
    table = pl.DataFrame(schema={"user_id": pl.String}) if users is None else users
    IdIndex.build(table["user_id"].to_list(), "user_id").save(folder)
    count = len(table)
    ages = table["age_band"].to_list() if "age_band" in table.columns else [None] * count
    row_of = {band: row + 1 for row, band in enumerate(AGE_BANDS)}
    np.save(folder / "age_band.npy", np.array([row_of.get(str(age), 0) for age in ages], np.int64))
    for name, most in (("city_tier", MOST_CITY_TIER), ("signup_at", 1 << 53)):
        values = table[name] if name in table.columns else pl.zeros(count, eager=True)
        whole = values.cast(pl.Int64, strict=False).fill_null(0)  # unknown of this listener
        np.save(folder / f"{name}.npy", np.clip(whole.to_numpy(), 0, most))
    return count


class UserColumns:
    """Listeners by row. Immutable; safe to share. An unknown id has row -1 and codes 0."""

    def __init__(self, index: IdIndex, columns: dict[str, npt.NDArray[Any]]) -> None:
        self._index = index
        self._columns = columns
        self._known: dict[str, int] = {}  # a listener asks again soon; a wrong order of threads does no harm

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a generation's folder; one without `users/` knows nobody."""
        users = folder / "users"
        if not users.is_dir():
            return cls(IdIndex.build([]), {})
        names = ("age_band", "city_tier", "signup_at")
        return cls(IdIndex.open(users), {name: np.load(users / f"{name}.npy") for name in names})

    @property
    def count(self) -> int:
        """Listeners known."""
        return len(self._index.ids)

    @property
    def ids(self) -> list[str]:
        """Ids by row."""
        return [item.decode() for item in self._index.ids.tolist()]

    def row(self, user: str | None) -> int:
        """Row of one listener; -1 where unknown or anonymous."""
        if not user:
            return UNKNOWN
        found = self._known.get(user)
        if found is None:
            found = int(self._index.rows([user])[0])
            if len(self._known) < _MOST_KEPT:
                self._known[user] = found
        return found

    def rows(self, users: Sequence[str]) -> npt.NDArray[np.int64]:
        """Rows (n,); -1 where unknown."""
        return self._index.rows(users)

    def value(self, name: str, row: int) -> int:
        """`age_band` (1-based code), `city_tier` or `signup_at` of a row; 0 where unknown."""
        return int(self._columns[name][row]) if row >= 0 else 0
