"""Features of a logged request once more: what a way of doing so takes and gives, and the ranker's own."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.errors import EncoreError
from ranker.features.builder import FeatureBuilder
from ranker.features.columns import VideoColumns
from ranker.features.request import ParsedQuery, QueryParser
from ranker.features.specification import Specification
from ranker.features.statistics import STATISTICS, Statistics
from ranker.features.users import UserColumns

WRITTEN_SINCE: Final = "the video was written or deleted after the build"


@dataclass(frozen=True)
class Logged:
    """One ranker call of the log: a request and the n candidates that it scored, in its order.

    `now` is UTC milliseconds, `events_position` how far the online store had read the log of events.
    """

    request_id: str
    query: str
    user_id: str | None
    context: Mapping[str, Any]
    now: int
    generation: str
    versions: Mapping[str, str]
    stage: str
    events_position: int | None
    video_ids: list[str]
    coarse: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Recomputed:
    """`features` (n rows, a column each). `excuses[i]` says why candidate i may differ; "": it may not."""

    features: pl.DataFrame
    excuses: npt.NDArray[np.object_]


class CannotRecomputeError(EncoreError):
    """What features were made of is no longer there; the message says what, the same for many requests."""


Recompute = Callable[[Logged], Recomputed]
"""Features of a logged call as of its `now`.

Raises `CannotRecomputeError`. One need not know all features: `together` puts several side by side.
"""


def together(*ways: Recompute) -> Recompute:
    """One way of several that each know other features; an excuse of any counts for the candidate."""

    def recompute(logged: Logged) -> Recomputed:
        parts = [way(logged) for way in ways]
        excuses = parts[0].excuses
        for part in parts[1:]:
            excuses = np.where(excuses == "", part.excuses, excuses)
        return Recomputed(pl.concat([part.features for part in parts], how="horizontal"), excuses)

    return recompute


class OfGeneration:
    """Recomputes what the ranker computes of a generation's columns, listeners and statistics.

    These are as of the build, so what was written to them since is an excuse; nothing else is.

    Args:
        folder: Of the generations, one folder a name.
        specification: The one of a hash (`versions["features"]`), None where no model has it any more.
    """

    def __init__(self, folder: Path, specification: Callable[[str], Specification | None]) -> None:
        self._folder = folder
        self._specification = specification
        self._open: dict[tuple[str, str], _Generation] = {}

    def __call__(self, logged: Logged) -> Recomputed:
        """See `Recompute`."""
        key = (logged.generation, str(logged.versions.get("features", "")))
        if key not in self._open:
            self._open[key] = self._load(*key)
        return self._open[key].recompute(logged)

    def _load(self, name: str, features: str) -> "_Generation":
        specification = self._specification(features)
        if specification is None:
            raise CannotRecomputeError(f"no model has the features [{features}] any more")
        if not (self._folder / name).is_dir():
            raise CannotRecomputeError(f"generation [{name}] is no longer there")
        return _Generation(self._folder / name, specification)


class _Generation:
    def __init__(self, folder: Path, specification: Specification) -> None:
        self._columns = VideoColumns.open(folder)
        statistics = Statistics.open(folder / STATISTICS, self._columns.names)
        users = UserColumns.open(folder)
        self._builder = FeatureBuilder(self._columns, users, statistics, specification)
        self._parser = QueryParser(self._columns.analyzer, self._columns.names, self._columns.terms)
        self._parsed: dict[str, ParsedQuery] = {}
        self._specification = specification

    def recompute(self, logged: Logged) -> Recomputed:
        parsed = self._parsed.get(logged.query)
        if parsed is None:
            parsed = self._parsed[logged.query] = self._parser.parse(logged.query)
        built = self._builder.build(
            parsed,
            logged.user_id,
            logged.context,
            logged.now,
            self._columns.rows(logged.video_ids),
            logged.coarse,
        )
        columns: dict[str, npt.NDArray[Any]] = {}
        for names, values in (
            (self._specification.dense, built.dense),
            (tuple(self._specification.ids), built.ids),
            (self._specification.match, built.match),
        ):
            for place, name in enumerate(names):
                columns.setdefault(name, values[:, place])
        written = self._columns.written_since(logged.video_ids)
        return Recomputed(pl.DataFrame(columns), np.where(written, WRITTEN_SINCE, "").astype(object))


def context_of(text: str) -> dict[str, Any]:
    """A request's context, as the table `requests` keeps it."""
    found = json.loads(text)
    return found if isinstance(found, dict) else {}
