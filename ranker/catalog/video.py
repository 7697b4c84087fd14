"""A video as the catalogue knows it, and the one list of catalogue columns.

Every other list of fields (the world's files, the index's mapping, the ranker's columns, the reader's
`--map`) is checked against `COLUMNS`. The catalogue holds what an uploader types and what a site
counts; what *causes* a click (tastes, true tier) is never a column.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import polars as pl

Kind = Literal["text", "texts", "time", "real", "whole", "yes_no"]

# A time of 0, a duration of 0 and a resolution of 0 mean "unknown": the index leaves the field out and
# a feature says "missing, default used".


class Video(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One video. Immutable; read from JSON by `msgspec.json.decode(body, type=Video)`."""

    video_id: str
    title: str
    tags: tuple[str, ...] = ()
    uploader_id: str = ""
    uploader: str = ""
    uploaded_at: int = 0
    duration_seconds: float = 0.0
    resolution: int = 0
    reviewed: bool = False
    plays: int = 0
    likes: int = 0
    favorites: int = 0
    shares: int = 0
    comments: int = 0


@dataclass(frozen=True)
class Column:
    """One column: its name, its kind and what it means.

    Kinds: `text` a string; `texts` a list of strings; `time` UTC milliseconds (int64); `real` float32;
    `whole` int64 (`resolution`: int32); `yes_no` a boolean.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False

    @property
    def default(self) -> object:
        """The value of a row that lacks this column; `None` for a required column."""
        return None if self.required else getattr(_BLANK, self.name)

    @property
    def dtype(self) -> pl.DataType:
        """Its type in a table."""
        return pl.Int32() if self.name == "resolution" else _DTYPES[self.kind]


_BLANK = Video(video_id="", title="")
_DTYPES: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "texts": pl.List(pl.String()),
    "time": pl.Int64(),
    "real": pl.Float32(),
    "whole": pl.Int64(),
    "yes_no": pl.Boolean(),
}

COLUMNS: tuple[Column, ...] = (
    Column("video_id", "text", "Identity, a string that is never parsed; equal to the index's _id.", True),
    Column("title", "text", "What the uploader typed.", True),
    Column("tags", "texts", "What the uploader chose; some are wrong."),
    Column("uploader_id", "text", "Identity of the uploader; the name where the source has none."),
    Column("uploader", "text", "Name of the uploader."),
    Column("uploaded_at", "time", "UTC milliseconds; 0 = unknown."),
    Column("duration_seconds", "real", "Length in seconds; 0 = unknown."),
    Column("resolution", "whole", "Height in pixels; 0 = unknown."),
    Column("reviewed", "yes_no", "A person has looked at it."),
    Column("plays", "whole", "Plays counted by the site so far."),
    Column("likes", "whole", "Likes so far."),
    Column("favorites", "whole", "Favourites so far."),
    Column("shares", "whole", "Shares so far."),
    Column("comments", "whole", "Comments so far."),
)

COLUMN_NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
COUNTS: tuple[str, ...] = ("plays", "likes", "favorites", "shares", "comments")


def schema() -> dict[str, pl.DataType]:
    """Names and types of a catalogue table, in order."""
    return {column.name: column.dtype for column in COLUMNS}


def to_table(videos: Iterable[Video]) -> pl.DataFrame:
    """A catalogue table (n rows, the columns of `schema`) of the videos, in their order."""
    rows = list(videos)
    data: dict[str, list[Any]] = {name: [getattr(video, name) for video in rows] for name in COLUMN_NAMES}
    data["tags"] = [list(tags) for tags in data["tags"]]
    return pl.DataFrame(data, schema=schema())


def from_table(table: pl.DataFrame) -> Iterable[Video]:
    """Videos of a catalogue table, in its order; columns that are not the catalogue's are left out."""
    for row in table.select(COLUMN_NAMES).iter_rows(named=True):
        yield Video(**{**row, "tags": tuple(row["tags"])})
