"""A query, read once a request: its terms with weights and what it names."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ranker.features.names import NONE, CatalogNames
from ranker.features.spellings import Guess, Kind, Spellings
from ranker.features.terms import TermTable, distinct_hashes, term_hash
from ranker.text.analyzer import Analyzer

MOST_TERMS: Final = 16
MOST_ENTITIES: Final = 8  # more artists or songs of one name are too many to mean any
_EXACT: Final = 1.0
_EVERYDAY_FREQUENCY: Final = 100  # in jieba's corpus: a word so common is no slip of a name

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ParsedQuery:
    """What a query says. Immutable; the caller may cache it by text and generation.

    `key` identifies the normalised text in the query statistics. `words` are the terms in cut mode, in
    order, for the query tower. `terms` uint32 (t,) are distinct, `weights` float32 (t,) their idf. Rows with
    trust in (0, 1]: `artists`, `titles` (song titles), `songs` (those of the titles, by the artists where any
    are named; or of the lyrics). `versions` are bits of `names.VERSIONS`; `styles` and `languages` are rows.
    `guessed` says that entities come from sound, slip or lyrics.
    """

    text: str
    key: int
    words: tuple[str, ...]
    terms: npt.NDArray[np.uint32]
    weights: Floats
    artists: Ints
    artist_trust: Floats
    titles: Ints
    title_trust: Floats
    songs: Ints
    song_trust: Floats
    versions: int
    styles: Ints
    languages: Ints
    length: int
    guessed: bool


class QueryParser:
    """Reads queries against one generation's dictionary, names and term counts. Safe to share."""

    def __init__(self, analyzer: Analyzer, names: CatalogNames, terms: TermTable) -> None:
        self._analyzer = analyzer
        self._names = names
        self._terms = terms
        self._spellings = Spellings(
            [*self._artist_spellings(), *self._title_spellings()],
            [line or "" for line in names.songs["lyrics_line"].to_list()],
            analyzer.normalizer,
        )

    def parse(self, text: str) -> ParsedQuery:
        """Read a query; about 0.1 ms. A blank text gives a query that names nothing."""
        normalized = " ".join(self._analyzer.normalizer.text(text).split())
        words = self._analyzer.terms(text, "cut")
        terms = distinct_hashes(words)[:MOST_TERMS]
        hashes = np.array(terms, np.uint32)
        named = self._names.named(text)
        artists = dict.fromkeys(named.artists[:MOST_ENTITIES], _EXACT)
        titles = dict.fromkeys(named.titles[:MOST_ENTITIES], _EXACT)
        songs: dict[int, float] = {}
        guesses = self._guesses(named.rest)
        for guess in guesses[: 2 * MOST_ENTITIES]:
            {"artist": artists, "title": titles, "song": songs}[guess.kind].setdefault(guess.row, guess.trust)
        self._add_songs(artists, titles, songs)
        return ParsedQuery(
            text=text,
            key=term_hash(normalized),
            words=tuple(words[:MOST_TERMS]),
            terms=hashes,
            weights=self._terms.weight(hashes),
            artists=_rows(artists),
            artist_trust=_trusts(artists),
            titles=_rows(titles),
            title_trust=_trusts(titles),
            songs=_rows(songs),
            song_trust=_trusts(songs),
            versions=named.versions,
            styles=_standing(self._names.styles, normalized),
            languages=_standing(self._names.languages, normalized),
            length=len(normalized),
            guessed=bool(guesses),
        )

    def _guesses(self, rest: str) -> list[Guess]:
        """What the parts of a query that no name covers may mean; everyday words mean themselves."""
        parts = self._analyzer.normalizer.text(rest).split()
        strange = [part for part in parts if self._analyzer.frequency(part) < _EVERYDAY_FREQUENCY]
        return self._spellings.guesses(" ".join(strange))

    def _add_songs(
        self, artists: dict[int, float], titles: dict[int, float], songs: dict[int, float]
    ) -> None:
        """Songs of the titles, by the artists where any are named; titles of the songs that lyrics gave."""
        for song, trust in list(songs.items()):
            titles.setdefault(int(self._names.title_of_song[song]), trust)
            artist = int(self._names.artist_of_song[song])
            if artist != NONE:
                artists.setdefault(artist, trust)
        if songs:
            return
        for title, trust in titles.items():
            of_title = self._names.songs_of_title[title]
            by_artist = [song for song in of_title if int(self._names.artist_of_song[song]) in artists]
            for song in (by_artist or of_title)[:MOST_ENTITIES]:
                songs.setdefault(song, trust)

    def _artist_spellings(self) -> Iterable[tuple[Kind, int, str]]:
        normalize = self._analyzer.normalizer.text
        table = self._names.artists
        for row, (name, aliases) in enumerate(table.select("name", "aliases").iter_rows()):
            for spelling in dict.fromkeys(normalize(text).strip() for text in (name, *(aliases or ()))):
                yield "artist", row, spelling

    def _title_spellings(self) -> Iterable[tuple[Kind, int, str]]:
        for row, title in enumerate(self._names.titles):
            yield "title", row, title


def _rows(trusts: dict[int, float]) -> Ints:
    return np.array(list(trusts), np.int64)


def _trusts(trusts: dict[int, float]) -> Floats:
    return np.array(list(trusts.values()), np.float32)


def _standing(words: list[str], text: str) -> Ints:
    return np.array([row for row, word in enumerate(words) if word.lower() in text], np.int64)
