"""Queries: what people wish for, and how they type it. What a query means is truth; its string is public."""

from dataclasses import dataclass

import numpy as np

from ranker.world.arrays import NONE, Bools, Floats, Groups, Ints
from ranker.world.music import Artists, Songs
from ranker.world.plain_text import plain
from ranker.world.randomness import stream
from ranker.world.size import WorldSize
from ranker.world.wishes import Asker, Wish

QUERY_KINDS = {
    # kind: (share of distinct queries, share of searches)
    "entity": (0.17, 0.22),
    "alias": (0.05, 0.06),
    "ambiguous_title": (0.04, 0.13),
    "artist_song": (0.28, 0.24),
    "artist_version": (0.19, 0.13),
    "misspelt": (0.08, 0.05),
    "traditional": (0.05, 0.04),
    "pinyin": (0.05, 0.03),
    "lyrics": (0.05, 0.03),
    "style": (0.04, 0.07),
}
KIND_OF_QUERY = tuple(QUERY_KINDS)
_NEVER_ASKED_SHARE = 0.12


@dataclass(frozen=True)
class Queries:
    """Distinct queries as arrays (n,), in the order of their making.

    `kind` indexes `KIND_OF_QUERY`; `topic` is equal for queries of one wish in other words; `weight` is the
    demand, 0 for those held back as never asked (`asked` false).
    """

    text: list[str]
    terms: list[tuple[str, ...]]
    kind: Ints
    title: Ints
    song: Ints
    artist: Ints
    version: Ints
    style: Ints
    language: Ints
    by_alias: Bools
    lead_song: Ints
    lead_artist: Ints
    topic: Ints
    weight: Floats
    asked: Bools


def make_queries(artists: Artists, songs: Songs, size: WorldSize, seed: int) -> Queries:
    """The distinct queries; demand of each kind sums to its share of searches."""
    generator = stream(seed, "queries")
    asker = Asker(artists, songs, generator)
    taken: set[str] = set()
    wishes: list[Wish] = []
    kinds: list[int] = []
    weights: list[Floats] = []
    for index, (kind, (share, demand)) in enumerate(QUERY_KINDS.items()):
        fresh = []
        for wish in asker.wishes(kind, max(12, int(size.queries * share))):
            if wish.text not in taken and wish.text.strip():
                taken.add(wish.text)
                fresh.append(wish)
        raw = np.array([wish.weight for wish in fresh]) ** 0.85 * np.exp(
            0.5 * generator.standard_normal(len(fresh))
        )
        weights.append(demand * raw / raw.sum())
        wishes += fresh
        kinds += [index] * len(fresh)
    weight = np.concatenate(weights)
    asked = _hold_back(np.array(kinds), weight, generator)
    return _gathered(wishes, np.array(kinds), np.where(asked, weight, 0.0), asked, songs)


def _hold_back(kinds: Ints, weight: Floats, generator: np.random.Generator) -> Bools:
    """False for an eighth of each kind's queries, never the most asked tenth: a log has seen those."""
    asked = np.ones(len(kinds), bool)
    for kind in range(len(KIND_OF_QUERY)):
        mine = np.flatnonzero(kinds == kind)
        mine = mine[np.argsort(-weight[mine], kind="stable")][len(mine) // 10 :]
        asked[generator.permutation(mine)[: max(2, int(len(mine) * _NEVER_ASKED_SHARE))]] = False
    return asked


def _gathered(wishes: list[Wish], kinds: Ints, weight: Floats, asked: Bools, songs: Songs) -> Queries:
    def column(name: str) -> Ints:
        return np.array([getattr(wish, name) for wish in wishes], dtype=np.int64)

    title, song, artist = column("title"), column("song"), column("artist")
    by_title = songs.of_title()
    first = by_title.members[np.minimum(by_title.starts[:-1], len(by_title.members) - 1)]
    lead = np.where(song >= 0, song, np.where(title >= 0, first[np.maximum(title, 0)], NONE))
    singer = np.where(artist >= 0, artist, np.where(lead >= 0, songs.artist[np.maximum(lead, 0)], NONE))
    style = column("style")
    # A topic is the song, else the artist, else the style that a query is about.
    count = len(songs.title)
    topic = np.where(lead >= 0, lead, np.where(artist >= 0, count + artist, NONE))
    topic = np.where(topic >= 0, topic, count + songs.artist_count + np.maximum(style, 0))
    return Queries(
        text=[wish.text for wish in wishes],
        terms=[tuple(plain(term) for term in wish.terms) for wish in wishes],
        kind=kinds.astype(np.int64),
        title=title,
        song=song,
        artist=artist,
        version=column("version"),
        style=style,
        language=column("language"),
        by_alias=np.array([wish.by_alias for wish in wishes]),
        lead_song=lead.astype(np.int64),
        lead_artist=singer.astype(np.int64),
        topic=topic.astype(np.int64),
        weight=weight,
        asked=asked,
    )


def topics(queries: Queries) -> Groups:
    """Asked queries by topic: the other words for one wish."""
    owners = np.where(queries.asked, queries.topic, NONE)
    return Groups.of(owners, int(queries.topic.max()) + 1, np.maximum(queries.weight, 1e-12))
