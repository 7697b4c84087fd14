"""The columns that the ranker keeps of a video: one list, which files, builders and overlays follow.

Columns lie in packs: one array (rows, width) a pack, so that all that a request reads of 500 candidates is
six gathers. Lists longer than a column's width are cut; the first items are kept (a title's first terms
matter most). The `moment_` packs hold what changes with the log; a training row has its own moment's.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.catalog.video import COUNTS

SCHEMA: Final = 3
NO_TERM: Final = 0  # padding in arrays of term hashes
NO_ROW: Final = -1  # padding in arrays of rows (artists, song titles)


@dataclass(frozen=True)
class Column:
    """`width` numbers of a pack; a missing cell holds `blank`."""

    name: str
    width: int
    blank: float
    meaning: str


# What the log says about a video as of the moment: sums, smoothed where they are used.
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
GROUP_SUMS: Final = ("expected_clicks", "clicks", "effective_plays")

PACKS: Final[dict[str, tuple[str, tuple[Column, ...]]]] = {
    "times": ("<i8", (Column("uploaded_at", 1, 0, "UTC milliseconds; 0 = unknown"),)),
    "facts": (
        "<f4",
        (
            Column("duration_seconds", 1, 0, "seconds; 0 = unknown"),
            Column("resolution", 1, 0, "height in pixels; 0 = unknown"),
            Column("reviewed", 1, 0, "1 if a person has looked at it"),
            Column("title_length", 1, 0, "code points of the title"),
        ),
    ),
    "terms": (
        "<u4",
        (
            # Widths are multiples of 8: a comparison's bytes are read as 64-bit words.
            Column("title_terms", 32, NO_TERM, "hashes of the title's distinct terms, search mode"),
            Column("tag_terms", 24, NO_TERM, "hashes of the tags' distinct terms that the title lacks"),
            Column("uploader_terms", 8, NO_TERM, "hashes of the uploader name's terms"),
        ),
    ),
    "codes": (
        "<i4",
        (
            Column("title_artists", 4, NO_ROW, "rows of the artists named in the title"),
            Column("tag_artists", 4, NO_ROW, "rows of the artists named in the tags"),
            Column("uploader_artist", 1, NO_ROW, "row of the artist whom the uploader's name names"),
            Column("title_songs", 4, NO_ROW, "rows of the song titles named in the title"),
            Column("tag_songs", 4, NO_ROW, "rows of the song titles named in the tags"),
            Column(
                "word_songs", 4, NO_ROW, "rows of the song titles that are words of the title, meant or not"
            ),
            Column("lyrics_song", 1, NO_ROW, "row of the song title whose lyrics the title quotes"),
            Column("style_bits", 1, 0, "bits of the generation's styles that title and tags speak of"),
            Column("language_bits", 1, 0, "bits of the generation's languages that title and tags speak of"),
            Column("title_versions", 1, 0, "bits of `names.VERSIONS` that the title names"),
            Column("tag_versions", 1, 0, "bits of `names.VERSIONS` that the tags name"),
            Column("uploader_versions", 1, 0, "bits of `names.VERSIONS` that the uploader's name names"),
            Column("uploader", 1, NO_ROW, "row among this generation's uploaders"),
        ),
    ),
    "moment_facts": (
        "<f4",
        (
            Column("counts", len(COUNTS), 0, ", ".join(COUNTS)),
            Column("history", len(HISTORY_SUMS), 0, ", ".join(HISTORY_SUMS)),
            Column("uploader_history", len(GROUP_SUMS), 0, "of the uploader: " + ", ".join(GROUP_SUMS)),
            Column("artist_history", len(GROUP_SUMS), 0, "of the artist: " + ", ".join(GROUP_SUMS)),
            Column("artist_trust", 1, 0, "evidence for the artist: votes"),
            Column("song_trust", 1, 0, "evidence for the song's title: votes"),
        ),
    ),
    # What the video most probably is, from its text and from the queries that got it clicked.
    "moment_codes": (
        "<i4",
        (
            Column("artist", 1, NO_ROW, "row of the artist"),
            Column("song_title", 1, NO_ROW, "row of the song's title"),
            Column("song", 1, NO_ROW, "row of the song, where title and artist (or the title alone) tell"),
            Column("style", 1, NO_ROW, "row of the song's style, else of the artist's most frequent one"),
            Column("language", 1, NO_ROW, "row of the song's language, else of the artist's"),
            Column("version", 1, NO_ROW, "row of `names.VERSIONS`"),
        ),
    ),
}
MOMENT_PACKS: Final = ("moment_facts", "moment_codes")


@dataclass(frozen=True)
class Place:
    """Where a column lies: `cells = pack[:, at]`; (n,) for a column of width 1, else (n, width)."""

    pack: str
    start: int
    width: int
    blank: float

    @property
    def at(self) -> int | slice:
        """Index into the pack's second axis."""
        return self.start if self.width == 1 else slice(self.start, self.start + self.width)


def _places() -> dict[str, Place]:
    places: dict[str, Place] = {}
    for pack, (_, columns) in PACKS.items():
        start = 0
        for column in columns:
            places[column.name] = Place(pack, start, column.width, column.blank)
            start += column.width
    return places


PLACES: Final = _places()
BLANKS: Final[dict[str, npt.NDArray[Any]]] = {
    pack: np.concatenate([np.full(column.width, column.blank) for column in columns]).astype(dtype)
    for pack, (dtype, columns) in PACKS.items()
}
"""A blank row of each pack, (width,)."""


def empty(pack: str, rows: int) -> npt.NDArray[Any]:
    """Blank rows of a pack, (rows, width)."""
    return np.tile(BLANKS[pack], (rows, 1))


def put(packs: dict[str, npt.NDArray[Any]], name: str, cells: Any) -> None:
    """Write a column's cells for all rows of its pack, where the packs hold it."""
    place = PLACES[name]
    packs[place.pack][:, place.at] = cells


def get(packs: dict[str, npt.NDArray[Any]], name: str) -> npt.NDArray[Any]:
    """A column's cells: a view, (n,) or (n, width)."""
    place = PLACES[name]
    return packs[place.pack][:, place.at]
