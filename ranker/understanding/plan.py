"""What a text asks for, as a typed plan: the answer of `/v1/understand`, schema 1.

A plan says what to look for, never how: the engine's plugin builds bounded queries from it and refuses a
plan that isn't exactly this. Lengths count code points; offsets are code points of the original text.
Files that both languages read: `tests/contract/plan`. A field more, or another meaning of one, is a new
schema.
"""

import base64
import binascii
import re
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import UNSET, Meta, UnsetType

from ranker.errors import InvalidInputError

SCHEMA: Final = 1
MOST_CHARACTERS: Final = 512  # of a text; a longer one is no query
MOST_SEGMENTS: Final = 32
MOST_ENTITIES: Final = 16
MOST_NAMES: Final = 8
MOST_FILTERS: Final = 8
MOST_VALUES: Final = 64
MOST_NAME_CHARACTERS: Final = 256
MOST_NORMALIZED_CHARACTERS: Final = 16_384  # NFKC makes up to 18 characters of one
MOST_DIMENSIONS: Final = 4_096
MOST_WEIGHT: Final = 100.0  # ln of the number of documents stays far below
UNIT_TOLERANCE: Final = 1e-3  # of a vector's length, from float32

EntityKind = Literal["artist", "song", "version", "style", "language"]
KINDS: Final[tuple[EntityKind, ...]] = get_args(EntityKind)
FilterField = Literal["tags.keyword", "uploader.keyword"]

_Name = Annotated[str, Meta(min_length=1, max_length=MOST_NAME_CHARACTERS)]
_Label = Annotated[str, Meta(max_length=MOST_NAME_CHARACTERS)]
_Offset = Annotated[int, Meta(ge=0, le=MOST_CHARACTERS)]
Floats = npt.NDArray[np.float32]


class PlanError(InvalidInputError):
    """A plan that isn't one; `where` is the field, as in `entities[1].trust`, "" for the whole."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"the plan is wrong at [{where}]: [{reason}]" if where else f"no plan: [{reason}]")
        self.where = where


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every field is there, none is null, none more."""


class PlanVersions(_Strict, frozen=True, kw_only=True):
    """What the plan was made by; `encoder` is "" where the generation has none."""

    dictionary: _Label
    configuration: _Label
    encoder: _Label


class _Span(_Strict, frozen=True, kw_only=True):
    start: _Offset
    end: _Offset

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"start [{self.start}] is not before end [{self.end}]")


class Segment(_Span, frozen=True, kw_only=True):
    """A term of the text as the index's words are cut, and its idf, at least 0."""

    term: _Name
    weight: Annotated[float, Meta(ge=0, le=MOST_WEIGHT)]


class PlanEntity(_Span, frozen=True, kw_only=True):
    """One thing that the text names.

    `id` is an artist's or song's id, a version's kind (`live`), a style or a language. `surface` is what
    stands for it in the text, normalised. `names` are what to look for in the index, normalised, the
    canonical name first. `trust` is 1 for an exact name, less for a guess from sound, slip or lyrics.
    `alias`: the surface is another name than the canonical one.
    """

    kind: EntityKind
    id: _Name
    surface: _Name
    names: Annotated[list[_Name], Meta(min_length=1, max_length=MOST_NAMES)]
    trust: Annotated[float, Meta(gt=0, le=1)]
    alias: bool


class Filter(_Strict, frozen=True, kw_only=True):
    """Only videos with one of the values in the field."""

    field: FilterField
    values: Annotated[list[_Name], Meta(min_length=1, max_length=MOST_VALUES)]


class QueryPlan(_Strict, frozen=True, kw_only=True):
    """A plan for one text and one generation; no user's.

    `rewrites` and `personal` are empty in schema 1. `vector` is the query's unit vector: base64 of
    little-endian float32 (dimensions,), left out where none was asked for.
    """

    schema: Annotated[int, Meta(ge=SCHEMA, le=SCHEMA)]
    generation: _Label
    versions: PlanVersions
    normalized: Annotated[str, Meta(max_length=MOST_NORMALIZED_CHARACTERS)]
    segments: Annotated[list[Segment], Meta(max_length=MOST_SEGMENTS)]
    entities: Annotated[list[PlanEntity], Meta(max_length=MOST_ENTITIES)]
    rewrites: Annotated[list[Any], Meta(max_length=0)]
    personal: Annotated[list[Any], Meta(max_length=0)]
    filters: Annotated[list[Filter], Meta(max_length=MOST_FILTERS)]
    vector: str | UnsetType = UNSET

    def query_vector(self) -> Floats | None:
        """The unit vector, float32 (dimensions,); None where the plan has none.

        Raises:
            PlanError: The vector is none.
        """
        return None if self.vector is UNSET else decode_vector(self.vector)


_decode = msgspec.json.Decoder(QueryPlan).decode
_encode = msgspec.json.Encoder().encode
_PATH: Final = re.compile(r" - at `(?:key in )?\$\.?(?P<path>.*)`$")


def encode_plan(plan: QueryPlan) -> bytes:
    """The plan as JSON, UTF-8."""
    return _encode(plan)


def decode_plan(body: bytes) -> QueryPlan:
    """Read a plan as strictly as the plugin does.

    Raises:
        PlanError: It isn't exactly a plan of schema 1.
    """
    try:
        plan = _decode(body)
    except msgspec.MsgspecError as error:
        said = str(error)
        path = _PATH.search(said)
        where = path["path"] if path else ""
        raise PlanError(said[: path.start()] if path else said, where) from None
    plan.query_vector()
    return plan


def encode_vector(vector: Floats) -> str:
    """A unit vector, float32 (dimensions,), as base64 of its little-endian bytes."""
    return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")


def decode_vector(encoded: str) -> Floats:
    """The unit vector, float32 (dimensions,), of its base64.

    Raises:
        PlanError: No base64, no whole number of floats, too many, not finite or not of length 1.
    """
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PlanError(f"no base64: {error}", "vector") from None
    if not data or len(data) % 4 or len(data) > 4 * MOST_DIMENSIONS:
        raise PlanError(f"{len(data)} bytes are not 1 to {MOST_DIMENSIONS} floats of 4 bytes", "vector")
    vector = np.frombuffer(data, "<f4").astype(np.float32)
    length = float(np.linalg.norm(vector))
    if not abs(length - 1) <= UNIT_TOLERANCE:  # a NaN fails too
        raise PlanError(f"a length of {length:.4g} is not 1", "vector")
    return vector
