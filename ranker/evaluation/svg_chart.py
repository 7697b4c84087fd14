"""A line chart as SVG, which every browser shows and a report can hold; no drawing library is needed."""

from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

_WIDTH: Final = 760
_HEIGHT: Final = 440
_LEFT: Final = 60
_RIGHT: Final = 230  # room of the legend
_TOP: Final = 40
_BOTTOM: Final = 50
_TICKS: Final = 5
# Told apart by the colour-blind too (Okabe and Ito).
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c8c8c")
Point = tuple[float, float]


def line_chart(title: str, across: str, up: str, lines: Mapping[str, Sequence[Point]]) -> str:
    """An SVG document: one line with dots for each name, from (0, 0) up.

    Args:
        title: Above it.
        across: What x is.
        up: What y is.
        lines: Points (x, y), none below 0, by name.
    """
    points = [point for line in lines.values() for point in line]
    most_x, most_y = (max((point[axis] for point in points), default=1.0) or 1.0 for axis in (0, 1))
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(x: float, y: float) -> Point:
        return _LEFT + wide * x / most_x, _TOP + high * (1 - y / most_y)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_LEFT, 24, title, "start", ' font-size="14"'),
        _text(_LEFT + wide / 2, _HEIGHT - 10, across, "middle"),
        _text(16, _TOP - 8, up, "start"),
    ]
    for tick in range(_TICKS + 1):
        share = tick / _TICKS
        x, y = at(share * most_x, share * most_y)
        parts += [
            f'<path d="M{_LEFT},{y:.1f} h{wide}" stroke="#ddd"/>',
            _text(_LEFT - 6, y + 4, f"{share * most_y:.3g}", "end"),
            _text(x, _HEIGHT - _BOTTOM + 18, f"{share * most_x:.4g}", "middle"),
        ]
    for number, (name, line) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        dash = "" if number < len(_COLOURS) else ' stroke-dasharray="4"'
        places = [at(x, y) for x, y in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}"{dash}/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        row = _TOP + 16 * number
        parts.append(f'<path d="M{_LEFT + wide + 14},{row} h20" stroke="{colour}"{dash}/>')
        parts.append(_text(_LEFT + wide + 40, row + 4, name, "start"))
    return "\n".join([*parts, "</svg>", ""])


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(text)}</text>'
