"""A world on disk: its public tables, read when asked for.

What causes the clicks is not here: see `ranker.world.truth`, which evaluation and tests may import.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from ranker.errors import InvalidInputError

SCHEMA = 1
"""Version of the files' layout; a world of another one is made again."""

TABLES = ("videos", "artists", "songs", "users", "searches", "exposures", "labels")


@dataclass(frozen=True)
class World:
    """Public tables of one world: each property reads its file once, whole; `scan` reads lazily.

    searches and exposures are in order of time; labels are hand-made and a few per cent wrong.
    """

    path: Path
    manifest: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> "World":
        """Open a world's folder.

        Raises:
            InvalidInputError: There is no finished world, or one of another schema.
        """
        file = path / "manifest.json"
        if not file.exists():
            raise InvalidInputError(
                f"no world at [{path}]; make one with: encore world make {path.name} --size small"
            )
        manifest = json.loads(file.read_text("utf-8"))
        if manifest["schema"] != SCHEMA:
            raise InvalidInputError(
                f"the world at [{path}] has schema [{manifest['schema']}], not [{SCHEMA}]; make it again"
            )
        return cls(path, manifest)

    @property
    def now_ms(self) -> int:
        """The world's clock at its end, UTC milliseconds."""
        return int(self.manifest["now_ms"])

    @property
    def training_end_ms(self) -> int:
        """Where the log's training part ends; hand-made labels are of queries asked before it."""
        return int(self.manifest["training_end_ms"])

    def scan(self, table: str) -> pl.LazyFrame:
        """One of `TABLES`, lazily, for worlds larger than memory."""
        return pl.scan_parquet(self.path / f"{table}.parquet")

    def _read(self, table: str) -> pl.DataFrame:
        return pl.read_parquet(self.path / f"{table}.parquet")

    @cached_property
    def videos(self) -> pl.DataFrame:
        """The catalogue: the columns of `ranker.catalog.video`, counts as of the log's end."""
        return self._read("videos")

    @cached_property
    def artists(self) -> pl.DataFrame:
        """artist_id, name, aliases."""
        return self._read("artists")

    @cached_property
    def songs(self) -> pl.DataFrame:
        """song_id, title, artist_id (the original's), album, language, style, lyrics_line, released_at."""
        return self._read("songs")

    @cached_property
    def users(self) -> pl.DataFrame:
        """user_id, age_band, city_tier, signup_at; some of them never search within the log."""
        return self._read("users")

    @cached_property
    def searches(self) -> pl.DataFrame:
        """request_id, user_id, query, now (UTC milliseconds), device."""
        return self._read("searches")

    @cached_property
    def exposures(self) -> pl.DataFrame:
        """request_id, video_id, position (from 1), event_time, click, play_seconds, like, favorite, share."""
        return self._read("exposures")

    @cached_property
    def labels(self) -> pl.DataFrame:
        """query, video_id, tier 0–3: pairs labelled by hand, of queries of the training part alone."""
        return self._read("labels")
