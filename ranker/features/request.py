"""A query, read once a request: its terms with weights and what it names."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ranker.features.music_words import GENERIC_WORDS
from ranker.features.names import NONE, CatalogNames, Named
from ranker.features.spellings import Guess
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
    order and rightly spelt, for the query tower. `terms` uint32 (t,) are distinct and say something,
    `weights` float32 (t,) their idf. Rows with trust in (0, 1]: `artists`, `titles` (song titles), `songs`
    (those of the titles, by the artists where any are named; or of the lyrics). `versions` are bits of
    `names.VERSIONS`; `styles` and `languages` are rows. `guessed` says that entities come from sound, slip
    or lyrics.
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
        self._spellings = names.spellings  # made here, so that no request waits for them

    def parse(self, text: str) -> ParsedQuery:
        """Read a query; about 0.2 ms. A blank text gives a query that names nothing."""
        normalized = " ".join(self._analyzer.normalizer.text(text).split())
        named = self._named(text)
        lyrics = self._lyrics(normalized, named.rest)
        if lyrics:  # names within a line of lyrics are words of it
            named = Named([], [], named.versions, "")
        artists = dict.fromkeys(named.artists[:MOST_ENTITIES], _EXACT)
        titles = dict.fromkeys(named.titles[:MOST_ENTITIES], _EXACT)
        songs: dict[int, float] = {}
        guesses = (lyrics or self._guesses(named.rest))[: 2 * MOST_ENTITIES]
        for guess in guesses:
            {"artist": artists, "title": titles, "song": songs}[guess.kind].setdefault(guess.row, guess.trust)
        self._add_songs(artists, titles, songs)
        spelt = _corrected(normalized, guesses)
        words = self._analyzer.terms(spelt, "cut")
        # Words that ask for a good video of something needn't stand in its title, unless they are all.
        content = [word for word in words if word not in GENERIC_WORDS] or words
        hashes = np.array(distinct_hashes(content)[:MOST_TERMS], np.uint32)
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
            styles=np.array(self._names.styles_in(normalized, words), np.int64),
            languages=np.array(self._names.languages_in(normalized, words), np.int64),
            length=len(normalized),
            guessed=bool(guesses),
        )

    def _named(self, text: str) -> Named:
        """Names in the text, or, where it has none, in the text without generic words: 后来 高清."""
        named = self._names.named(text)
        if named.artists or named.titles:
            return named
        tokens = self._analyzer.tokens(text, "cut")
        bare = " ".join(token.term for token in tokens if token.term not in GENERIC_WORDS)
        again = self._names.named(bare)
        return again if again.artists or again.titles else named

    def _lyrics(self, normalized: str, rest: str) -> list[Guess]:
        """Songs whose lyrics the text is a part of, unless names alone explain it."""
        if not self._analyzer.normalizer.text(rest).strip():
            return []
        return self._spellings.lyrics(normalized.replace(" ", ""))

    def _guesses(self, rest: str) -> list[Guess]:
        """What the parts of a query that no name covers may mean; everyday words mean themselves."""
        parts = self._analyzer.normalizer.text(rest).split()
        strange = [part for part in parts if self._analyzer.frequency(part) < _EVERYDAY_FREQUENCY]
        return self._spellings.guesses(" ".join(strange)) if strange else []

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


def _rows(trusts: dict[int, float]) -> Ints:
    return np.array(list(trusts), np.int64)


def _trusts(trusts: dict[int, float]) -> Floats:
    return np.array(list(trusts.values()), np.float32)


def _corrected(text: str, guesses: list[Guess]) -> str:
    """The text as it would be with the first guess of each place spelt rightly."""
    done: set[str] = set()
    added: list[str] = []
    for guess in guesses:
        if guess.kind == "song" or guess.typed in done:
            continue
        done.add(guess.typed)
        if guess.typed and guess.typed in text:
            text = text.replace(guess.typed, guess.name, 1)
        else:
            added.append(guess.name)
    return " ".join([text, *added])
