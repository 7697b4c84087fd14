"""What uploaders type: titles as natural sentences, tags of which some are wrong.

Sentences come from `templates.yaml`; which parts a title names is decided by the kind's shares. All
columns are built whole, one template at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import opencc
import polars as pl

from ranker.world.arrays import Groups, Ints, draw_weighted
from ranker.world.kinds import KINDS, number
from ranker.world.music import Artists, Songs
from ranker.world.randomness import stream
from ranker.world.uploaders import Uploaders
from ranker.world.videos import Videos
from ranker.world.vocabulary import templates, vocabulary

_FORMS = ("both", "song", "artist", "neither")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
_TRADITIONAL_SHARE, _FULL_WIDTH_SHARE = 0.05, 0.03


@dataclass(frozen=True)
class _Slots:
    """What may fill each slot {A}, {S}… of every video of a chunk: one string column a slot."""

    columns: dict[str, pl.Series]

    def sentence(self, template: str, rows: Ints) -> pl.Series:
        """The template filled for these rows."""
        parts = [piece for piece in template.replace("{", "\0{").replace("}", "}\0").split("\0") if piece]
        filled = [
            self.columns[piece[1]].gather(rows)
            if piece.startswith("{")
            else pl.repeat(piece, len(rows), eager=True)
            for piece in parts
        ]
        return pl.select(pl.concat_str(filled)).to_series()


def make_texts(
    videos: Videos, artists: Artists, songs: Songs, uploaders: Uploaders, seed: int, chunk: int
) -> pl.DataFrame:
    """Titles and tags of a chunk of videos: columns title (string) and tags (list of strings), in order."""
    generator = stream(seed, "titles", chunk)
    slots = _fill_slots(videos, artists, songs, uploaders, generator)
    titles = _titles(videos, slots, generator)
    titles = _rewrite(titles, _TRADITIONAL_SHARE, opencc.OpenCC("s2t").convert, generator)
    titles = _rewrite(titles, _FULL_WIDTH_SHARE, lambda text: text.translate(_FULL_WIDTH), generator)
    return pl.DataFrame({"title": titles, "tags": _tags(videos, slots, generator)})


def _rewrite(
    titles: pl.Series, share: float, convert: Callable[[str], str], generator: np.random.Generator
) -> pl.Series:
    rows = np.flatnonzero(generator.random(len(titles)) < share)
    return titles.scatter(rows, [convert(text) for text in titles.gather(rows)])


def _pick(options: list[str], count: int, generator: np.random.Generator, skew: float = 1.0) -> pl.Series:
    chosen = (generator.random(count) ** skew * len(options)).astype(np.int64)
    return pl.Series(options).gather(chosen)


def _words_of(lists: list[list[str]], which: Ints, generator: np.random.Generator) -> pl.Series:
    """For each row one of the words of its list, the first words oftener."""
    widest = max(len(words) for words in lists)
    flat = [words[column % len(words)] for words in lists for column in range(widest)]
    column = (generator.random(len(which)) ** 1.6 * widest).astype(np.int64)
    return pl.Series(flat).gather(which * widest + column)


def _fill_slots(
    videos: Videos, artists: Artists, songs: Songs, uploaders: Uploaders, generator: np.random.Generator
) -> _Slots:
    words = vocabulary()
    count = len(videos.kind)
    names = [
        [name, name, name, *aliases] for name, aliases in zip(artists.names, artists.aliases, strict=True)
    ]
    stars = [artists.names[index] for index in range(min(60, len(artists.names)))]
    star = _pick(stars, count, generator, 1.8)
    artist = _words_of(names, np.maximum(videos.about, 0), generator)
    everyday = _pick(words["everyday"], count, generator, 1.3)
    song = pl.Series(songs.titles).gather(songs.title[np.maximum(videos.song, 0)])
    known = _other_songs(videos, songs, generator)
    columns = {
        "A": artist,
        "S": song,
        "V": _words_of([list(kind.words) for kind in KINDS], videos.kind, generator),
        "M": _words_of(list(words["styles"].values()), videos.style, generator),
        "X": _words_of(list(words["languages"].values()), videos.language, generator),
        "Y": _words_of(
            list(words["styles"].values()), generator.integers(len(words["styles"]), size=count), generator
        ),
        "N": _pick(words["noise"], count, generator),
        "E": _pick(words["emoji"], count, generator),
        "U": pl.Series(uploaders.names).gather(videos.uploader),
        "L": pl.Series(songs.lyrics).gather(np.maximum(videos.song, 0)),
        "O": star,
        "R": pl.Series(songs.titles).gather(songs.title[known]),
        "W": everyday,
    }
    slots = _Slots(columns)
    columns["C"] = _choose_sentences(slots, words["confusing"], np.arange(count), generator)
    return slots


def _other_songs(videos: Videos, songs: Songs, generator: np.random.Generator) -> Ints:
    """A known song that each video (n,) isn't about: in six of ten cases another one of the same artist."""
    count = len(videos.kind)
    known = draw_weighted(songs.popularity**0.8, count, generator)
    by_artist = Groups.of(songs.artist, songs.artist_count, songs.popularity**0.8)
    same = by_artist.draw(videos.about, generator)
    fits = (generator.random(count) < 0.6) & (same >= 0) & (same != videos.song)
    return np.where(fits, same, known)


def _choose_sentences(
    slots: _Slots, options: list[str], rows: Ints, generator: np.random.Generator
) -> pl.Series:
    """One of the templates for each row, filled; in the order of `rows`."""
    chosen = generator.integers(len(options), size=len(rows))
    texts = pl.repeat("", len(rows), eager=True)
    for index, template in enumerate(options):
        mine = np.flatnonzero(chosen == index)
        if len(mine):
            texts = texts.scatter(mine, slots.sentence(template, rows[mine]))
    return texts


def _titles(videos: Videos, slots: _Slots, generator: np.random.Generator) -> pl.Series:
    count = len(videos.kind)
    titles = pl.repeat("", count, eager=True)
    roll = generator.random(count)
    # An anime cut in three is titled after something other than its song: 朗朗晴天.
    astray = (videos.kind == number("anime_cut")) & (generator.random(count) < 0.35)
    loud = videos.bait & (videos.song >= 0) & ~astray & (generator.random(count) < 0.7)
    for index, kind in enumerate(KINDS):
        sentences = templates()[kind.name]
        form = np.searchsorted(np.cumsum(sentences["shares"])[:-1], roll, side="right")
        for number_of_form, name in enumerate(_FORMS):
            rows = np.flatnonzero((videos.kind == index) & (form == number_of_form) & ~astray & ~loud)
            if len(rows):
                titles = titles.scatter(rows, _choose_sentences(slots, sentences[name], rows, generator))
    rows = np.flatnonzero(astray)
    if len(rows):
        sentences = templates()["other"]["neither"]
        titles = titles.scatter(rows, _choose_sentences(slots, sentences, rows, generator))
    rows = np.flatnonzero(loud)
    if len(rows):
        bait = [text + " {V}" for text in vocabulary()["bait"]] + list(vocabulary()["bait"])
        titles = titles.scatter(rows, _choose_sentences(slots, bait, rows, generator))
    return titles


def _tags(videos: Videos, slots: _Slots, generator: np.random.Generator) -> pl.Series:
    """Up to eight tags: right ones that may be missing, then hot names and titles that don't belong."""
    count = len(videos.kind)
    other = videos.kind == number("other")
    real = videos.song >= 0
    extra = vocabulary()["extra_tags"]

    def keep(column: pl.Series, chance: float, where: np.ndarray | None = None) -> pl.Series:
        kept = generator.random(count) < chance
        return column.set(pl.Series(~(kept if where is None else kept & where)), None)

    columns = [
        keep(slots.columns["A"], 0.38, videos.about >= 0),
        keep(slots.columns["S"], 0.3, real),
        keep(slots.columns["V"], 0.45),
        keep(slots.columns["M"], 0.4, ~other),
        keep(slots.columns["X"], 0.22, ~other),
        keep(slots.columns["O"], 0.16),
        keep(slots.columns["R"], 0.22),
        keep(slots.columns["W"], 0.08),
        keep(slots.columns["Y"], 0.12),
        keep(_pick(extra, count, generator), 0.6),
        keep(_pick(extra, count, generator), 0.35),
    ]
    order = draw_weighted(np.ones(len(columns)), 1, generator)[0]
    turned = columns[order:] + columns[:order]
    joined = pl.select(pl.concat_list(turned).list.drop_nulls().list.unique(maintain_order=True))
    return joined.to_series()
