"""The one normaliser table: what each code point and each phrase becomes.

The table is made once, here, from three sources that Python has at hand: Unicode's compatibility
composition (NFKC), lower case, and OpenCC's traditional-to-simplified dictionaries. From then on the table
*is* the definition: greedy longest match on code points, everything unmatched passes through. Python and
Java apply it; neither asks its own Unicode tables again.

Entries, the later ones win where a source occurs twice:

1. every code point c with f(c) != c, where f is NFKC, lower case and OpenCC, repeated until nothing changes;
2. sequences that NFKC composes (e + acute, half-width ｶ + ﾞ, Hangul letters), because a table of single code
   points would leave them in pieces;
3. OpenCC's phrases, and every phrase's result where that would otherwise change again (畢昇 becomes 毕昇, so
   毕昇 has to stay 毕昇);
4. exceptions of our own, `exceptions.tsv`: names that character tables spoil, simplified words that OpenCC's
   phrases mistake for traditional ones.
"""

import itertools
import subprocess
import sys
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from ranker.errors import MissingPartError
from ranker.text import rows

_SURROGATES = range(0xD800, 0xE000)
_EXCEPTIONS = Path(__file__).with_name("exceptions.tsv")
# Variants that real text mixes with marks: half and full width, and the Hangul letters of keyboards.
_VARIANT_TAGS = ("<wide>", "<narrow>", "<compat>")


@lru_cache(maxsize=1)
def normalizer_table() -> dict[str, str]:
    """Build the table: source string to target string, sorted by source.

    Takes about a second, once a process. Raises `MissingPartError` if OpenCC's phrases cannot be read.
    """
    table = _single_code_points()
    table.update(_compositions(table))
    table.update(_phrases(table))
    table.update(_exceptions())
    return dict(sorted(table.items()))


def _single_code_points() -> dict[str, str]:
    sources = [chr(c) for c in range(sys.maxunicode + 1) if c not in _SURROGATES and c != ord("\n")]
    targets = _simplified(sources)
    changed = {source: target for source, target in zip(sources, targets, strict=True) if target != source}
    moving = list(changed)
    while moving:
        again = dict(zip(moving, _simplified([changed[source] for source in moving]), strict=True))
        moving = [source for source in moving if again[source] != changed[source]]
        changed.update(again)
    return changed


def _simplified(strings: list[str]) -> list[str]:
    """Apply NFKC, lower case, NFKC and OpenCC to each string; none may hold a line feed."""
    import opencc

    folded = (unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", s).lower()) for s in strings)
    converted: str = opencc.OpenCC("t2s").convert("\n".join(folded))
    return converted.split("\n")


def _compositions(singles: dict[str, str]) -> dict[str, str]:
    """Sequences of code points that NFKC makes one composed character of, and what that becomes."""
    variants = _variants()
    found: dict[str, str] = {}
    for code_point in range(sys.maxunicode + 1):
        if code_point in _SURROGATES:
            continue
        composed = chr(code_point)
        for parts in _decompositions(composed):
            # Variants of pairs only: three Hangul letters in every width would be 160,000 rows.
            spellings = [variants[part] if len(parts) == 2 else [part] for part in parts]
            for choice in itertools.product(*spellings):
                source = "".join(choice)
                if unicodedata.normalize("NFKC", source) == composed:
                    found[source] = singles.get(composed, composed)
    return found


def _decompositions(composed: str) -> Iterator[str]:
    """Yield the canonical spellings of a composed character: all steps, one step, marks reversed."""
    full = unicodedata.normalize("NFD", composed)
    if len(full) == 1:
        return
    yield full
    step = unicodedata.normalize("NFC", full[:-1]) + full[-1]
    if step != full:
        yield step
    base, marks = full[0], full[1:]
    if len(marks) == 2 and all(map(unicodedata.combining, marks)):
        yield base + marks[::-1]
        yield unicodedata.normalize("NFC", base + marks[1]) + marks[0]


def _variants() -> dict[str, list[str]]:
    """Code points that stand for another one in half or full width; each stands for itself first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code_point in range(sys.maxunicode + 1):
        character = chr(code_point)
        if unicodedata.decomposition(character).startswith(_VARIANT_TAGS):
            target = unicodedata.normalize("NFKC", character)
            if len(target) == 1:
                found[target].append(character)
    return _SelfFirst({target: [target, *sources] for target, sources in found.items()})


class _SelfFirst(dict[str, list[str]]):
    """A character without variants has itself as its only spelling."""

    def __missing__(self, key: str) -> list[str]:
        return [key]


def _phrases(table: dict[str, str]) -> dict[str, str]:
    sources = [phrase for phrase in _opencc_keys("TSPhrases") if len(phrase) > 1]
    phrases = dict(zip(sources, _simplified(sources), strict=True))
    single = str.maketrans({s: t for s, t in table.items() if len(s) == 1})
    kept = {target: target for target in phrases.values() if target.translate(single) != target}
    return kept | phrases


def _exceptions() -> Iterable[tuple[str, str]]:
    return ((source, target) for source, target in rows.read(_EXCEPTIONS, 2))


def _opencc_keys(name: str) -> list[str]:
    """Read the keys of one of OpenCC's compiled dictionaries by the tool that its package carries."""
    import opencc

    folder = Path(opencc.__file__).parent / "clib"
    tool = folder / "bin" / ("opencc_dict.exe" if sys.platform == "win32" else "opencc_dict")
    source = folder / "share" / "opencc" / f"{name}.ocd2"
    with tempfile.TemporaryDirectory() as scratch:
        text = Path(scratch) / "dictionary.txt"
        command = [str(tool), "-i", str(source), "-f", "ocd2", "-t", "text", "-o", str(text)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError) as error:
            raise MissingPartError(
                f"OpenCC's phrases [{source}] cannot be read by [{tool}]: {error}; "
                "install opencc from its wheel"
            ) from error
        return [line.split("\t")[0] for line in text.read_text("utf-8").split("\n") if line]
