"""A query, read once a request: its terms with weights and what it names, as rows and numbers."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ranker.features.terms import TermTable, distinct_hashes, term_hash
from ranker.text.analyzer import Analyzer
from ranker.understanding.music_words import GENERIC_WORDS
from ranker.understanding.names import CatalogNames
from ranker.understanding.reading import Mentions, QueryReader

MOST_TERMS: Final = 16

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
        self._reader = QueryReader(analyzer, names)
        self._terms = terms

    def parse(self, text: str) -> ParsedQuery:
        """Read a query; about 0.2 ms. A blank text gives a query that names nothing."""
        reading = self._reader.read(text)
        words = reading.words
        # Words that ask for a good video of something needn't stand in its title, unless they are all.
        content = [word for word in words if word not in GENERIC_WORDS] or words
        hashes = np.array(distinct_hashes(content)[:MOST_TERMS], np.uint32)
        return ParsedQuery(
            text=text,
            key=term_hash(reading.normalized),
            words=tuple(words[:MOST_TERMS]),
            terms=hashes,
            weights=self._terms.weight(hashes),
            artists=_rows(reading.artists),
            artist_trust=_trusts(reading.artists),
            titles=_rows(reading.titles),
            title_trust=_trusts(reading.titles),
            songs=_rows(reading.songs),
            song_trust=_trusts(reading.songs),
            versions=sum(1 << row for row in reading.versions),
            styles=_rows(reading.styles),
            languages=_rows(reading.languages),
            length=len(reading.normalized),
            guessed=reading.guessed,
        )


def _rows(mentions: Mentions) -> Ints:
    return np.array(list(mentions), np.int64)


def _trusts(mentions: Mentions) -> Floats:
    return np.array([mention.trust for mention in mentions.values()], np.float32)
