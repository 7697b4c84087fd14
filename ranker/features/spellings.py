"""Names behind what was typed: by sound (pinyin, initials, homophones), by one slip, by a line of lyrics.

Used where a query, or a part of it, names nothing exactly. Every way has its own trust, so that a guess
weighs less than a name.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal, NamedTuple

from ranker.text.normalizer import Normalizer

Kind = Literal["artist", "title", "song"]
_HAN: Final = re.compile("[\u4e00-\u9fff]+")
_LATIN: Final = re.compile("[a-z]+")
_MOST_SYLLABLES: Final = 9  # longer names are rare, and each length costs a look-up at every place
_SHORTEST_SLIP: Final = 3  # one wrong character of two is another word
_SHORTEST_INITIALS: Final = 3
_LYRICS_SHARE: Final = 0.75  # of a part's character pairs that stand in one line
_SHORTEST_LYRICS: Final = 5

# Trust of a guess, in units of an exact name's 1; ours.
SOUND: Final = 0.9
HOMOPHONE: Final = 0.8
SLIP: Final = 0.7
INITIALS: Final = 0.5
LYRICS: Final = 0.9


class Guess(NamedTuple):
    """A name that may be meant: kind, row (artist, song title, or song for lyrics), trust in (0, 1]."""

    kind: Kind
    row: int
    trust: float


_Names = dict[str, list[tuple[Kind, int]]]


class Spellings:
    """Look-up tables over the names of one generation. Immutable after construction."""

    def __init__(
        self, names: Iterable[tuple[Kind, int, str]], lyrics: Iterable[str], normalizer: Normalizer
    ) -> None:
        self._syllables = _syllables_of()
        self._by_sound: _Names = defaultdict(list)
        self._by_initials: _Names = defaultdict(list)
        self._by_deletion: _Names = defaultdict(list)
        self._names: list[str] = []
        for kind, row, name in names:
            if not _HAN.fullmatch(name) or len(name) < 2:
                continue
            syllables = self._syllables(name)
            self._by_sound[" ".join(syllables)].append((kind, row))
            if len(syllables) >= _SHORTEST_INITIALS:
                self._by_initials["".join(syllable[0] for syllable in syllables)].append((kind, row))
            if len(name) >= _SHORTEST_SLIP:
                for shorter in _deletions(name):
                    self._by_deletion[shorter].append((kind, row))
        self._by_letters: _Names = defaultdict(list)
        for sound, found in self._by_sound.items():
            self._by_letters[sound.replace(" ", "")] += found
        self._lines = [normalizer.text(line) for line in lyrics]
        self._lines_of_pair: dict[str, list[int]] = defaultdict(list)
        for row, line in enumerate(self._lines):
            for pair in dict.fromkeys(_pairs(line)):
                self._lines_of_pair[pair].append(row)

    def guesses(self, text: str) -> list[Guess]:
        """What a normalised text that names nothing exactly may mean, the likeliest way alone."""
        letters = text.replace(" ", "")
        if _LATIN.fullmatch(letters):
            return self._by_letters_of(letters) or _each(self._by_initials.get(letters, ()), INITIALS)
        for way in (self._lyrics, self._homophones, self._slips):
            found = [guess for part in _HAN.findall(text) for guess in way(part)]
            if found:
                return list(dict.fromkeys(found))
        return []

    def _by_letters_of(self, letters: str) -> list[Guess]:
        """The whole as one name, else as two: 'zhoujielunqingtian'."""
        if letters in self._by_letters:
            return _each(self._by_letters[letters], SOUND)
        for at in range(2, len(letters) - 1):
            head, tail = self._by_letters.get(letters[:at]), self._by_letters.get(letters[at:])
            if head and tail:
                return _each(_two(head, tail), SOUND)
        return []

    def _homophones(self, part: str) -> list[Guess]:
        """Names that sound like a run of the part; the longest at each place, and the whole part if short."""
        sounds = self._syllables(part)
        found: list[Guess] = []
        at = 0
        while at < len(sounds):
            for end in range(min(len(sounds), at + _MOST_SYLLABLES), at + 1, -1):
                named = self._by_sound.get(" ".join(sounds[at:end]))
                # Two syllables sound like something by accident, unless they are all there is beside a name.
                if named and (end - at > 2 or len(sounds) <= 2 or found or end == len(sounds)):
                    found += _each(named, HOMOPHONE)
                    at = end - 1
                    break
            at += 1
        return found

    def _slips(self, part: str) -> list[Guess]:
        """Names one character away from the part, or from a run of it: one swapped, missing or other."""
        for length in range(len(part), _SHORTEST_SLIP - 1, -1):
            for at in range(len(part) - length + 1):
                run = part[at : at + length]
                named = [found for shorter in _deletions(run) for found in self._by_deletion.get(shorter, ())]
                if named:
                    return _each(dict.fromkeys(named), SLIP)
        return []

    def _lyrics(self, part: str) -> list[Guess]:
        """Songs whose line holds the part's character pairs."""
        if len(part) < _SHORTEST_LYRICS:
            return []
        pairs = list(dict.fromkeys(_pairs(part)))
        shared: dict[int, int] = defaultdict(int)
        for pair in pairs:
            for row in self._lines_of_pair.get(pair, ()):
                shared[row] += 1
        best = max(shared.values(), default=0)
        if best < _LYRICS_SHARE * len(pairs):
            return []
        return [Guess("song", row, LYRICS) for row, count in shared.items() if count == best]


def _each(found: Iterable[tuple[Kind, int]], trust: float) -> list[Guess]:
    return [Guess(kind, row, trust) for kind, row in found]


def _two(head: list[tuple[Kind, int]], tail: list[tuple[Kind, int]]) -> list[tuple[Kind, int]]:
    """Of two names beside each other one is the artist and one the title, where both readings exist."""
    kinds = {kind for kind, _ in head}, {kind for kind, _ in tail}
    for first, second in (("artist", "title"), ("title", "artist")):
        if first in kinds[0] and second in kinds[1]:
            return [x for x in head if x[0] == first] + [x for x in tail if x[0] == second]
    return head + tail


def _pairs(text: str) -> Iterator[str]:
    return (text[at : at + 2] for at in range(len(text) - 1))


def _deletions(text: str) -> Iterator[str]:
    """The text with each one character left out: two texts that share one are a slip apart."""
    return (f"{text[:at]}_{text[at + 1 :]}" for at in range(len(text)))


def _syllables_of() -> Callable[[str], list[str]]:
    from pypinyin import lazy_pinyin

    return lazy_pinyin
