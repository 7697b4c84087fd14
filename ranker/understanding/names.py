"""The artists and songs of a generation: tables beside the columns, rows instead of ids."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.text.analyzer import Analyzer
from ranker.understanding.entities import Entity, EntityExtractor
from ranker.understanding.music_words import LANGUAGE_WORDS, STYLE_WORDS, found_rows, word_rows
from ranker.understanding.spellings import Kind, Spellings
from ranker.understanding.version_words import WORDS_OF_KIND

Schema = dict[str, pl.DataType]
ARTISTS: Final[Schema] = {
    "artist_id": pl.String(),
    "name": pl.String(),
    "aliases": pl.List(pl.String()),
}
SONGS: Final[Schema] = {
    "song_id": pl.String(),
    "title": pl.String(),
    "artist_id": pl.String(),
    "album": pl.String(),
    "language": pl.String(),
    "style": pl.String(),
    "lyrics_line": pl.String(),
}
VERSIONS: Final[tuple[str, ...]] = tuple(WORDS_OF_KIND)
NONE: Final = -1


class Named(NamedTuple):
    """What a text names: rows of artists, rows of song titles, bits of versions (bit i: `VERSIONS[i]`).

    `rest` is the text with a blank for each name.
    """

    artists: list[int]
    titles: list[int]
    versions: int
    rest: str


class Found(NamedTuple):
    """The same with each name's first place: rows of artists, song titles and `VERSIONS`, in their order."""

    artists: dict[int, Entity]
    titles: dict[int, Entity]
    versions: dict[int, Entity]
    rest: str


@dataclass(frozen=True)
class CatalogNames:
    """Artists, songs and song titles by row; several songs may share one title.

    Arrays over songs: `title_of_song`, `artist_of_song`, `style_of_song`, `language_of_song` int32, -1 where
    unknown. `styles` and `languages` are the distinct words of the table, sorted.
    """

    artists: pl.DataFrame
    songs: pl.DataFrame
    titles: list[str]
    title_of_song: npt.NDArray[np.int32]
    artist_of_song: npt.NDArray[np.int32]
    styles: list[str]
    languages: list[str]
    style_of_song: npt.NDArray[np.int32]
    language_of_song: npt.NDArray[np.int32]
    extractor: EntityExtractor
    normalize: Callable[[str], str]

    @classmethod
    def make(cls, artists: pl.DataFrame | None, songs: pl.DataFrame | None, analyzer: Analyzer) -> Self:
        """From the tables, either of which may be missing: then no such name is ever found."""
        artist_table, song_table = _table(artists, ARTISTS), _table(songs, SONGS)
        row_of = {item: row for row, item in enumerate(artist_table["artist_id"].to_list())}
        normalized = [analyzer.normalizer.text(title).strip() for title in song_table["title"].to_list()]
        titles = list(dict.fromkeys(normalized))
        title_row = {title: row for row, title in enumerate(titles)}
        styles, style_of_song = _coded(song_table["style"])
        languages, language_of_song = _coded(song_table["language"])
        return cls(
            artist_table,
            song_table,
            titles,
            np.array([title_row[title] for title in normalized], np.int32),
            np.array([row_of.get(item, NONE) for item in song_table["artist_id"].to_list()], np.int32),
            styles,
            languages,
            style_of_song,
            language_of_song,
            EntityExtractor.build(artist_table, song_table, analyzer),
            analyzer.normalizer.text,
        )

    def named(self, text: str) -> Named:
        """Artists, song titles and versions that the text names, each once, in order of appearance."""
        found = self.found(text)
        versions = sum(1 << row for row in found.versions)
        return Named(list(found.artists), list(found.titles), versions, found.rest)

    def found(self, text: str) -> Found:
        """The same, each with its first place in the text."""
        artists: dict[int, Entity] = {}
        titles: dict[int, Entity] = {}
        versions: dict[int, Entity] = {}
        rest = text
        for entity in self.extractor.extract(text):
            if entity.kind == "artist":
                artists.setdefault(self.artist_row[entity.canonical_id], entity)
            elif entity.kind == "song":
                row = int(self.title_of_song[self.song_row[entity.canonical_id]])
                titles.setdefault(row, entity)
            else:
                versions.setdefault(VERSIONS.index(entity.canonical_id), entity)
            rest = rest[: entity.start] + " " * (entity.end - entity.start) + rest[entity.end :]
        return Found(artists, titles, versions, rest)

    def styles_in(self, text: str, terms: Iterable[str]) -> dict[int, str]:
        """Rows of the styles that a normalised text with these terms speaks of, and the word for each."""
        return found_rows(text, terms, self._style_words)

    def languages_in(self, text: str, terms: Iterable[str]) -> dict[int, str]:
        """Rows of the languages that a normalised text with these terms speaks of, and the word for each."""
        return found_rows(text, terms, self._language_words)

    @cached_property
    def _style_words(self) -> dict[str, int]:
        return word_rows(self.styles, STYLE_WORDS)

    @cached_property
    def _language_words(self) -> dict[str, int]:
        return word_rows(self.languages, LANGUAGE_WORDS)

    @cached_property
    def spellings(self) -> Spellings:
        """What names may be meant by other spellings; made at first use."""
        lines = [self.normalize(line or "") for line in self.songs["lyrics_line"].to_list()]
        return Spellings(self._spelt(), lines)

    def _spelt(self) -> Iterator[tuple[Kind, int, str]]:
        for row, (name, aliases) in enumerate(self.artists.select("name", "aliases").iter_rows()):
            for spelling in dict.fromkeys(self.normalize(text).strip() for text in (name, *(aliases or ()))):
                yield "artist", row, spelling
        for row, title in enumerate(self.titles):
            yield "title", row, title

    @cached_property
    def artist_row(self) -> dict[str, int]:
        """Row of an artist's id."""
        return {item: row for row, item in enumerate(self.artists["artist_id"].to_list())}

    @cached_property
    def song_row(self) -> dict[str, int]:
        """Row of a song's id."""
        return {item: row for row, item in enumerate(self.songs["song_id"].to_list())}

    @cached_property
    def songs_of_title(self) -> list[list[int]]:
        """Rows of the songs that bear each title."""
        rows: list[list[int]] = [[] for _ in self.titles]
        for song, title in enumerate(self.title_of_song.tolist()):
            rows[title].append(song)
        return rows

    @cached_property
    def style_of_artist(self) -> npt.NDArray[np.int32]:
        """Each artist's most frequent style, -1 where unknown."""
        return self._majority(self.style_of_song)

    @cached_property
    def language_of_artist(self) -> npt.NDArray[np.int32]:
        """Each artist's most frequent language, -1 where unknown."""
        return self._majority(self.language_of_song)

    def _majority(self, values: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        counts: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for artist, value in zip(self.artist_of_song.tolist(), values.tolist(), strict=True):
            if artist >= 0 and value >= 0:
                counts[artist][value] += 1
        found = np.full(len(self.artists), NONE, np.int32)
        for artist, count in counts.items():
            found[artist] = max(count, key=lambda value: (count[value], -value))
        return found

    def save(self, folder: Path) -> None:
        """Write `artists.parquet` and `songs.parquet`."""
        self.artists.write_parquet(folder / "artists.parquet")
        self.songs.write_parquet(folder / "songs.parquet")

    @classmethod
    def open(cls, folder: Path, analyzer: Analyzer) -> Self:
        """Read what `save` wrote; rows are the same."""
        artists, songs = (pl.read_parquet(folder / f"{name}.parquet") for name in ("artists", "songs"))
        return cls.make(artists, songs, analyzer)


def _table(table: pl.DataFrame | None, schema: Schema) -> pl.DataFrame:
    if table is None:
        return pl.DataFrame(schema=schema)
    missing = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in schema.items() if name not in table.columns
    ]
    return table.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in schema.items())


def _coded(values: pl.Series) -> tuple[list[str], npt.NDArray[np.int32]]:
    distinct: Sequence[str] = sorted({value for value in values.to_list() if value})
    row_of = {value: row for row, value in enumerate(distinct)}
    return list(distinct), np.array([row_of.get(value, NONE) for value in values.to_list()], np.int32)
