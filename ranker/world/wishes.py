"""What people wish for, and the words in which they type it."""

from dataclasses import dataclass, replace

import numpy as np

from ranker.world.arrays import NONE, Floats, Ints, draw_weighted
from ranker.world.kinds import KINDS, number
from ranker.world.music import Artists, Songs
from ranker.world.surfaces import misspelt, pinyin, traditional
from ranker.world.vocabulary import language_names, style_names, vocabulary

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

    `terms` are the content terms as a reader understands them: misspelling and pinyin corrected, aliases
    kept.
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


class Asker:
    """Makes wishes of each kind of query, popular ones first and tail included."""

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
    return replace(wish, text=text, weight=wish.weight * share, terms=terms or wish.terms, version=version)


def _different(wishes: list[Wish]) -> list[Wish]:
    return [wish for wish in wishes if _typed(wish.text) != _typed(" ".join(wish.terms)) or _rewritten(wish)]


def _typed(text: str) -> str:
    """A text without blanks, to see whether two are typed alike."""
    return text.replace(" ", "").lower()


def _rewritten(wish: Wish) -> bool:
    return any(term not in wish.text for term in wish.terms)
