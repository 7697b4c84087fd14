"""What a feature is: its name, kind, unit, default and what may be known when."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy.typing as npt

Of = Literal["video", "query", "request", "candidate"]
Kind = Literal["real", "count", "rate", "lift", "flag", "id"]
Leak = Literal["static", "request", "day", "training"]


@dataclass(frozen=True)
class Feature:
    """One number of a candidate.

    Kinds: `real` as it is; `count` log₂(1 + x); `rate` in [0, 1]; `lift` ln of a smoothed rate over its
    prior; `flag` 0 or 1; `id` a code of the specification's dictionary. `default` is its value where the data
    is missing. Leak classes: `static` (known when the video was written), `request` (known when it is asked
    for), `day` (from the days before the request's), `training` (known only in training, such as position).
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    default: float = 0.0
    leak: Leak = "static"

    def as_dict(self) -> dict[str, Any]:
        """For the specification's JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Block:
    """Features that stand side by side and are computed by one function, which returns them in that order.

    `of` says what they depend on, and so how often they are computed:
    `video`: on the video alone, `compute(cells, priors)`, arrays (n,): for all videos when a generation is
    loaded, and again for a training row's moment.
    `query`: on the query alone, `compute(batch, priors)`, numbers that hold for all candidates; kept.
    `request`: on query, listener and time, likewise; not kept.
    `candidate`: on all of these, `compute(batch, priors)`, arrays (n,), or one (features, n); an empty list
    where all are 0.
    """

    of: Of
    features: tuple[Feature, ...]
    compute: Callable[..., Sequence[Any] | npt.NDArray[Any]]


@dataclass(frozen=True)
class AbsentFamily:
    """A family that is declared and not computed yet, with the reason."""

    name: str
    reason: str


ABSENT = (
    AbsentFamily("intent", "query intents come with query understanding"),
    AbsentFamily("routes", "recall routes and their scores come with personal and vector recall"),
    AbsentFamily("real_time", "counters are kept by features.online; no model has been trained on them yet"),
    AbsentFamily(
        "whole_days", "`features.daily` counts 1, 7 and 30 days; no model has been trained on them yet"
    ),
    AbsentFamily("click_graph", "vectors of queries and videos come with the click graph"),
    AbsentFamily("example_age", "`transforms.example_age` is there; no model has been trained with it yet"),
    AbsentFamily("content_tags", "image and audio tags come with the content models"),
)
