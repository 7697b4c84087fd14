"""Made-up names: artists, song titles, albums, lines of lyrics."""

from collections.abc import Callable, Iterable

import numpy as np

from ranker.world.vocabulary import vocabulary


class NameMaker:
    """Makes names from parts, each at most once, in an order that the generator decides."""

    def __init__(self, generator: np.random.Generator, taken: Iterable[str] = ()) -> None:
        """`taken`: names that must not come out, in any case."""
        self._generator = generator
        self._taken = {name.lower() for name in taken}
        self._words = vocabulary()

    def pick(self, part: str) -> str:
        """One entry of a list of the vocabulary."""
        options = self._words[part]
        return str(options[int(self._generator.integers(len(options)))])

    def artist(self, language: str) -> tuple[str, list[str]]:
        """A new artist's name and aliases."""
        name = self._fresh(lambda: self._artist_name(language))
        aliases = []
        if self._generator.random() < 0.6:
            aliases.append(self._fresh(lambda: self._alias_of(name)))
        if self._generator.random() < 0.2:
            aliases.append(self._fresh(lambda: self._alias_of(name)))
        return name, aliases

    def title(self, language: str) -> str:
        """A new song title."""
        return self._fresh(lambda: self._song_title(language))

    def album(self) -> str:
        """An album's title; several artists may have one of the same name."""
        return self._fill(self.pick("album_patterns"))

    def lyrics_line(self) -> str:
        """A line of lyrics, eight to fifteen characters."""
        return self._fill(self.pick("lyrics"))

    def _fresh(self, make: Callable[[], str]) -> str:
        name = make()
        tries = 0
        while name.lower() in self._taken:
            tries += 1
            name = make() if tries < 20 else f"{make()}{self.pick('given')}{self.pick('title_nouns')}"
        self._taken.add(name.lower())
        return name

    def _artist_name(self, language: str) -> str:
        roll = self._generator.random()
        if language in ("英语", "韩语"):
            if roll < 0.3:
                return self.pick("latin_bands")
            return f"{self.pick('latin_first')} {self.pick('latin_second')}"
        if language == "日语" and roll < 0.8:
            return self.pick("surnames_japanese") + self.pick("given_japanese")
        if roll < 0.14:
            return self.pick("band_words") + self.pick("band_tails")
        if roll < 0.2:
            return f"{self.pick('latin_first')}{self.pick('given')}"
        given = self.pick("given")
        return self.pick("surnames") + (given if roll < 0.45 else given + self.pick("given"))

    def _alias_of(self, name: str) -> str:
        roll = self._generator.random()
        if roll < 0.45:
            return self.pick("latin_first").lower() + (
                "" if roll < 0.3 else self.pick("latin_second").lower()
            )
        tail = name[-1] if "一" <= name[-1] <= "龥" else self.pick("given")
        if roll < 0.7:
            return ("阿" if roll < 0.58 else "小") + tail
        return tail + ("哥" if roll < 0.8 else "姐" if roll < 0.9 else "老师")

    def _song_title(self, language: str) -> str:
        if language in ("英语", "韩语"):
            return f"{self.pick('title_latin')} {self.pick('title_latin')}"
        if language == "日语":
            return self.pick("title_japanese") + self.pick("title_japanese")
        return self._fill(self.pick("title_patterns"))

    def _fill(self, pattern: str) -> str:
        return pattern.format(
            a=self.pick("title_adjectives"),
            n=self.pick("title_nouns"),
            m=self.pick("title_nouns"),
            t=self.pick("title_times"),
            v=self.pick("title_verbs"),
            k=int(self._generator.integers(1, 30)),
        )
