"""The columns that the ranker keeps of a video: one list, which files, builders and overlays follow.

A column is one fixed-width array, (n,) or (n, width), so that 500 candidates are one gather each.
Lists longer than a column's width are cut; the first items are kept (a title's first terms matter most).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.catalog.video import COUNTS

SCHEMA: Final = 1
NO_TERM: Final = 0  # padding in arrays of term hashes
NO_ROW: Final = -1  # padding in arrays of rows (artists, song titles)


@dataclass(frozen=True)
class Column:
    """One stored array: file `<name>.npy`, shape (n,) if width is 0, else (n, width)."""

    name: str
    dtype: str
    width: int
    blank: float
    meaning: str

    def empty(self, count: int) -> npt.NDArray[Any]:
        """`count` blank rows."""
        shape = (count, self.width) if self.width else (count,)
        return np.full(shape, self.blank, np.dtype(self.dtype))


CATALOGUE: Final = (
    Column("uploaded_at", "<i8", 0, 0, "UTC milliseconds; 0 = unknown"),
    Column("duration_seconds", "<f4", 0, 0, "seconds; 0 = unknown"),
    Column("resolution", "<i4", 0, 0, "height in pixels; 0 = unknown"),
    Column("reviewed", "|u1", 0, 0, "1 if a person has looked at it"),
    Column("counts", "<f4", len(COUNTS), 0, "plays, likes, favorites, shares, comments at the build"),
)
TEXT: Final = (
    Column("title_terms", "<u4", 32, NO_TERM, "hashes of the title's distinct terms, search mode"),
    Column("tag_terms", "<u4", 24, NO_TERM, "hashes of the tags' distinct terms that the title lacks"),
    Column("uploader_terms", "<u4", 6, NO_TERM, "hashes of the uploader name's terms"),
    Column("title_artists", "<i4", 4, NO_ROW, "rows of the artists named in the title"),
    Column("tag_artists", "<i4", 4, NO_ROW, "rows of the artists named in the tags"),
    Column("uploader_artist", "<i4", 0, NO_ROW, "row of the artist whom the uploader's name names"),
    Column("title_songs", "<i4", 4, NO_ROW, "rows of the song titles named in the title"),
    Column("tag_songs", "<i4", 4, NO_ROW, "rows of the song titles named in the tags"),
    Column("title_versions", "<u2", 0, 0, "bits of `names.VERSIONS` that the title names"),
    Column("tag_versions", "<u2", 0, 0, "bits of `names.VERSIONS` that the tags name"),
    Column("uploader_versions", "<u2", 0, 0, "bits of `names.VERSIONS` that the uploader's name names"),
    Column("title_length", "<i2", 0, 0, "code points of the title"),
)
UPLOADER: Final = Column("uploader", "<i4", 0, NO_ROW, "row among this generation's uploaders")
# What the video most probably is, from its text and from the queries that got it clicked.
RESOLVED: Final = (
    Column("artist", "<i4", 0, NO_ROW, "row of the artist"),
    Column("artist_trust", "<f4", 0, 0, "evidence for the artist: votes"),
    Column("song_title", "<i4", 0, NO_ROW, "row of the song's title"),
    Column("song_trust", "<f4", 0, 0, "evidence for the song's title: votes"),
    Column("song", "<i4", 0, NO_ROW, "row of the song, where title and artist (or the title alone) tell"),
    Column("style", "|i1", 0, NO_ROW, "row of the song's style, else of the artist's most frequent one"),
    Column("language", "|i1", 0, NO_ROW, "row of the song's language, else of the artist's"),
    Column("version", "|i1", 0, NO_ROW, "row of `names.VERSIONS`"),
)
# What the log says about a video as of the build: sums, smoothed where they are used.
HISTORY_SUMS: Final = (
    "shows",
    "expected_clicks",
    "clicks",
    "effective_plays",
    "watch_ratio",
    "likes",
    "recent_expected_clicks",
    "recent_clicks",
)
HISTORY: Final = Column("history", "<f4", len(HISTORY_SUMS), 0, ", ".join(HISTORY_SUMS))

COLUMNS: Final = (*CATALOGUE, *TEXT, UPLOADER, *RESOLVED, HISTORY)
BY_NAME: Final = {column.name: column for column in COLUMNS}
