"""KuaiRand's files (CSV, gzip or plain) in the form of our own log and catalogue."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from ranker.catalog.video import schema
from ranker.errors import InvalidInputError
from ranker.features.log import DAY_MS, ZONE_OFFSET_MS

_LOG: Final = {
    "user_id": pl.String,
    "video_id": pl.String,
    "time_ms": pl.Int64,
    "is_click": pl.Int8,
    "is_like": pl.Int8,
    "is_forward": pl.Int8,
    "play_time_ms": pl.Int64,
    "tab": pl.Int32,
}
_USERS: Final = {"user_id": pl.String, "register_days": pl.Int64}
_VIDEOS: Final = {
    "video_id": pl.String,
    "author_id": pl.String,
    "upload_dt": pl.String,
    "video_duration": pl.Float64,
    "server_width": pl.Float64,
    "server_height": pl.Float64,
}


def read_exposures(paths: Sequence[Path]) -> pl.DataFrame:
    """Exposures of all files by time, each (user, time, video) once, with `request_id` and `position`.

    The feed has no requests: what one user was shown at one millisecond is one, and the position is the place
    in the file among these.
    """
    parts = [_read(path, _LOG) for path in paths]
    key = ["user_id", "time_ms", "video_id"]
    whole = (
        pl.concat(parts).unique(key, keep="first", maintain_order=True).sort("time_ms", maintain_order=True)
    )
    request = pl.format("k{}-{}", "user_id", "time_ms").alias("request_id")
    whole = whole.with_columns(request)
    return whole.with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int32).over("request_id") + 1).alias("position")
    ).sort("time_ms", "request_id", "position")


def searches(exposures: pl.DataFrame) -> pl.DataFrame:
    """Requests without a query; `tab`, the feed's page, is their context."""
    return exposures.unique("request_id", keep="first", maintain_order=True).select(
        "request_id",
        "user_id",
        pl.lit("").alias("query"),
        pl.col("time_ms").alias("now"),
        pl.lit(None, pl.String).alias("device"),
        pl.concat_str(pl.lit('{"tab":'), "tab", pl.lit("}")).alias("context"),
    )


def outcomes(exposures: pl.DataFrame) -> pl.DataFrame:
    """Exposures in the form of the log; nobody can favour a video there."""
    return exposures.select(
        "request_id",
        "video_id",
        "position",
        pl.col("is_click").gt(0).alias("click"),
        (pl.col("play_time_ms") / 1000).alias("play_seconds"),
        pl.col("is_like").gt(0).alias("like"),
        pl.lit(False).alias("favorite"),
        pl.col("is_forward").gt(0).alias("share"),
    )


def read_users(path: Path, first: int) -> pl.DataFrame:
    """Listeners; days since registration are taken to be of the log's first time (`first`, ms)."""
    days = pl.col("register_days").clip(0)
    return _read(path, _USERS).select("user_id", (pl.lit(first) - days * DAY_MS).alias("signup_at"))


def read_videos(path: Path) -> pl.DataFrame:
    """The catalogue: no titles, tags or counts; the height of an upright video is its shorter side."""
    uploaded = pl.col("upload_dt").str.to_date("%Y-%m-%d", strict=False).cast(pl.Int64) * DAY_MS
    table = _read(path, _VIDEOS).select(
        "video_id",
        pl.lit("").alias("title"),
        pl.lit([], pl.List(pl.String)).alias("tags"),
        pl.col("author_id").fill_null("").alias("uploader_id"),
        pl.lit("").alias("uploader"),
        (uploaded - ZONE_OFFSET_MS).fill_null(0).alias("uploaded_at"),
        (pl.col("video_duration") / 1000).fill_null(0).alias("duration_seconds"),
        pl.min_horizontal("server_width", "server_height").fill_null(0).alias("resolution"),
        pl.lit(False).alias("reviewed"),
        *(pl.lit(0).alias(name) for name in ("plays", "likes", "favorites", "shares", "comments")),
    )
    return table.unique("video_id", keep="first", maintain_order=True).cast(pl.Schema(schema()))


def _read(path: Path, columns: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    try:
        return pl.read_csv(path, columns=list(columns), schema_overrides=columns).select(list(columns))
    except FileNotFoundError:
        raise InvalidInputError(f"[{path}] is not there; give the path of a KuaiRand file") from None
    except (pl.exceptions.PolarsError, OSError) as error:
        said = str(error).splitlines()[0]
        raise InvalidInputError(
            f"[{path}] is no KuaiRand file with the columns [{', '.join(columns)}]: {said}"
        ) from None
