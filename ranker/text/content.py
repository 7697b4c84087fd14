"""Which code points are content: a token without any is punctuation or blank and is dropped.

Content is letters and numbers of any script. Signs, punctuation, emoji, blanks, controls and lone marks are
not: they separate words, and the gap they leave in the positions says so.
"""

import sys
import unicodedata

# Planes 2 and 3 are set aside for ideographs; characters newer than this Python's tables live there too.
_IDEOGRAPHIC_PLANES = range(0x20000, 0x3FFFE)
# Hangul fillers are letters to Unicode, and blank to a reader.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")


def content_ranges() -> list[tuple[int, int]]:
    """List the content code points as sorted, disjoint, inclusive ranges."""
    ranges: list[tuple[int, int]] = []
    for code_point in range(sys.maxunicode + 1):
        if not _is_content(code_point):
            continue
        if ranges and ranges[-1][1] == code_point - 1:
            ranges[-1] = (ranges[-1][0], code_point)
        else:
            ranges.append((code_point, code_point))
    return ranges


def _is_content(code_point: int) -> bool:
    if code_point in _IDEOGRAPHIC_PLANES:
        return True
    character = chr(code_point)
    return unicodedata.category(character)[0] in "LN" and character not in _BLANK_LETTERS
