"""Artists and songs: who sings what, how popular it is, and which titles several songs share."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ranker.world.arrays import Floats, Groups, Ints, draw_weighted, zipf
from ranker.world.clock import DAY_MS, Clock
from ranker.world.names import NameMaker
from ranker.world.randomness import stream
from ranker.world.size import WorldSize
from ranker.world.vocabulary import language_names, style_names, vocabulary

FACTORS = 8
"""Dimensions of the space in which artists lie and listeners' tastes point."""
_LANGUAGE_SHARES = np.array([0.62, 0.1, 0.04, 0.1, 0.06, 0.08])


@dataclass(frozen=True)
class Artists:
    """Artists, most popular first. `factors` (n, 8) are unit vectors that only tastes look at."""

    names: list[str]
    aliases: list[list[str]]
    language: Ints
    style: Ints
    popularity: Floats
    factors: Floats

    def table(self) -> pl.DataFrame:
        """The public table."""
        return pl.DataFrame(
            {
                "artist_id": artist_ids(len(self.names)),
                "name": self.names,
                "aliases": self.aliases,
            },
            schema={"artist_id": pl.String, "name": pl.String, "aliases": pl.List(pl.String)},
        )


@dataclass(frozen=True)
class Songs:
    """Songs. `title` indexes `titles`: songs of one title are what makes a query ambiguous."""

    titles: list[str]
    title: Ints
    artist: Ints
    album: list[str]
    language: Ints
    style: Ints
    lyrics: list[str]
    released_at: Ints
    popularity: Floats
    artist_count: int

    def of_title(self) -> Groups:
        """Songs by title, most popular first."""
        return Groups.of(self.title, len(self.titles), self.popularity)

    def prominence(self) -> Floats:
        """Share of each song in the popularity of all songs of its title, (n,)."""
        total = np.bincount(self.title, self.popularity, len(self.titles))
        return np.asarray(self.popularity / total[self.title])

    def table(self) -> pl.DataFrame:
        """The public table."""
        count = len(self.title)
        ids = np.array(artist_ids(self.artist_count))
        return pl.DataFrame(
            {
                "song_id": song_ids(count),
                "title": [self.titles[index] for index in self.title],
                "artist_id": ids[self.artist].tolist(),
                "album": self.album,
                "language": [language_names()[index] for index in self.language],
                "style": [style_names()[index] for index in self.style],
                "lyrics_line": self.lyrics,
                "released_at": self.released_at,
            }
        )


def artist_ids(count: int) -> list[str]:
    """Identities of the first `count` artists."""
    return [f"a{index:05d}" for index in range(count)]


def song_ids(count: int) -> list[str]:
    """Identities of the first `count` songs."""
    return [f"s{index:06d}" for index in range(count)]


def make_artists(size: WorldSize, seed: int) -> Artists:
    """The artists: the hand-made ones among the most popular, the rest made up."""
    generator = stream(seed, "artists")
    real: list[list[Any]] = vocabulary()["real"]
    languages, styles = language_names(), style_names()
    names = [row[0] for row in real]
    aliases = [list(row[1]) for row in real]
    taken = [*names, *(alias for row in aliases for alias in row), *vocabulary()["everyday"]]
    maker = NameMaker(generator, taken)
    language = [languages.index(row[2]) for row in real]
    style = [styles.index(row[3]) for row in real]
    for drawn in draw_weighted(_LANGUAGE_SHARES, size.artists - len(real), generator):
        name, other = maker.artist(languages[drawn])
        names.append(name)
        aliases.append(other)
        language.append(int(drawn))
        style.append(int(generator.integers(len(styles))))
    popularity = zipf(size.artists, 0.9, 4.0)
    centres = generator.standard_normal((len(styles), FACTORS))
    accents = generator.standard_normal((len(languages), FACTORS))
    own = generator.standard_normal((size.artists, FACTORS))
    factors = 0.8 * centres[style] + 0.4 * accents[language] + 0.9 * own
    factors /= np.sqrt((factors**2).sum(axis=1, keepdims=True))
    return Artists(names, aliases, np.array(language), np.array(style), popularity, factors)


def make_songs(artists: Artists, size: WorldSize, clock: Clock, seed: int) -> Songs:
    """The songs: about one in eight bears a title that another song has, or an everyday phrase."""
    generator = stream(seed, "songs")
    words = vocabulary()
    languages, styles = language_names(), style_names()
    maker = NameMaker(generator, [*words["everyday"], *artists.names])
    numbers: dict[str, int] = {}
    rows: list[tuple[int, int, str, int, int, float]] = []

    def add(title: str, artist: int, album: str, style: int, boost: float) -> None:
        index = numbers.setdefault(title, len(numbers))
        rows.append((index, artist, album, int(artists.language[artist]), style, boost))

    for artist, row in enumerate(words["real"]):
        for title, album, style in row[4]:
            add(title, artist, album, styles.index(style), 1.5)
    shared = [title for title in words["everyday"] if title not in ("哪吒", "江南")]
    albums: dict[int, list[str]] = {}
    for drawn in draw_weighted(artists.popularity**0.55, size.songs - len(rows), generator):
        artist = int(drawn)
        if generator.random() < 0.14:
            title = shared[int(generator.integers(len(shared)) * generator.random())]
        else:
            title = maker.title(languages[int(artists.language[artist])])
        own = albums.setdefault(artist, [])
        if not own or generator.random() < 0.25:
            own.append(maker.album())
        style = (
            int(artists.style[artist]) if generator.random() < 0.7 else int(generator.integers(len(styles)))
        )
        add(title, artist, own[-1], style, 0.0)
    title_of, artist_of, _, language_of, style_of, boosts = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    noise = generator.standard_normal(len(rows))
    popularity = artists.popularity[artist_of] ** 0.7 * np.exp(0.9 * noise + boosts)
    age_days = 20.0 + generator.gamma(1.4, 900.0, len(rows)) + np.where(boosts > 0, 2_500.0, 0.0)
    return Songs(
        titles=list(numbers),
        title=title_of.astype(np.int64),
        artist=artist_of.astype(np.int64),
        album=[row[2] for row in rows],
        language=language_of.astype(np.int64),
        style=style_of.astype(np.int64),
        lyrics=[maker.lyrics_line() for _ in rows],
        released_at=(clock.start - age_days * DAY_MS).astype(np.int64),
        popularity=popularity / popularity.sum(),
        artist_count=size.artists,
    )
