"""From KuaiRand's files to a folder of tables and samples, through the same code that our own log takes."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from ranker.catalog.event import SCHEMA
from ranker.errors import InvalidInputError
from ranker.features import columns as video_columns
from ranker.features.columns import VideoColumns
from ranker.features.events.day_files import DayFiles
from ranker.features.events.manifest import Manifest, write_manifest
from ranker.features.events.table import ARROW, COLUMNS
from ranker.features.families import all_features
from ranker.features.ids import ID_FEATURES
from ranker.features.log import Log
from ranker.features.priors import Priors
from ranker.features.samples.build import build
from ranker.features.samples.event_table import LoggedEvents
from ranker.features.samples.from_log import LoggedWorld, days_of, write_tables
from ranker.features.samples.join import Counts
from ranker.features.samples.kuairand import read
from ranker.features.samples.window import Window
from ranker.features.snapshots.tables import Tables
from ranker.features.specification import Specification
from ranker.features.statistics import Statistics
from ranker.features.users import UserColumns, write_users
from ranker.text import dictionary
from ranker.text.analyzer import Analyzer

KEPT: Final = (
    "video_lift",
    "video_looks",
    "effective_lift",
    "watch_lift",
    "like_lift",
    "recent_lift",
    "recent_looks",
    "age_days",
    "fresh",
    "duration",
    "resolution",
    "uploader_lift",
    "uploader_effective_lift",
    "uploader_looks",
    "video_known",
    "user_known",
    "user_looks",
    "user_click_lift",
    "user_effective_lift",
    "user_age_days",
    "user_uploader_lift",
    "user_video_looks",
    "user_video_clicks",
    "hour_sine",
    "hour_cosine",
    "weekend",
    "uploader",
    "user",
)
"""Features that need neither a query, nor titles, tags, artists, the site's counts or who a listener is."""

ABSENT: Final = {
    "query": "a feed is not asked anything: query, match and text features, query statistics",
    "music": "videos name no artist, song, style, language or version",
    "counts": "the site's own counts of plays, likes, favourites, shares and comments",
    "listener": "age and city",
    "scores": "no ranker of ours scored: coarse score, tier, u and predictions",
    "favorite": "nobody can favour a video there",
}
"""What KuaiRand doesn't have, and what that leaves out."""

_FEWEST: Final = 5  # exposures in the log's beginning; rarer ids share a code
_KINDS: Final = ("impression", "click", "play", "like", "share")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Converted:
    """What a conversion brought, by day, and the features left out."""

    counts: dict[str, Counts]
    exposures: int
    features: tuple[str, ...]
    left_out: tuple[str, ...]


def convert(
    logs: Sequence[Path],
    users: Path,
    videos: Path,
    into: Path,
    window: Window,
    progress: Progress | None = None,
) -> Converted:
    """Make `into`, whole or not at all: requests, snapshots, events and samples.

    Memory grows with the log: some 200 bytes an exposure, and the statistics.

    Raises:
        InvalidInputError: A file is none of KuaiRand's, or the folder is there already.
    """
    if into.exists():
        raise InvalidInputError(f"[{into}] is there already; remove it, or name another folder (--into)")
    exposures = read.read_exposures(logs)
    if not len(exposures):
        raise InvalidInputError(f"the log [{logs[0]}] has no exposures")
    into.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        converted = _convert(exposures, users, videos, scratch, window, progress)
        shutil.rmtree(scratch / "work")
        scratch.chmod(0o755)
        scratch.rename(into)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return converted


def _convert(
    exposures: pl.DataFrame,
    users: Path,
    videos: Path,
    root: Path,
    window: Window,
    progress: Progress | None,
) -> Converted:
    world = _world(exposures, users, videos, root / "work")
    tables = Tables.open(root)
    write_tables(world, tables, _specification_of(world), progress)
    _write_events(exposures, root / "events")
    counts = build(tables, LoggedEvents(root / "events"), days_of(tables), window, progress=progress)
    known = [feature.name for feature in all_features()] + list(ID_FEATURES)
    left_out = tuple(name for name in known if name not in KEPT)
    return Converted(counts, len(exposures), KEPT, left_out)


def _world(exposures: pl.DataFrame, users: Path, videos: Path, work: Path) -> LoggedWorld:
    """The log beside columns of its videos and listeners, made in `work`."""
    analyzer = Analyzer.load(work / "dictionary" / dictionary.export([], work / "dictionary"))
    first = int(exposures["time_ms"][0])
    dictionary_dir = work / "dictionary" / analyzer.version
    video_columns.write(read.read_videos(videos), None, None, dictionary_dir, work, analyzer=analyzer)
    write_users(read.read_users(users, first), work)
    return LoggedWorld(
        name="kuairand",
        columns=VideoColumns.open(work, analyzer=analyzer),
        users=UserColumns.open(work),
        searches=read.searches(exposures),
        exposures=read.outcomes(exposures),
        kept=KEPT,
        absent=tuple(ABSENT),
    )


def _specification_of(world: LoggedWorld) -> Callable[[Log, Statistics], Specification]:
    def specify(begun: Log, after: Statistics) -> Specification:
        """Fitted on the log's beginning: no sample of a later day knows anything of its own."""
        uploaders = [item.decode() for item in world.columns.uploaders.ids.tolist()]
        rows = {
            "uploader": (world.columns.column("uploader")[begun.video], uploaders),
            "user": (begun.user[begun.request], world.users.ids),
        }
        ids: dict[str, Sequence[str]] = {}
        for name, (of_exposures, values) in rows.items():
            counts = np.bincount(of_exposures[of_exposures >= 0], minlength=len(values))
            ids[name] = [values[row] for row in np.flatnonzero(counts >= _FEWEST).tolist()]
        return Specification.make(
            ids=ids,
            words=(),
            buckets=1,
            priors=Priors.fit(after),
            dictionary=world.columns.dictionary,
            trained_until=int(begun.now.max(initial=0)),
        )

    return specify


def _write_events(exposures: pl.DataFrame, folder: Path) -> None:
    """As a wholly compacted log: a click at the exposure, the rest when the play has ended."""
    ended = pl.col("time_ms") + pl.col("play_time_ms").clip(0)
    happened = {
        "impression": (pl.lit(True), pl.col("time_ms")),
        "click": (pl.col("is_click") > 0, pl.col("time_ms")),
        "play": (pl.col("play_time_ms") > 0, ended),
        "like": (pl.col("is_like") > 0, ended),
        "share": (pl.col("is_forward") > 0, ended),
    }
    order = pl.col("kind").replace_strict(list(_KINDS), range(len(_KINDS)), return_dtype=pl.Int8)
    rows = pl.concat(
        exposures.filter(here).select(
            pl.format("{}-{}-{}", "request_id", "position", pl.lit(kind)).alias("event_id"),
            "request_id",
            "video_id",
            pl.lit(kind).alias("kind"),
            time.alias("event_time"),
            time.alias("received_time"),
            "user_id",
            pl.when(kind == "impression").then("position").alias("position"),
            pl.when(kind == "play").then(pl.col("play_time_ms") / 1000).alias("seconds"),
            pl.lit(None, pl.String).alias("device"),
            pl.lit(SCHEMA, pl.Int8).alias("schema"),
            pl.col("position").alias("place"),
        )
        for kind, (here, time) in happened.items()
    ).sort("received_time", "request_id", "place", order)
    numbered = rows.with_row_index("log_position", 1).cast({"log_position": pl.Int64}).select(*COLUMNS)
    folder.mkdir(parents=True, exist_ok=True)
    files = DayFiles(folder, 0)
    files.add(numbered.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(ARROW))
    named = tuple(files.finish(len(numbered)))
    write_manifest(folder, Manifest(until=len(numbered), pruned=len(numbered), files=named))
