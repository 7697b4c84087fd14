"""A text, read once: what it names exactly, and what it may mean by sound, slip or lyrics.

Plans and ranking features come from the same reading, so that what is looked for is what is judged. Titles
are read by the exact half of it (`CatalogNames.named`).
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from ranker.text.analyzer import Analyzer
from ranker.text.normalizer import Normalized
from ranker.understanding.entities import Entity
from ranker.understanding.music_words import GENERIC_WORDS
from ranker.understanding.names import NONE, CatalogNames, Found
from ranker.understanding.spellings import Guess

MOST_NAMED: Final = 8  # more artists or songs of one name are too many to mean any
EXACT: Final = 1.0
EVERYDAY_FREQUENCY: Final = 100  # in jieba's corpus: a word so common is no slip of a name


class Mention(NamedTuple):
    """What stands for a thing in the text: normalised, its code points in the original, trust in (0, 1]."""

    surface: str
    start: int
    end: int
    trust: float


Mentions = dict[int, Mention]


@dataclass(frozen=True)
class Reading:
    """What a text says; keys are rows of the generation's `CatalogNames`.

    `normalized` has single blanks. `songs` are those of the `titles`, by the `artists` where any are named;
    or of the lyrics. `words` are the terms in cut mode, in order and rightly spelt. `versions` are rows of
    `names.VERSIONS`. `guessed`: some of it comes from sound, slip or lyrics.
    """

    normalized: str
    words: list[str]
    artists: Mentions
    titles: Mentions
    songs: Mentions
    versions: Mentions
    styles: Mentions
    languages: Mentions
    guessed: bool


class QueryReader:
    """Reads texts against one generation's dictionary and names. Immutable, safe to share between threads."""

    def __init__(self, analyzer: Analyzer, names: CatalogNames) -> None:
        self._analyzer = analyzer
        self._names = names
        self._spellings = names.spellings  # made here, so that no request waits for them

    def read(self, text: str) -> Reading:
        """Read a text; about 0.2 ms. A blank one names nothing."""
        source = self._analyzer.normalizer.normalize(text)
        normalized = " ".join(source.text.split())
        found = self._found(text)
        lyrics = self._lyrics(normalized, found.rest)
        if lyrics:  # names within a line of lyrics are words of it
            found = Found({}, {}, found.versions, "")
        artists, titles = _exact(found.artists, MOST_NAMED), _exact(found.titles, MOST_NAMED)
        songs: Mentions = {}
        guesses = (lyrics or self._guesses(found.rest))[: 2 * MOST_NAMED]
        typed = ""
        for guess in guesses:
            typed = guess.typed or typed  # the second of two names shares the letters of the first
            mention = Mention(*_located(source, typed), guess.trust)
            {"artist": artists, "title": titles, "song": songs}[guess.kind].setdefault(guess.row, mention)
        self._add_songs(artists, titles, songs)
        words = self._analyzer.terms(_corrected(normalized, guesses), "cut")
        return Reading(
            normalized=normalized,
            words=words,
            artists=artists,
            titles=titles,
            songs=songs,
            versions=_exact(found.versions),
            styles=_words(source, self._names.styles_in(normalized, words)),
            languages=_words(source, self._names.languages_in(normalized, words)),
            guessed=bool(guesses),
        )

    def _found(self, text: str) -> Found:
        """Names in the text, or, where it has none, in the text without generic words: 后来 高清."""
        found = self._names.found(text)
        if found.artists or found.titles:
            return found
        again = self._found_bare(text)
        return again if again.artists or again.titles else found

    def _found_bare(self, text: str) -> Found:
        tokens = [token for token in self._analyzer.tokens(text, "cut") if token.term not in GENERIC_WORDS]
        found = self._names.found(" ".join(token.term for token in tokens))
        spans: list[tuple[int, int]] = []  # of each character of that text, in the original
        for token in tokens:
            if spans:
                spans.append((token.start, token.start))
            plain = len(token.term) == token.end - token.start
            places = range(token.start, token.end) if plain else ()
            spans += [(at, at + 1) for at in places] or [(token.start, token.end)] * len(token.term)

        def original(part: dict[int, Entity]) -> dict[int, Entity]:
            return {
                row: entity._replace(start=spans[entity.start][0], end=spans[entity.end - 1][1])
                for row, entity in part.items()
            }

        return Found(original(found.artists), original(found.titles), original(found.versions), found.rest)

    def _lyrics(self, normalized: str, rest: str) -> list[Guess]:
        """Songs whose lyrics the text is a part of, unless names alone explain it."""
        if not self._analyzer.normalizer.text(rest).strip():
            return []
        return self._spellings.lyrics(normalized.replace(" ", ""))

    def _guesses(self, rest: str) -> list[Guess]:
        """What the parts of a query that no name covers may mean; everyday words mean themselves."""
        parts = self._analyzer.normalizer.text(rest).split()
        strange = [part for part in parts if self._analyzer.frequency(part) < EVERYDAY_FREQUENCY]
        return self._spellings.guesses(" ".join(strange)) if strange else []

    def _add_songs(self, artists: Mentions, titles: Mentions, songs: Mentions) -> None:
        """Songs of the titles, by the artists where any are named; titles of the songs that lyrics gave."""
        for song, mention in list(songs.items()):
            titles.setdefault(int(self._names.title_of_song[song]), mention)
            artist = int(self._names.artist_of_song[song])
            if artist != NONE:
                artists.setdefault(artist, mention)
        if songs:
            return
        for title, mention in titles.items():
            of_title = self._names.songs_of_title[title]
            by_artist = [song for song in of_title if int(self._names.artist_of_song[song]) in artists]
            for song in (by_artist or of_title)[:MOST_NAMED]:
                songs.setdefault(song, mention)


def _exact(entities: dict[int, Entity], most: int | None = None) -> Mentions:
    return {
        row: Mention(entity.surface, entity.start, entity.end, EXACT)
        for row, entity in list(entities.items())[:most]
    }


def _words(source: Normalized, words: dict[int, str]) -> Mentions:
    return {row: Mention(*_located(source, word), EXACT) for row, word in words.items()}


def _located(source: Normalized, typed: str) -> tuple[str, int, int]:
    """(surface, start, end) of normalised letters: where they stand, or all of the text where they don't.

    They don't where blanks or signs were left out among them, or were spelt another way.
    """
    at = source.text.find(typed) if typed else -1
    if at < 0:
        whole = source.text.strip()
        at, typed = source.text.find(whole), whole
    return typed, source.starts[at], source.ends[at + len(typed) - 1]


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
