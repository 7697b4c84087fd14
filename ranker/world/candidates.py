"""The production search of the world's site: a couple hundred candidates a query, roughly ordered.

It matches words (any of them), knows popularity, corrects most misspellings, and has one more route that
brings related videos without the words. It is wrong often enough: its top holds confusers, its pool lacks
good videos.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranker.world.arrays import Bools, Floats, Groups, Ints, Tiers
from ranker.world.music import Songs
from ranker.world.plain_text import plain
from ranker.world.postings import Postings
from ranker.world.queries import Queries
from ranker.world.randomness import stream
from ranker.world.truth.facts import Judge
from ranker.world.videos import Videos

POOL = 200
_OF_TERM, _RELATED, _STRANGERS = 130, 50, 20
_CORRECTED_SHARE = 0.75
_JUDGED_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Pools:
    """Candidates by query: those of query q are rows `starts[q]` to `starts[q + 1]` of the other arrays.

    Ten bytes a candidate: a large world has thirty million.
    """

    starts: Ints
    video: npt.NDArray[np.int32]
    score: npt.NDArray[np.float32]
    term: Bools
    tier: Tiers


@dataclass(frozen=True)
class _Routes:
    """What the production search looks candidates up in."""

    postings: Postings
    of_song: Groups
    of_artist: Groups
    of_style: Groups
    of_title: Groups

    def related(self, queries: Queries, query: int) -> Ints:
        """Some videos of the song, of a title's songs, of the artist or of the style, most popular first."""
        if queries.song[query] >= 0:
            return self.of_song.get(int(queries.song[query]))[:_RELATED]
        if queries.title[query] >= 0:
            songs = self.of_title.get(int(queries.title[query]))[:8]
            each = max(6, _RELATED // len(songs))
            return np.concatenate([self.of_song.get(int(song))[:each] for song in songs])
        if queries.artist[query] >= 0:
            return self.of_artist.get(int(queries.artist[query]))[:_RELATED]
        if queries.style[query] >= 0:
            return self.of_style.get(int(queries.style[query]))[: 2 * _RELATED]
        return np.zeros(0, np.int64)


def make_pools(
    queries: Queries, videos: Videos, songs: Songs, postings: Postings, judge: Judge, seed: int
) -> Pools:
    """The candidates of every query, with their production score and, for the generator alone, their tier."""
    generator = stream(seed, "pools")
    known = np.log1p(videos.base)
    known = (known - known.mean()) / known.std()
    weight = np.exp(0.8 * known)
    routes = _Routes(
        postings=postings,
        of_song=Groups.of(videos.song, len(songs.title), weight),
        of_artist=Groups.of(videos.about, songs.artist_count, weight),
        of_style=Groups.of(videos.style, int(videos.style.max()) + 1, weight),
        of_title=songs.of_title(),
    )
    members, scores, terms = [], [], []
    for query in range(len(queries.text)):
        found, score, term = _pool(queries, query, routes, known, generator)
        members.append(found.astype(np.int32))
        scores.append(score.astype(np.float32))
        terms.append(term)
    starts = np.concatenate([[0], np.cumsum([len(one) for one in members])]).astype(np.int64)
    video, term = np.concatenate(members), np.concatenate(terms)
    return Pools(starts, video, np.concatenate(scores), term, _judged(judge, starts, video, term))


def _judged(judge: Judge, starts: Ints, video: npt.NDArray[np.int32], term: Bools) -> Tiers:
    """Tiers of all rows of the pools, a run at a time to bound memory."""
    tiers = np.zeros(len(video), np.int8)
    for first in range(0, len(video), _JUDGED_AT_ONCE):
        rows = np.arange(first, min(first + _JUDGED_AT_ONCE, len(video)))
        owner = np.searchsorted(starts, rows, side="right") - 1
        tiers[rows] = judge.tiers(owner, video[rows].astype(np.int64), term[rows])
    return tiers


def _pool(
    queries: Queries, query: int, routes: _Routes, known: Floats, generator: np.random.Generator
) -> tuple[Ints, Floats, Bools]:
    postings, terms = routes.postings, queries.terms[query]
    typed = plain(queries.text[query])
    understood = [term for term in terms if term in typed]
    if generator.random() < _CORRECTED_SHARE:
        understood = list(terms)
    parts = [postings.most_popular(term, _OF_TERM) for term in understood]
    if len(understood) > 1:
        both = np.intersect1d(postings.of(understood[0]), postings.of(understood[1]), assume_unique=True)
        parts.append(both[np.argsort(-known[both], kind="stable")][:_OF_TERM])
    related = routes.related(queries, query)
    related = related[generator.random(len(related)) < 0.75]
    strangers = generator.integers(len(known), size=_STRANGERS)
    found = np.unique(np.concatenate([*parts, related, strangers]))
    held = [postings.holds(term, found) for term in terms]
    heard = [postings.holds(term, found) for term in understood]
    rarity = [np.log1p(len(known) / (1.0 + len(postings.of(term)))) for term in understood]
    coverage = np.average(heard, axis=0, weights=rarity) if heard else np.zeros(len(found))
    score = 2.5 * coverage + 1.5 * np.isin(found, related) + 0.38 * known[found]
    score += 0.7 * generator.standard_normal(len(found))
    best = np.sort(np.argsort(-score, kind="stable")[:POOL])
    return found[best], score[best], np.all(held, axis=0)[best]


def owners(pools: Pools) -> Ints:
    """The query of each row of the pools."""
    return np.repeat(np.arange(len(pools.starts) - 1), np.diff(pools.starts))
