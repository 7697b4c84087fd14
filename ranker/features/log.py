"""The search log as arrays: who saw which video where, under which query, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.features.request import ParsedQuery

ZONE_OFFSET_MS: Final = 8 * 3_600_000  # Asia/Shanghai; it has no summer time
DAY_MS: Final = 86_400_000
EFFECTIVE_SECONDS: Final = 15.0
EFFECTIVE_SHARE: Final = 0.5


def day_of(times: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Day number of UTC milliseconds, in the configured zone."""
    return (np.asarray(times, np.int64) + ZONE_OFFSET_MS) // DAY_MS


def effective_play(seconds: npt.NDArray[Any], duration: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """A play of at least 15 seconds or half of the video; of an unknown duration (0), 15 seconds."""
    half = np.where(duration > 0, EFFECTIVE_SHARE * duration, np.inf)
    return np.asarray((seconds >= EFFECTIVE_SECONDS) | (seconds >= half))


@dataclass(frozen=True)
class Log:
    """Exposures (n,) sorted by day, and the requests (r,) that they belong to.

    Of exposures: `request` row, `video` row, `position` (1-based), `click`, `effective`, `watch` (share
    watched in [0, 1]), `like`, `favorite`, `share` as float32. Of requests: `query` (row in `queries`),
    `user` row (-1 unknown), `now` ms, `day`, `device`.
    """

    queries: Sequence[ParsedQuery]
    query: npt.NDArray[np.int64]
    user: npt.NDArray[np.int64]
    now: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    device: npt.NDArray[np.object_]
    request: npt.NDArray[np.int64]
    video: npt.NDArray[np.int64]
    position: npt.NDArray[np.int64]
    click: npt.NDArray[np.float32]
    effective: npt.NDArray[np.float32]
    watch: npt.NDArray[np.float32]
    like: npt.NDArray[np.float32]
    favorite: npt.NDArray[np.float32]
    share: npt.NDArray[np.float32]

    @classmethod
    def make(
        cls,
        searches: pl.DataFrame,
        exposures: pl.DataFrame,
        *,
        video_rows: Callable[[list[str]], npt.NDArray[np.int64]],
        user_rows: Callable[[list[str]], npt.NDArray[np.int64]],
        duration: npt.NDArray[Any],
        parse: Callable[[str], ParsedQuery],
    ) -> Self:
        """From the world's tables (or a site's of the same columns), without exposures of unknown videos.

        `duration` (rows,) are seconds by video row.
        """
        searches = searches.sort("now", maintain_order=True).with_row_index("request")
        joined = exposures.join(searches.select("request", "request_id"), on="request_id", how="inner")
        video = video_rows(joined["video_id"].to_list())
        joined = joined.with_columns(pl.Series("video", video)).filter(pl.col("video") >= 0)
        joined = joined.sort("request", "position", maintain_order=True)
        video = joined["video"].to_numpy()
        texts = searches["query"].unique(maintain_order=True)
        row_of = {text: row for row, text in enumerate(texts.to_list())}
        seconds, length = joined["play_seconds"].to_numpy(), duration[video]
        click = joined["click"].to_numpy()
        watch = np.where(length > 0, np.minimum(seconds / np.maximum(length, 1e-3), 1.0), 0.0)

        def numbers(name: str) -> npt.NDArray[np.float32]:
            return joined[name].to_numpy().astype(np.float32)

        return cls(
            queries=[parse(text) for text in texts.to_list()],
            query=np.array([row_of[text] for text in searches["query"].to_list()], np.int64),
            user=user_rows(searches["user_id"].to_list()),
            now=searches["now"].to_numpy().astype(np.int64),
            day=day_of(searches["now"].to_numpy()),
            device=searches["device"].to_numpy().astype(object),
            request=joined["request"].to_numpy().astype(np.int64),
            video=video,
            position=joined["position"].to_numpy().astype(np.int64),
            click=click.astype(np.float32),
            effective=(click & effective_play(seconds, length)).astype(np.float32),
            watch=np.where(click, watch, 0.0).astype(np.float32),
            like=numbers("like"),
            favorite=numbers("favorite"),
            share=numbers("share"),
        )

    @property
    def exposure_day(self) -> npt.NDArray[np.int64]:
        """Day of each exposure, (n,): that of its request."""
        return self.day[self.request]

    def exposures(self, chosen: npt.NDArray[Any]) -> Self:
        """The same requests with some of the exposures, by mask or rows (n,)."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in (
            "request",
            "video",
            "position",
            "click",
            "effective",
            "watch",
            "like",
            "favorite",
            "share",
        ):
            values[name] = values[name][chosen]
        return type(self)(**values)

    def days(self) -> list[int]:
        """Days that have exposures, in order."""
        return [int(day) for day in np.unique(self.exposure_day)]
