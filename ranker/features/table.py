"""One table of all features, made from the code that computes them, for people: `encore features`."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from ranker.features import ids
from ranker.features.families import FAMILIES, context
from ranker.features.feature import ABSENT, Feature

_HEAD: Final = """# What the ranker knows

Made by `encore features --markdown ranker/features/README.md` from the code that computes the features; a
test says when it is old. One file of [families](families) is one family.

*Kind*: `real` as it is; `count` log₂(1 + x) of x in the unit; `rate` in [0, 1]; `lift` ln of a smoothed rate
over its prior; `flag` 0 or 1; `id` a code of the model's dictionary, 0 for a rare or unknown one. *Default*:
the value where the data is missing. *Leak class*, what a value may know: `static` the video as it was
written; `request` that and the request; `day` the days before the request's too; `training` what is known in
training alone. *Of*: what it depends on, and so how often it is computed.
"""


@dataclass(frozen=True)
class Row:
    """A feature, its family, and what it is of: video, query, request, candidate or exposure."""

    name: str
    family: str
    kind: str
    unit: str
    default: float
    leak: str
    of: str
    meaning: str


def rows() -> list[Row]:
    """Every feature, family by family, in the order of computing; then ids, then those of training alone."""
    found = [
        _row(feature, family.__name__.rsplit(".", 1)[1], block.of)
        for family in FAMILIES
        for block in family.BLOCKS
        for feature in block.features
    ]
    found += [_row(feature, "ids", "video") for feature in ids.OF_VIDEO]
    found += [_row(feature, "ids", "request") for feature in ids.OF_REQUEST]
    return found + [_row(feature, "context", "exposure") for feature in context.TRAINING]


def as_json() -> dict[str, Any]:
    """{"features": […], "absent": [{"name", "reason"}]}."""
    return {"features": [asdict(row) for row in rows()], "absent": [asdict(family) for family in ABSENT]}


def markdown() -> str:
    """The document: a table of features, and a table of the families that are absent."""
    names = ("name", "family", "kind", "unit", "default", "leak", "of", "meaning")
    lines = [_HEAD, _line(names), _line(["---"] * len(names))]
    for row in rows():
        values = asdict(row) | {"name": f"`{row.name}`", "default": f"{row.default:g}"}
        lines.append(_line([str(values[name]) for name in names]))
    lines += ["", "## Absent families", "", _line(("family", "why")), _line(("---", "---"))]
    lines += [_line((f"`{family.name}`", family.reason)) for family in ABSENT]
    return "\n".join(lines) + "\n"


def _row(feature: Feature, family: str, of: str) -> Row:
    return Row(
        feature.name,
        family,
        feature.kind,
        feature.unit,
        feature.default,
        feature.leak,
        of,
        feature.meaning,
    )


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
