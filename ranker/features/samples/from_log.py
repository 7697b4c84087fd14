"""Tables of a log that no ranker of ours wrote: features as of each day, by the code that serves.

The statistics of a day are those of the days before it; nothing of the day itself is in them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.features.builder import FeatureBuilder
from ranker.features.columns import VideoColumns
from ranker.features.examination import Examination
from ranker.features.history import read_log
from ranker.features.layout import PACKS
from ranker.features.log import Log, day_of
from ranker.features.moments import moments
from ranker.features.snapshots.files import DAY, TableFile, write_file
from ranker.features.snapshots.frames import REQUESTS
from ranker.features.snapshots.tables import REQUESTS_FOLDER, SNAPSHOTS_FOLDER, Manifest, Tables
from ranker.features.specification import Specification
from ranker.features.statistics import Statistics
from ranker.features.users import UserColumns

STAGE: Final = "log"
_ROWS_AT_ONCE: Final = 65_536
_json = msgspec.json.Encoder(order="sorted").encode
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class LoggedWorld:
    """A log beside its catalogue, in the form of `ranker.features.history.write_history`.

    `searches` also have `context` (JSON), an empty `query` where there was none. `kept` are the features that
    mean something there, `absent` what doesn't exist there (see `tables.Manifest`), `name` what index and
    generation go by.
    """

    name: str
    columns: VideoColumns
    users: UserColumns
    searches: pl.DataFrame
    exposures: pl.DataFrame
    kept: tuple[str, ...]
    absent: tuple[str, ...]


def beginning(log: Log, share: float = 0.05) -> Log:
    """The exposures of the first days, as few as hold this share: what is fitted knows no later one."""
    days = log.exposure_day
    counts = np.cumsum([int((days == day).sum()) for day in log.days()])
    enough = int(np.searchsorted(counts, share * len(days)))
    return log.exposures(days <= log.days()[enough])


def write_tables(
    world: LoggedWorld,
    tables: Tables,
    specify: Callable[[Log, Statistics], Specification],
    progress: Progress | None = None,
) -> Manifest:
    """Write `requests` and `snapshots` of a log into a root that has none.

    Args:
        world: The log.
        tables: Of the root.
        specify: Makes the specification of the log's beginning and the statistics of that.
        progress: Told (what, days done, in all).
    """
    log = read_log(world.columns, world.users, world.searches, world.exposures)
    searches = world.searches.sort("now", maintain_order=True)
    packs = {pack: world.columns.pack(pack) for pack in PACKS}
    start = Statistics.empty(packs, world.columns.names)
    begun = beginning(log)
    examination = Examination.fit(begun)
    after = start.after(begun, examination, packs, world.columns.names)
    specification = specify(begun, after)
    builder = FeatureBuilder(world.columns, world.users, start, specification)
    days = len(log.days())
    snapshots: list[TableFile] = []
    position = 0
    with tables.writing():
        for number, (_, today, statistics) in enumerate(moments(world.columns, log, examination)):
            for part in _parts(today):
                frame = _frame(world, searches, log, part, builder.at(statistics), specification, position)
                name = f"{position:020d}-{position + len(frame):020d}"
                position += len(frame)
                snapshots.append(write_file(tables.root, SNAPSHOTS_FOLDER, name, frame, position))
            if progress and number < days:
                progress("features", number + 1, days)
        tables.commit(
            Manifest(
                until=position,
                requests=tuple(_requests(world, searches, tables, position)),
                snapshots=tuple(snapshots),
                absent=world.absent,
            )
        )
    return tables.manifest


def _requests(
    world: LoggedWorld, searches: pl.DataFrame, tables: Tables, position: int
) -> Iterator[TableFile]:
    whole = searches.select(
        "request_id",
        pl.col("query").replace("", None),
        "user_id",
        "now",
        "device",
        pl.lit(None, pl.Int32).alias("page"),
        pl.lit(world.name).alias("index"),
        pl.lit(world.name).alias("generation"),
        "context",
    ).cast(REQUESTS)
    for of_day in whole.with_columns(DAY.alias("day")).partition_by("day", include_key=False):
        yield write_file(tables.root, REQUESTS_FOLDER, f"{0:020d}-{position:020d}", of_day, position)


def _parts(today: Log) -> Iterator[Log]:
    """A day's exposures, some at once, each request in one part."""
    edges = np.flatnonzero(np.diff(today.request, prepend=-1))
    start = 0
    while start < len(today.request):
        later = edges[edges >= start + _ROWS_AT_ONCE]
        end = int(later[0]) if len(later) else len(today.request)
        yield today.exposures(np.arange(start, end))
        start = end


def _frame(
    world: LoggedWorld,
    searches: pl.DataFrame,
    log: Log,
    part: Log,
    builder: FeatureBuilder,
    specification: Specification,
    position: int,
) -> pl.DataFrame:
    starts = np.flatnonzero(np.diff(part.request, prepend=-1)).tolist()
    dense: list[npt.NDArray[Any]] = []
    ids: list[npt.NDArray[Any]] = []
    for start, end in zip(starts, [*starts[1:], len(part.request)], strict=True):
        request = int(part.request[start])
        parsed = log.queries[int(log.query[request])]
        built = builder.build(
            parsed, int(log.user[request]), None, int(log.now[request]), part.video[start:end]
        )
        dense.append(built.dense)
        ids.append(built.ids)
    count = len(part.request)
    of_request = searches.select("request_id", "now")[part.request]
    columns: dict[str, Any] = {
        "request_id": of_request["request_id"],
        "video_id": [item.decode() for item in world.columns.ids(part.video).tolist()],
        "now": of_request["now"],
        "stage": [STAGE] * count,
    }
    for names, parts in ((specification.dense, dense), (tuple(specification.ids), ids)):
        values = np.ascontiguousarray(np.concatenate(parts).T)
        columns |= {name: values[place] for place, name in enumerate(names) if name in world.kept}
    columns["versions"] = [_json({"features": specification.hash}).decode()] * count
    columns["events_position"] = pl.Series([None] * count, dtype=pl.Int64)
    columns["log_position"] = np.arange(position + 1, position + count + 1)
    return pl.DataFrame(columns)


def days_of(tables: Tables) -> range:
    """Day numbers that the tables' requests span."""
    files = tables.manifest.requests
    if not files:
        return range(0)
    first, last = min(file.first for file in files), max(file.last for file in files)
    return range(int(day_of(first)), int(day_of(last)) + 1)
