"""From a world's public files to training rows of both models, each row as of its own day."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.features import columns as video_columns
from ranker.features.builder import FeatureBuilder
from ranker.features.columns import VideoColumns
from ranker.features.examination import Examination
from ranker.features.history import read_log
from ranker.features.id_dictionary import frequent
from ranker.features.layout import PACKS, get
from ranker.features.log import Log, day_of
from ranker.features.moments import moments
from ranker.features.priors import Priors
from ranker.features.request import QueryParser
from ranker.features.specification import Specification
from ranker.features.statistics import Statistics
from ranker.features.training_rows import ExposureRows, exposure_rows
from ranker.features.users import AGE_BANDS, MOST_CITY_TIER, UserColumns, write_users
from ranker.ranking.rows import RankingRows
from ranker.text import dictionary
from ranker.text.analyzer import Analyzer
from ranker.understanding.names import VERSIONS
from ranker.world.store import World

Progress = Callable[[str, int, int], None]
"""Told (what, done, in all)."""
_WARM_UP_DAYS: Final = 3
_BUCKETS: Final = 256  # codes of words that training hardly saw
_FEWEST_QUERIES_A_WORD: Final = 3
# Ids that are seen less than this share the rare code: what they'd learn is noise.
_FEWEST_EXPOSURES: Final = {"artist": 30, "song": 60, "uploader": 60, "user": 40, "wanted_artist": 60}


@dataclass(frozen=True)
class WorldRows:
    """What training learns from.

    `at_training_end` builds features as of the end of training; `log` is the whole log, of which `exposures`
    are the rows, without the first days.
    """

    specification: Specification
    columns: VideoColumns
    parser: QueryParser
    log: Log
    exposures: ExposureRows
    at_training_end: FeatureBuilder
    training_end: int

    def ranking(self) -> tuple[RankingRows, RankingRows, RankingRows]:
        """Rows of training, of the first half of the days after it (validation) and of the second (test)."""
        now = self.exposures.now
        middle = (self.training_end + int(now.max(initial=self.training_end)) + 1) // 2
        rows = _ranking_rows(self.exposures)
        masks = (now < self.training_end, (now >= self.training_end) & (now < middle), now >= middle)
        return rows.take(masks[0]), rows.take(masks[1]), rows.take(masks[2])


def world_rows(world: World, dictionaries: Path, work: Path, progress: Progress) -> WorldRows:
    """Build columns of the world's catalogue in `work`, walk the log by day and compute features.

    Args:
        world: Its public tables are read; of its truth nothing.
        dictionaries: Where dictionaries are exported to, one folder a version.
        work: A folder for the columns.
        progress: Told how far it is.
    """
    version = dictionary.export(dictionary_words(world), dictionaries)
    analyzer = Analyzer.load(dictionaries / version)
    video_columns.write(
        world.videos,
        world.artists,
        world.songs,
        dictionaries / version,
        work,
        analyzer=analyzer,
        progress=lambda done, size: progress("columns", done, size),
    )
    write_users(world.users, work)
    columns = VideoColumns.open(work, analyzer=analyzer)
    users = UserColumns.open(work)
    log = read_log(columns, users, world.searches, world.exposures)
    end = world.training_end_ms
    training = log.exposures(log.now[log.request] < end)
    examination = Examination.fit(training)
    specification = _specification(columns, users, training, examination, end)
    start = Statistics.empty({pack: columns.pack(pack) for pack in PACKS}, columns.names)
    builder = FeatureBuilder(columns, users, start, specification)
    kept: list[Statistics] = []
    days = len(log.days())

    def walk() -> Iterator[tuple[int, Log, FeatureBuilder]]:
        for number, (day, today, statistics) in enumerate(moments(columns, log, examination)):
            progress("features", number, days)
            if day == int(day_of(end)):
                kept.append(statistics)
            yield day, today, builder.at(statistics)

    exposures = exposure_rows(walk(), _WARM_UP_DAYS)
    return WorldRows(
        specification,
        columns,
        QueryParser(analyzer, columns.names, columns.terms),
        log,
        exposures,
        builder.at(kept[0]),
        end,
    )


def dictionary_words(world: World) -> list[dictionary.DictionaryWord]:
    """Names that segmentation keeps whole, as an index of this world has them: artists, aliases, songs."""
    columns = (world.artists["name"], world.artists["aliases"].explode(), world.songs["title"])
    names = pl.concat([column.drop_nulls() for column in columns]).unique(maintain_order=True).to_list()
    return [dictionary.DictionaryWord(name) for name in names if name]


def _specification(
    columns: VideoColumns, users: UserColumns, log: Log, examination: Examination, end: int
) -> Specification:
    packs = {pack: columns.pack(pack) for pack in PACKS}
    # All training days at once: enough for priors and counts, which don't depend on the order of days.
    statistics = Statistics.empty(packs, columns.names).after(log, examination, packs, columns.names)
    names = columns.names
    artists = names.artists["artist_id"].to_list()
    shown = log.video
    user = log.user[log.request]
    first_artist = np.array([int(query.artists[0]) if len(query.artists) else -1 for query in log.queries])
    ids: dict[str, Sequence[str]] = {
        "artist": _frequent("artist", get(statistics.moment, "artist")[shown], artists),
        "song": _frequent("song", get(statistics.moment, "song")[shown], names.songs["song_id"].to_list()),
        "uploader": _frequent(
            "uploader",
            columns.column("uploader")[shown],
            [item.decode() for item in columns.uploaders.ids.tolist()],
        ),
        "user": _frequent("user", user, users.ids),
        "wanted_artist": _frequent("wanted_artist", first_artist[log.query[log.request]], artists),
        "style": names.styles,
        "language": names.languages,
        "version": list(VERSIONS),
        "wanted_version": list(VERSIONS),
        "age_band": list(AGE_BANDS),
        "city_tier": [str(tier) for tier in range(1, MOST_CITY_TIER + 1)],
    }
    asked = np.unique(log.query[log.request]).tolist()
    words = Counter(word for query in asked for word in log.queries[query].words)
    return Specification.make(
        ids=ids,
        words=[word for word, count in words.most_common() if count >= _FEWEST_QUERIES_A_WORD],
        buckets=_BUCKETS,
        priors=Priors.fit(statistics),
        dictionary=columns.dictionary,
        trained_until=end,
    )


def _frequent(name: str, rows: npt.NDArray[Any], ids: list[str]) -> list[str]:
    return frequent(rows, ids, _FEWEST_EXPOSURES[name])


def _ranking_rows(exposures: ExposureRows) -> RankingRows:
    return RankingRows(
        dense=exposures.rows.dense,
        ids=exposures.rows.ids,
        position=exposures.position,
        device=exposures.device,
        click=exposures.click,
        effective_play=exposures.effective,
        watch_ratio=exposures.watch,
        like=exposures.like,
    )
