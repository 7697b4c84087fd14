"""Queries: what people wish for, and how they type it. What a query means is truth; its string is public."""

from dataclasses import dataclass

import numpy as np

from ranker.world.arrays import NONE, Bools, Floats, Groups, Ints, draw_weighted
from ranker.world.kinds import KINDS, number
from ranker.world.music import Artists, Songs
from ranker.world.plain_text import plain
from ranker.world.randomness import stream
from ranker.world.size import WorldSize
from ranker.world.surfaces import misspelt, pinyin, traditional
from ranker.world.vocabulary import language_names, style_names, vocabulary

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
_ASKED_VERSIONS = (
    "official",
    "live",
    "cover",
    "dance",
    "remix",
    "teaching",
    "anime_cut",
    "reaction",
    "lyric",
    "compilation",
)


@dataclass(frozen=True)
class Wish:
    """What a query means. `NONE` where it doesn't say.

    `terms` are the content terms as a reader understands them: misspelling and pinyin corrected, aliases kept.
    """

    text: str
    terms: tuple[str, ...]
    title: int = NONE
    song: int = NONE
    artist: int = NONE
    version: int = NONE
    style: int = NONE
    language: int = NONE
    by_alias: bool = False
    weight: float = 1.0


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


class _Asker:
    """Makes wishes of each kind."""

    def __init__(self, artists: Artists, songs: Songs, generator: np.random.Generator) -> None:
        self._artists, self._songs, self._generator = artists, songs, generator
        self._by_title = songs.of_title()
        self._sizes = self._by_title.sizes()
        self._title_weight = np.bincount(songs.title, songs.popularity, len(songs.titles))

    def wishes(self, kind: str, count: int) -> list[Wish]:
        """`count` wishes of a kind; fewer where they repeat each other."""
        return list(getattr(self, f"_{kind}")(count))

    def _some(self, weights: Floats, count: int) -> Ints:
        """Distinct indexes, heavier ones likelier, the tail included."""
        keys = self._generator.exponential(size=len(weights)) / np.maximum(weights**0.6, 1e-12)
        keys[weights <= 0] = np.inf
        return np.argsort(keys, kind="stable")[: min(count, int((weights > 0).sum()))].astype(np.int64)

    def _of(self, options: list[str]) -> str:
        return options[int(self._generator.integers(len(options)))]

    def _entity(self, count: int) -> list[Wish]:
        artists = self._some(self._artists.popularity, count // 2)
        wishes = [self._artist_wish(int(one), self._artists.names[one]) for one in artists]
        lone = np.where(self._sizes == 1, self._title_weight, 0.0)
        wishes += [self._title_wish(int(title)) for title in self._some(lone, count - len(wishes))]
        return wishes

    def _artist_wish(self, artist: int, surface: str, by_alias: bool = False) -> Wish:
        weight = float(self._artists.popularity[artist])
        return Wish(surface, (surface,), artist=artist, by_alias=by_alias, weight=weight * 0.6)

    def _title_wish(self, title: int) -> Wish:
        text = self._songs.titles[title]
        return Wish(text, (text,), title=title, weight=float(self._title_weight[title]))

    def _alias(self, count: int) -> list[Wish]:
        wishes = []
        for artist in self._some(self._artists.popularity, len(self._artists.names)):
            for alias in self._artists.aliases[artist]:
                wishes.append(self._artist_wish(int(artist), alias, by_alias=True))
        return wishes[:count]

    def _ambiguous_title(self, count: int) -> list[Wish]:
        several = np.where(self._sizes > 1, self._title_weight, 0.0)
        wishes = []
        for title in self._some(several, count):
            wish = self._title_wish(int(title))
            wishes.append(wish)
            for tail in ("视频", "这首歌", "完整版", "高清"):
                if self._generator.random() < 0.4:
                    wishes.append(_with(wish, f"{wish.text}{self._of(['', ' '])}{tail}", 0.2))
        return wishes[:count]

    def _artist_song(self, count: int) -> list[Wish]:
        wishes = []
        for song in self._some(self._songs.popularity, count):
            artist, title = int(self._songs.artist[song]), self._songs.titles[self._songs.title[song]]
            surface, by_alias = self._surface(artist)
            text = self._of(
                [f"{surface} {title}", f"{surface} {title}", f"{surface}{title}", f"{title} {surface}"]
            )
            wishes.append(
                Wish(
                    text,
                    (surface, title),
                    song=int(song),
                    artist=artist,
                    by_alias=by_alias,
                    weight=float(self._songs.popularity[song]),
                )
            )
        return wishes

    def _surface(self, artist: int) -> tuple[str, bool]:
        aliases = self._artists.aliases[artist]
        if aliases and self._generator.random() < 0.15:
            return self._of(aliases), True
        return self._artists.names[artist], False

    def _artist_version(self, count: int) -> list[Wish]:
        wishes = []
        shares = np.array([0.1, 0.26, 0.16, 0.1, 0.08, 0.08, 0.05, 0.05, 0.05, 0.07])
        whole = self._some(self._artists.popularity, count // 2)
        for artist in whole:
            surface, by_alias = self._surface(int(artist))
            version = number(_ASKED_VERSIONS[draw_weighted(shares, 1, self._generator)[0]])
            word = self._of(list(KINDS[version].words))
            wish = self._artist_wish(int(artist), surface, by_alias)
            wishes.append(_with(wish, f"{surface} {word}", 0.4, (surface, word), version))
        shares = shares.copy()
        shares[-1] = 0.0
        for song in self._some(self._songs.popularity, count - len(wishes)):
            version = number(_ASKED_VERSIONS[draw_weighted(shares, 1, self._generator)[0]])
            word = self._of(list(KINDS[version].words))
            title = int(self._songs.title[song])
            text = self._songs.titles[title]
            weight = float(self._songs.popularity[song]) * 0.5
            typed = self._of([f"{text} {word}", f"{text}{word}"])
            wishes.append(Wish(typed, (text, word), title=title, version=version, weight=weight))
        return wishes

    def _plain_wishes(self, count: int) -> list[Wish]:
        wishes = self._entity(count) + self._artist_song(count)
        return [wishes[index] for index in self._generator.permutation(len(wishes))]

    def _misspelt(self, count: int) -> list[Wish]:
        changed = [
            _with(wish, misspelt(wish.text, self._generator), 0.3) for wish in self._plain_wishes(count * 2)
        ]
        return _different(changed)[:count]

    def _traditional(self, count: int) -> list[Wish]:
        changed = [_with(wish, traditional(wish.text), 0.3) for wish in self._plain_wishes(count * 2)]
        return _different(changed)[:count]

    def _pinyin(self, count: int) -> list[Wish]:
        wishes = [wish for wish in self._plain_wishes(count * 2) if "一" <= wish.text[0] <= "龥"]
        return [_with(wish, pinyin(wish.text, self._generator), 0.3) for wish in wishes][:count]

    def _lyrics(self, count: int) -> list[Wish]:
        wishes = []
        for song in self._some(self._songs.popularity, count):
            line = self._songs.lyrics[song]
            half = line if self._generator.random() < 0.5 else line[: max(6, len(line) // 2 + 1)]
            wishes.append(Wish(half, (half,), song=int(song), weight=float(self._songs.popularity[song])))
        return wishes

    def _style(self, count: int) -> list[Wish]:
        words, wishes = vocabulary(), []
        order = np.arange(len(style_names()))
        for style, name in enumerate(style_names()):
            for word in words["styles"][name]:
                for pattern in words["browse"]["plain"]:
                    wishes.append(
                        Wish(pattern.format(M=word), (word,), style=style, weight=1.0 / (2 + order[style]))
                    )
                for language, of_language in enumerate(language_names()):
                    spoken = words["languages"][of_language][0]
                    pattern = self._of(words["browse"]["language"])
                    text = pattern.format(M=word, L=spoken)
                    weight = 0.3 / (2 + order[style]) / (1 + language)
                    wishes.append(Wish(text, (spoken, word), style=style, language=language, weight=weight))
        kept = self._some(np.array([wish.weight for wish in wishes]), count)
        return [wishes[index] for index in kept]


def _with(
    wish: Wish, text: str, share: float, terms: tuple[str, ...] | None = None, version: int = NONE
) -> Wish:
    values = {**wish.__dict__, "text": text, "weight": wish.weight * share, "version": version}
    return Wish(**{**values, "terms": terms or wish.terms})


def _different(wishes: list[Wish]) -> list[Wish]:
    return [
        wish for wish in wishes if plain_key(wish.text) != plain_key(" ".join(wish.terms)) or _rewritten(wish)
    ]


def plain_key(text: str) -> str:
    """A text without blanks, to see whether two are typed alike."""
    return text.replace(" ", "").lower()


def _rewritten(wish: Wish) -> bool:
    return any(term not in wish.text for term in wish.terms)


def make_queries(artists: Artists, songs: Songs, size: WorldSize, seed: int) -> Queries:
    """The distinct queries; demand of each kind sums to its share of searches."""
    generator = stream(seed, "queries")
    asker = _Asker(artists, songs, generator)
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
