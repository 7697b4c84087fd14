"""Names behind what was typed: by sound (pinyin, initials, homophones), by one slip, by a line of lyrics.

Used where a query, or a part of it, names nothing exactly. Every way has its own trust, so that a guess
weighs less than a name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

Kind = Literal["artist", "title", "song"]
_HAN: Final = re.compile("[\u4e00-\u9fff]+")
_NO_LETTER: Final = re.compile(r"[\W_]+")
_LATIN: Final = re.compile("[a-z]+")
_MOST_SYLLABLES: Final = 12  # longer names are rare, and each length costs a look-up at every place
_SHORTEST_SLIP: Final = 3  # one wrong character of two is another word
_SHORTEST_INITIALS: Final = 3
_LONG_INITIALS: Final = 4  # beside so many, two initials say enough
_SHORTEST_LATIN: Final = 4
_SHORTEST_LATIN_SLIP: Final = 5  # of four letters one slip makes too many words
_LYRICS_SHARE: Final = 0.75  # of a part's character pairs that stand in one line
_SHORTEST_LYRICS: Final = 5
_MOST_SONGS: Final = 4  # more songs that share a half line are too many to mean any

# Trust of a guess, in units of an exact name's 1; ours.
SOUND: Final = 0.9
HOMOPHONE: Final = 0.8
SLIP: Final = 0.7
INITIALS: Final = 0.5
LYRICS: Final = 0.9


class Guess(NamedTuple):
    """A name that may be meant: kind, row (artist, song title, or song for lyrics), trust in (0, 1].

    `typed` is what stands for it in the text, `name` what it would be if spelt rightly; both normalised.
    """

    kind: Kind
    row: int
    trust: float
    typed: str
    name: str


class _Name(NamedTuple):
    kind: Kind
    row: int
    name: str


_Names = dict[str, list[_Name]]


class Spellings:
    """Look-up tables over the names of one generation. Immutable after construction.

    Args:
        names: (kind, row, normalised spelling) of artists and song titles.
        lyrics: A normalised line of each song, by row; empty where unknown.
    """

    def __init__(self, names: Iterable[tuple[Kind, int, str]], lyrics: Sequence[str]) -> None:
        self._by_sound: _Names = defaultdict(list)
        self._by_initials: _Names = defaultdict(list)
        self._by_slip: _Names = defaultdict(list)
        self._by_latin: _Names = defaultdict(list)
        self._by_latin_slip: _Names = defaultdict(list)
        for kind, row, spelling in names:
            self._add(_Name(kind, row, spelling))
        self._by_letters: _Names = defaultdict(list)
        for sound, found in (*self._by_sound.items(), *self._by_latin.items()):
            self._by_letters[sound.replace(" ", "")] += found
        self._lyrics = lyrics
        self._lines_of_pair: dict[str, list[int]] = defaultdict(list)
        for row, line in enumerate(lyrics):
            for pair in dict.fromkeys(_pairs(line)):
                self._lines_of_pair[pair].append(row)

    def _add(self, name: _Name) -> None:
        letters = _NO_LETTER.sub("", name.name)
        if _LATIN.fullmatch(letters):
            self._add_latin(letters, name)
        if len(letters) < 2 or not _HAN.search(letters):
            return
        sounds = _sounds(letters)
        # A character that sounds otherwise in its word is also typed as it sounds alone: 倔强, 倔抢.
        for variant in dict.fromkeys((" ".join(sounds), " ".join(map(_sound, letters)))):
            self._by_sound[variant].append(name)
        if len(sounds) >= 2:
            self._by_initials["".join(sound[0] for sound in sounds)].append(name)
        if len(letters) >= _SHORTEST_SLIP:
            for slip in _slips(letters):
                self._by_slip[slip].append(name)

    def _add_latin(self, letters: str, name: _Name) -> None:
        if len(letters) >= _SHORTEST_LATIN:
            self._by_latin[letters].append(name)
        if len(letters) >= _SHORTEST_LATIN_SLIP:
            for key in _deletions(letters):
                self._by_latin_slip[key].append(name)

    def guesses(self, text: str) -> list[Guess]:
        """What a normalised text that names nothing exactly may mean, the likeliest way alone."""
        letters = _NO_LETTER.sub("", text)
        if _LATIN.fullmatch(letters):
            return self._by_letters_of(letters, text) or self._latin_slipped(letters, text)
        # Punctuation is left out on both sides: it is typed as one likes.
        for way in (self._homophones, self._slipped):
            found = [guess for part in text.split() for guess in way(_NO_LETTER.sub("", part), part)]
            if not found and " " in text:
                found = way(letters, text)
            if found:
                return list(dict.fromkeys(found))
        return []

    def lyrics(self, part: str) -> list[Guess]:
        """Songs whose line holds the part's character pairs; none where too many do."""
        if len(part) < _SHORTEST_LYRICS:
            return []
        pairs = list(dict.fromkeys(_pairs(part)))
        shared: dict[int, int] = defaultdict(int)
        for pair in pairs:
            for row in self._lines_of_pair.get(pair, ()):
                shared[row] += 1
        best = max(shared.values(), default=0)
        songs = [row for row, count in shared.items() if count == best]
        if best < _LYRICS_SHARE * len(pairs) or len(songs) > _MOST_SONGS:
            return []
        return [Guess("song", row, LYRICS, part, part) for row in songs]

    def _by_letters_of(self, letters: str, typed: str) -> list[Guess]:
        """The whole as one name, else as two ('zhoujielunqingtian'), else as initials."""
        if letters in self._by_letters:
            return _each(self._by_letters[letters], SOUND, typed)
        found = self._pair(self._by_letters, letters, SOUND, typed, shortest=2)
        found = found or self._pair(self._by_initials, letters, INITIALS, typed, shortest=_SHORTEST_INITIALS)
        if found or len(letters) < _SHORTEST_INITIALS:
            return found
        return _each(self._by_initials.get(letters, ()), INITIALS, typed)

    def _pair(self, table: _Names, letters: str, trust: float, typed: str, shortest: int) -> list[Guess]:
        """Two names that make up the letters: an artist and a title, else the first two there are.

        A part shorter than `shortest` counts as one of artist and title, beside a long one.
        """
        others: list[Guess] = []
        for at in range(2, len(letters) - 1):
            head, tail = table.get(letters[:at]), table.get(letters[at:])
            if not head or not tail:
                continue
            short, long = sorted((at, len(letters) - at))
            if short < shortest and long < _LONG_INITIALS:
                continue
            pair = _artist_and_title(head, tail)
            # The text is made of both names: the first stands for all of it, the second adds to it.
            if pair:
                return _each(pair[0], trust, typed) + _each(pair[1], trust, "")
            if short >= shortest:
                others = others or _each(head, trust, typed) + _each(tail, trust, "")
        return others

    def _latin_slipped(self, letters: str, typed: str) -> list[Guess]:
        """Latin names one slip away from the letters: one more, less or other, or two swapped."""
        if len(letters) < _SHORTEST_LATIN_SLIP:
            return []
        near = (name for key in _deletions(letters) for name in self._by_latin_slip.get(key, ()))
        return _each(
            [name for name in dict.fromkeys(near) if _is_slip(letters, _NO_LETTER.sub("", name.name))],
            SLIP,
            typed,
        )

    def _homophones(self, letters: str, typed: str) -> list[Guess]:
        """Names that sound like a run of the letters; the longest at each place."""
        del typed
        sounds = _sounds(letters)
        if len(sounds) != len(letters):
            return []  # Latin words among the letters: a run of sounds has no place in the text
        found: list[Guess] = []
        at = 0
        while at < len(sounds):
            for end in range(min(len(sounds), at + _MOST_SYLLABLES), at + 1, -1):
                named = self._by_sound.get(" ".join(sounds[at:end]))
                # Two syllables sound like something by accident, unless they are all there is beside a name.
                if named and (end - at > 2 or len(sounds) <= 2 or found or end == len(sounds)):
                    found += _each(named, HOMOPHONE, letters[at:end])
                    at = end - 1
                    break
            at += 1
        return found

    def _slipped(self, letters: str, typed: str) -> list[Guess]:
        """Names one slip away from a run of the letters, the longest run: one other or two swapped."""
        del typed
        for length in range(min(len(letters), _MOST_SYLLABLES), _SHORTEST_SLIP - 1, -1):
            for at in range(len(letters) - length + 1):
                run = letters[at : at + length]
                named = [found for slip in _slips(run) for found in self._by_slip.get(slip, ())]
                if named:
                    return _each(dict.fromkeys(named), SLIP, run)
        return []


def _each(found: Iterable[_Name], trust: float, typed: str) -> list[Guess]:
    return [Guess(name.kind, name.row, trust, typed, name.name) for name in found]


def _artist_and_title(head: list[_Name], tail: list[_Name]) -> tuple[list[_Name], list[_Name]] | None:
    """Of two names beside each other one is the artist and one the title, where both readings exist."""
    for first, second in (("artist", "title"), ("title", "artist")):
        heads, tails = [x for x in head if x.kind == first], [x for x in tail if x.kind == second]
        if heads and tails:
            return heads, tails
    return None


def _sounds(letters: str) -> list[str]:
    """Syllables of Han characters; other letters stay runs of their own."""
    from pypinyin import lazy_pinyin

    return list(lazy_pinyin(letters))


@lru_cache(30_000)
def _sound(letter: str) -> str:
    """As the letter sounds alone."""
    return _sounds(letter)[0]


def _pairs(text: str) -> Iterator[str]:
    return (text[at : at + 2] for at in range(len(text) - 1))


def _slips(letters: str) -> Iterator[str]:
    """Keys that two texts share exactly if they are one slip apart.

    One character other: equal but for one place. Two neighbours swapped: equal once the pair is sorted.
    """
    for at in range(len(letters)):
        yield f"{letters[:at]}_{letters[at + 1 :]}"
    for at in range(len(letters) - 1):
        yield f"{letters[:at]}({''.join(sorted(letters[at : at + 2]))}){letters[at + 2 :]}"


def _deletions(letters: str) -> Iterator[str]:
    """The letters, and the letters without each one: texts one slip apart share one of these."""
    yield letters
    yield from dict.fromkeys(letters[:at] + letters[at + 1 :] for at in range(len(letters)))


def _is_slip(a: str, b: str) -> bool:
    """Whether one letter more, less or other, or two neighbours swapped, make `b` of `a`."""
    at = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    x, y = a[at:], b[at:]
    swapped = len(x) > 1 and x[1::-1] + x[2:] == y
    return x[1:] == y[1:] or x[1:] == y or x == y[1:] or swapped
