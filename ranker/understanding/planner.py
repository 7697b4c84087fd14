"""From a text to its plan, for one generation: terms with weights, and entities with names to look for."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ranker.text.analyzer import Analyzer
from ranker.understanding import reading, spellings
from ranker.understanding.music_words import GENERIC_WORDS, LANGUAGE_WORDS, STYLE_WORDS
from ranker.understanding.names import VERSIONS, CatalogNames
from ranker.understanding.plan import (
    KINDS,
    MOST_ENTITIES,
    MOST_NAME_CHARACTERS,
    MOST_NAMES,
    MOST_SEGMENTS,
    MOST_WEIGHT,
    SCHEMA,
    EntityKind,
    PlanEntity,
    PlanVersions,
    QueryPlan,
    Segment,
)
from ranker.understanding.reading import Mention, Mentions, QueryReader, Reading
from ranker.understanding.version_words import WORDS_OF_KIND

Weigh = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""The idf of each term in the generation, (n,)."""

_RULES: Final = 1  # raise it when the code reads texts otherwise; tables and trusts are in the hash


def _configuration() -> str:
    parts = (
        _RULES,
        (reading.MOST_NAMED, reading.EVERYDAY_FREQUENCY),
        (spellings.SOUND, spellings.HOMOPHONE, spellings.SLIP, spellings.INITIALS, spellings.LYRICS),
        (WORDS_OF_KIND, STYLE_WORDS, LANGUAGE_WORDS, sorted(GENERIC_WORDS)),
    )
    return f"{_RULES}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:8]}"


CONFIGURATION: Final = _configuration()
"""Version of the rules, word lists and trusts that plans are made by."""


class _Candidate(NamedTuple):
    entity: PlanEntity
    reading: int  # 0: the first of those that the same words may mean


class Planner:
    """Makes plans of one generation. Immutable, safe to share between threads; knows nothing of users.

    Args:
        generation: Its name.
        analyzer: Its dictionary's.
        names: Its artists and songs.
        weigh: Its idf of terms.
        encoder: Version of the encoder of its titles; "" where it has none.
    """

    def __init__(
        self, generation: str, analyzer: Analyzer, names: CatalogNames, weigh: Weigh, encoder: str = ""
    ) -> None:
        self.generation = generation
        self.versions = PlanVersions(
            dictionary=analyzer.version, configuration=CONFIGURATION, encoder=encoder
        )
        self._analyzer = analyzer
        self._names = names
        self._weigh = weigh
        self._reader = QueryReader(analyzer, names)

    def plan(self, text: str) -> QueryPlan:
        """The plan of a text of at most `MOST_CHARACTERS`; about 0.4 ms.

        Rewrites, personal routes, filters and the vector are the caller's to add.
        """
        read = self._reader.read(text)
        return QueryPlan(
            schema=SCHEMA,
            generation=self.generation,
            versions=self.versions,
            normalized=read.normalized,
            segments=self._segments(text),
            entities=_fitting(self._candidates(read)),
            rewrites=[],
            personal=[],
            filters=[],
        )

    def warm_up(self) -> None:
        """Read a text of each sort, so that the first request finds everything in place."""
        for text in ("晴天 现场", "zhou jie lun", "故事的小黄花从出生那年"):
            self.plan(text)

    def _segments(self, text: str) -> list[Segment]:
        tokens = [
            token for token in self._analyzer.tokens(text, "cut") if len(token.term) <= MOST_NAME_CHARACTERS
        ][:MOST_SEGMENTS]
        weights = self._weigh([token.term for token in tokens]).tolist()
        return [
            Segment(
                term=token.term,
                start=token.start,
                end=token.end,
                weight=round(min(max(weight, 0.0), MOST_WEIGHT), 4),
            )
            for token, weight in zip(tokens, weights, strict=True)
        ]

    def _candidates(self, read: Reading) -> Iterator[_Candidate]:
        names = self._names
        yield from _readings("artist", read.artists, self._artist)
        yield from _readings("song", read.songs, self._song)
        yield from _readings("version", read.versions, lambda row: _version(VERSIONS[row]))
        yield from _readings("style", read.styles, lambda row: _words(names.styles[row], STYLE_WORDS))
        yield from _readings(
            "language", read.languages, lambda row: _words(names.languages[row], LANGUAGE_WORDS)
        )

    def _artist(self, row: int) -> tuple[str, list[str]]:
        identifier, name, aliases = self._names.artists.row(row)
        return identifier, self._normalized([name, *(aliases or ())])

    def _song(self, row: int) -> tuple[str, list[str]]:
        return self._names.songs["song_id"][row], [self._names.titles[int(self._names.title_of_song[row])]]

    def _normalized(self, spellings: Iterable[str]) -> list[str]:
        return [" ".join(self._names.normalize(spelling).split()) for spelling in spellings]


def _version(kind: str) -> tuple[str, list[str]]:
    return kind, list(WORDS_OF_KIND[kind])


def _words(name: str, words: dict[str, tuple[str, ...]]) -> tuple[str, list[str]]:
    return name, [name.lower(), *words.get(name, ())]


def _readings(
    kind: EntityKind, mentions: Mentions, described: Callable[[int], tuple[str, list[str]]]
) -> Iterator[_Candidate]:
    places: dict[tuple[int, int], int] = {}
    for row, mention in mentions.items():
        identifier, spelt = described(row)
        entity = _entity(kind, identifier, spelt, mention)
        if entity is not None:
            place = (mention.start, mention.end)
            places[place] = at = places.get(place, -1) + 1
            yield _Candidate(entity, at)


def _entity(kind: EntityKind, identifier: str, spelt: list[str], mention: Mention) -> PlanEntity | None:
    """None for a name that no plan may hold."""
    known = [name for name in dict.fromkeys(spelt) if 0 < len(name) <= MOST_NAME_CHARACTERS]
    if not known or not 0 < len(identifier) <= MOST_NAME_CHARACTERS:
        return None
    surface = mention.surface[:MOST_NAME_CHARACTERS]
    names = known[:MOST_NAMES]
    if surface in known and surface not in names:  # what was typed is looked for before what might be
        names[-1] = surface
    return PlanEntity(
        kind=kind,
        id=identifier,
        surface=surface,
        names=names,
        start=mention.start,
        end=mention.end,
        trust=mention.trust,
        alias=surface != known[0],
    )


def _fitting(candidates: Iterable[_Candidate]) -> list[PlanEntity]:
    """At most `MOST_ENTITIES`: a reading of every place before second ones; in the order of the text."""
    ranked = sorted(candidates, key=lambda one: (one.reading, -one.entity.trust))
    kept = [one.entity for one in ranked[:MOST_ENTITIES]]
    return sorted(kept, key=lambda entity: (entity.start, KINDS.index(entity.kind), -entity.trust))
