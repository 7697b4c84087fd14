"""Features that anybody could compute from the public tables, one number an exposure."""

import numpy as np
import polars as pl

from ranker.world.arrays import Floats, Ints
from ranker.world.clock import DAY_MS, ZONE_OFFSET_MS
from ranker.world.plain_text import plain_lines

PRIOR_SHOWS = 20.0
"""A rate is drawn towards the mean as if by this many more exposures."""


def column_features(log: pl.DataFrame, videos: pl.DataFrame) -> dict[str, Floats]:
    """Position, the catalogue's columns and ratios of them, freshness and hour, for each row of the log."""
    rows = log.select("video_id", "now", "position").join(
        videos, on="video_id", how="left", maintain_order="left"
    )
    plays = rows["plays"].to_numpy().astype(np.float64)
    features = {"position": -rows["position"].to_numpy().astype(np.float64)}
    for name in (
        "plays",
        "likes",
        "favorites",
        "shares",
        "comments",
        "duration_seconds",
        "resolution",
        "reviewed",
    ):
        features[name] = rows[name].to_numpy().astype(np.float64)
    for name in ("likes", "favorites", "shares", "comments"):
        features[f"{name} per play"] = features[name] / (plays + 100.0)
    features["title length"] = rows["title"].str.len_chars().to_numpy().astype(np.float64)
    features["tags"] = rows["tags"].list.len().to_numpy().astype(np.float64)
    now = rows["now"].to_numpy()
    features["age"] = (now - rows["uploaded_at"].to_numpy()).astype(np.float64)
    features["hour"] = (((now + ZONE_OFFSET_MS) // (DAY_MS // 24)) % 24).astype(np.float64)
    return features


def rate_features(log: pl.DataFrame, videos: pl.DataFrame, artists: pl.DataFrame) -> dict[str, Floats]:
    """Smoothed click rates of video, query, listener and pairs, each leaving the row's own day out."""
    click = log["click"].to_numpy().astype(np.float64)
    day = (log["now"].to_numpy() + ZONE_OFFSET_MS) // DAY_MS
    about = videos.select("video_id", "uploader_id", artist=named_artist(videos, artists))
    rows = log.join(about, on="video_id", how="left", maintain_order="left")
    code = {name: rows[name].rank("dense").to_numpy().astype(np.int64) for name in _KEYS}
    features = {}
    for names in _RATES:
        key = code[names[0]]
        for name in names[1:]:
            key = key * (int(code[name].max()) + 1) + code[name]
        prior = PRIOR_SHOWS if len(names) == 1 else PRIOR_SHOWS / 4
        features["click rate of " + " × ".join(names)] = leave_day_out(key, day, click, prior)
    return features


_KEYS = ("video_id", "query", "user_id", "uploader_id", "artist", "device")
_RATES = (
    ("video_id",),
    ("query",),
    ("user_id",),
    ("uploader_id",),
    ("artist",),
    ("device",),
    ("query", "video_id"),
    ("query", "uploader_id"),
    ("query", "artist"),
    ("user_id", "uploader_id"),
    ("user_id", "artist"),
)


def leave_day_out(key: Ints, day: Ints, happened: Floats, prior: float) -> Floats:
    """(happened + prior · mean) / (rows + prior) of each row's key, over the rows of other days."""
    group = np.unique(key, return_inverse=True)[1]
    own = np.unique(group * (int(day.max() - day.min()) + 1) + (day - day.min()), return_inverse=True)[1]
    shows = np.bincount(group)[group] - np.bincount(own)[own]
    hits = np.bincount(group, happened)[group] - np.bincount(own, happened)[own]
    return np.asarray((hits + prior * happened.mean()) / (shows + prior))


def named_artist(videos: pl.DataFrame, artists: pl.DataFrame) -> pl.Series:
    """The artist named first in title, tags and uploader, as a row of `artists`; -1: none is."""
    named = artists.with_row_index("artist").select("artist", "name", "aliases")
    surfaces = pl.concat(
        [named.select("artist", "name"), named.select("artist", name="aliases").explode("name")]
    )
    surfaces = surfaces.drop_nulls()
    surfaces = surfaces.with_columns(name=pl.Series(plain_lines(surfaces["name"].to_list())))
    surfaces = surfaces.unique("name", keep="first", maintain_order=True)
    joined = videos.select(
        pl.concat_str([pl.col("title"), pl.col("tags").list.join(" "), pl.col("uploader")], separator=" ")
    ).to_series()
    found = pl.Series(plain_lines(joined.to_list())).str.extract_many(
        surfaces["name"].to_list(), overlapping=True
    )
    first = pl.DataFrame({"name": found.list.first()}).join(
        surfaces, on="name", how="left", maintain_order="left"
    )
    return first["artist"].cast(pl.Int64).fill_null(-1).alias("artist")
