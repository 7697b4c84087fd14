"""The artists and songs of a generation: tables beside the columns, and their names to look for."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import polars as pl

from ranker.features.names import NameTable

Schema = dict[str, pl.DataType]
ARTIST_SCHEMA: Final[Schema] = {
    "artist_id": pl.String(),
    "name": pl.String(),
    "aliases": pl.List(pl.String()),
}
SONG_SCHEMA: Final[Schema] = {
    "song_id": pl.String(),
    "title": pl.String(),
    "artist_id": pl.String(),
    "album": pl.String(),
    "language": pl.String(),
    "style": pl.String(),
    "lyrics_line": pl.String(),
}
Normalize = Callable[[str], str]


@dataclass(frozen=True)
class CatalogNames:
    """Artists (by row), songs (by row) and song titles (by row: several songs share one title).

    `song_titles[i]` is a normalised title, `songs_of_title[i]` the rows of the songs that bear it,
    `artist_of_song[i]` the row of a song's original artist or -1.
    """

    artists: pl.DataFrame
    songs: pl.DataFrame
    artist_names: NameTable
    song_names: NameTable
    song_titles: list[str]
    songs_of_title: list[list[int]]
    artist_of_song: list[int]

    @classmethod
    def make(cls, artists: pl.DataFrame | None, songs: pl.DataFrame | None, normalize: Normalize) -> Self:
        """From the tables, either of which may be missing: then no such name is ever found."""
        artist_table = _table(artists, ARTIST_SCHEMA)
        song_table = _table(songs, SONG_SCHEMA)
        names: dict[str, list[int]] = defaultdict(list)
        for row, (name, aliases) in enumerate(
            zip(artist_table["name"].to_list(), artist_table["aliases"].to_list(), strict=True)
        ):
            for spelling in dict.fromkeys(normalize(text).strip() for text in [name, *(aliases or [])]):
                names[spelling].append(row)
        titles: dict[str, list[int]] = defaultdict(list)
        for row, title in enumerate(song_table["title"].to_list()):
            titles[normalize(title).strip()].append(row)
        row_of = {artist: row for row, artist in enumerate(artist_table["artist_id"].to_list())}
        return cls(
            artist_table,
            song_table,
            NameTable(names),
            NameTable({title: [row] for row, title in enumerate(titles)}),
            list(titles),
            list(titles.values()),
            [row_of.get(artist, -1) for artist in song_table["artist_id"].to_list()],
        )

    def save(self, folder: Path) -> None:
        """Write `artists.parquet` and `songs.parquet`."""
        self.artists.write_parquet(folder / "artists.parquet")
        self.songs.write_parquet(folder / "songs.parquet")

    @classmethod
    def open(cls, folder: Path, normalize: Normalize) -> Self:
        """Read what `save` wrote; rows are the same."""
        return cls.make(
            pl.read_parquet(folder / "artists.parquet"), pl.read_parquet(folder / "songs.parquet"), normalize
        )


def _table(table: pl.DataFrame | None, schema: Schema) -> pl.DataFrame:
    if table is None:
        return pl.DataFrame(schema=schema)
    missing = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in schema.items() if name not in table.columns
    ]
    return table.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in schema.items())
