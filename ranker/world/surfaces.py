"""How one wish is typed: misspelt by a homophone, in traditional characters, in pinyin."""

from functools import cache

import numpy as np
import opencc
from pypinyin import lazy_pinyin


@cache
def _homophones() -> tuple[dict[str, str], dict[str, list[str]]]:
    """Sound of each of the 3,755 commonest characters (GB 2312, level 1); characters of each sound."""
    characters = [
        bytes((row, cell)).decode("gb2312")
        for row in range(0xB0, 0xD8)
        for cell in range(0xA1, 0xFF)
        if not (row == 0xD7 and cell > 0xF9)
    ]
    sounds = dict(zip(characters, lazy_pinyin(characters), strict=True))
    alike: dict[str, list[str]] = {}
    for character, sound in sounds.items():
        alike.setdefault(sound, []).append(character)
    return sounds, alike


def misspelt(text: str, generator: np.random.Generator) -> str:
    """The text with one character replaced by a homophone or two swapped; itself if neither can be."""
    sounds, alike = _homophones()
    places = [place for place, one in enumerate(text) if len(alike.get(sounds.get(one, ""), ())) > 1]
    if places and generator.random() < 0.85:
        place = places[int(generator.integers(len(places)))]
        options = [one for one in alike[sounds[text[place]]] if one != text[place]]
        return text[:place] + options[int(generator.integers(len(options)))] + text[place + 1 :]
    if len(text) < 3:
        return text
    place = int(generator.integers(len(text) - 1))
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


@cache
def _converter(direction: str) -> opencc.OpenCC:
    return opencc.OpenCC(direction)


def traditional(text: str) -> str:
    """The text in traditional characters."""
    return str(_converter("s2t").convert(text))


def pinyin(text: str, generator: np.random.Generator) -> str:
    """The text as it sounds: run together, spaced, or (of three characters on, a fifth) as initials."""
    syllables = lazy_pinyin("".join(one for one in text if one.isalnum()))
    roll = generator.random()
    if roll < 0.2 and len(syllables) >= 3:
        return "".join(syllable[0] for syllable in syllables)
    return ("" if roll < 0.7 else " ").join(syllables)
