"""The wire between plugin and ranker, version 1: a binary body for the plugin, a JSON one for people.

Little-endian. Request: `ENCQ`, version u16, flags u16 (bit 0: explain), candidates u32, meta bytes
u32, id bytes u32, meta (JSON), coarse scores f32[n], end offset of each id u32[n], ids (UTF-8).
Answer: `ENCR`, version u16, flags u16 (bit 0: explain), candidates u32, meta bytes u32, meta (JSON),
tier u8[n], u f64[n]; in the order of the request.

Where the request asks for an explanation, the answer's meta has `explain` (in the JSON form: each candidate
has `explanation`), one object a candidate, in the same order:

    score               1 + tier + u, double; the engine rounds it down within the tier's band
    tier, tier_name, u  as in the answer; tier_name is bad, fair_fair, fair_good or good
    tier_probabilities  by tier_name, of the relevance model
    predictions         click, effective_play, watch_ratio, like: each task's, in [0, 1]
    formula             version; tier_at_least (threshold of each tier) and reached (probability of that
                        tier or a better one); weights and values of what u is the weighted mean of;
                        text: all of it in one line for people
    versions            of query_tower, relevance, mmoe, formula, features (hash of their specification)
                        and dictionary
    generation          whose columns were read

It comes of the pass that scored the candidate: for a known request id from the request store, with the
versions of then. Numbers but score and u are rounded to six digits. A reader ignores fields that it doesn't
know: tasks may be added.
"""

import struct
from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from ranker.errors import InvalidInputError
from ranker.features.id_list import IdList

BINARY: Final = "application/vnd.encore.score.v1+binary"
JSON: Final = "application/json"
VERSION: Final = 1
MOST_CANDIDATES: Final = 1_000
MOST_BYTES: Final = 1 << 20

_REQUEST = struct.Struct("<4sHHIII")
_ANSWER = struct.Struct("<4sHHII")
_EXPLAIN: Final = 1
_MOST_QUERY_CHARACTERS: Final = 1_000
_MOST_NAME_CHARACTERS: Final = 256


class RequestMeta(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a search is, beside its candidates. `now` is UTC milliseconds.

    `stage` says whose candidates they are: one shard's, whose scores may not depend on each other, or
    the whole search's. Left out, as plugins before it do, it is the shard's.
    """

    request_id: str
    query: str
    now: int
    user: str | None = None
    context: dict[str, Any] = {}
    config: str | None = None
    index: str = ""
    generation: str = ""
    shard: int = 0
    stage: Literal["shard", "global"] = "shard"


class ScoreRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A shard's or a whole search's candidates: ids as they came, coarse scores float32 (n,)."""

    meta: RequestMeta
    ids: Sequence[str]
    coarse: npt.NDArray[np.float32]
    explain: bool = False


class ScoreAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Tiers, uint8 (n,), 0 bad to 3 good, and u, float64 (n,) in [0, 1), in the request's order.

    `marks` say how the scores came about: "scored", "stored" (a later page of a known request) or
    both; where both, `stored` lists the positions of the stored ones, ascending. `explanation` holds one
    object a candidate where the request asked for it.
    """

    request_id: str
    tier: npt.NDArray[np.uint8]
    u: npt.NDArray[np.float64]
    versions: dict[str, str]
    generation: str
    marks: list[str]
    stored: list[int] | None = None
    explanation: list[dict[str, Any]] | None = None


class _JsonCandidate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    coarse_score: float = 0.0


class _JsonRequest(RequestMeta, frozen=True, kw_only=True, forbid_unknown_fields=True):
    candidates: list[_JsonCandidate]
    explain: bool = False


_decode_meta = msgspec.json.Decoder(RequestMeta).decode
_decode_json = msgspec.json.Decoder(_JsonRequest).decode
_encode_json = msgspec.json.Encoder().encode


def decode_request(body: bytes, content_type: str) -> ScoreRequest:
    """Read a request in either form.

    Raises:
        InvalidInputError: The body is none, with the offending value in [brackets].
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == BINARY:
        request = _decode_binary(body)
    elif kind == JSON:
        request = _decode_json_request(body)
    else:
        raise InvalidInputError(f"content type [{content_type}] is unknown; send [{BINARY}] or [{JSON}]")
    _check(request)
    return request


def _decode_binary(body: bytes) -> ScoreRequest:
    if len(body) < _REQUEST.size:
        raise InvalidInputError(f"a request of [{len(body)}] bytes is shorter than its header")
    magic, version, flags, count, meta_bytes, id_bytes = _REQUEST.unpack_from(body)
    if magic != b"ENCQ":
        raise InvalidInputError(f"a request starts with [ENCQ], not [{magic!r}]")
    if version != VERSION:
        raise InvalidInputError(f"wire version [{version}] is unknown; this ranker speaks [{VERSION}]")
    if flags & ~_EXPLAIN:
        raise InvalidInputError(f"flags [{flags:#x}] are unknown")
    if count > MOST_CANDIDATES:
        raise InvalidInputError(f"[{count}] candidates exceed the limit of [{MOST_CANDIDATES}]")
    expected = _REQUEST.size + meta_bytes + 8 * count + id_bytes
    if len(body) != expected:
        raise InvalidInputError(f"the request has [{len(body)}] bytes, its header says [{expected}]")
    at = _REQUEST.size
    meta = _read_meta(body[at : at + meta_bytes])
    at += meta_bytes
    coarse = np.frombuffer(body, "<f4", count, at)
    ends = np.frombuffer(body, "<u4", count, at + 4 * count)
    ids = IdList.split(body[at + 8 * count :], ends)
    return ScoreRequest(meta=meta, ids=ids, coarse=coarse, explain=bool(flags & _EXPLAIN))


def _read_meta(data: bytes) -> RequestMeta:
    try:
        return _decode_meta(data)
    except msgspec.MsgspecError as error:
        raise InvalidInputError(f"the request's meta is wrong: [{error}]") from None


def _decode_json_request(body: bytes) -> ScoreRequest:
    try:
        request = _decode_json(body)
    except msgspec.MsgspecError as error:
        raise InvalidInputError(f"the request is wrong: [{error}]") from None
    if len(request.candidates) > MOST_CANDIDATES:
        raise InvalidInputError(
            f"[{len(request.candidates)}] candidates exceed the limit of [{MOST_CANDIDATES}]"
        )
    meta = {name: getattr(request, name) for name in RequestMeta.__struct_fields__}
    return ScoreRequest(
        meta=RequestMeta(**meta),
        ids=IdList.of([candidate.id for candidate in request.candidates]),
        coarse=np.array([candidate.coarse_score for candidate in request.candidates], np.float32),
        explain=request.explain,
    )


def _check(request: ScoreRequest) -> None:
    meta = request.meta
    if not meta.query.strip():
        raise InvalidInputError(f"query [{meta.query}] is blank; say what is searched for")
    if len(meta.query) > _MOST_QUERY_CHARACTERS:
        raise InvalidInputError(
            f"a query of [{len(meta.query)}] characters exceeds the limit of [{_MOST_QUERY_CHARACTERS}]"
        )
    for name in ("request_id", "user", "config", "index", "generation"):
        value = getattr(meta, name)
        if value is not None and len(value) > _MOST_NAME_CHARACTERS:
            raise InvalidInputError(
                f"{name} of [{len(value)}] characters exceeds the limit of [{_MOST_NAME_CHARACTERS}]"
            )
    if not meta.request_id:
        raise InvalidInputError("request_id [] is empty; give every search an identity")
    if not 0 <= meta.now < 1 << 53:
        raise InvalidInputError(f"now [{meta.now}] is not a time in UTC milliseconds")


def encode_request(request: ScoreRequest) -> bytes:
    """The binary form, as the plugin writes it."""
    meta = _encode_json(request.meta)
    ids = [item.encode() for item in request.ids]
    ends = np.cumsum([len(item) for item in ids], dtype=np.uint32)
    block = b"".join(ids)
    flags = _EXPLAIN if request.explain else 0
    head = _REQUEST.pack(b"ENCQ", VERSION, flags, len(ids), len(meta), len(block))
    return b"".join((head, meta, request.coarse.astype("<f4").tobytes(), ends.astype("<u4").tobytes(), block))


def encode_answer(answer: ScoreAnswer, ids: Sequence[str], accept: str) -> tuple[bytes, str]:
    """(body, content type) in the form that the caller accepts; binary unless it asks for JSON."""
    meta: dict[str, Any] = {
        "request_id": answer.request_id,
        "versions": answer.versions,
        "generation": answer.generation,
        "marks": answer.marks,
    }
    if answer.stored is not None:
        meta["stored"] = answer.stored
    if accept.partition(";")[0].strip().lower() == JSON:
        rows = zip(ids, answer.tier.tolist(), answer.u.tolist(), strict=True)
        candidates: list[dict[str, Any]] = [{"id": item, "tier": tier, "u": u} for item, tier, u in rows]
        for candidate, parts in zip(candidates, answer.explanation or (), strict=False):
            candidate["explanation"] = parts
        return _encode_json(meta | {"candidates": candidates}), JSON
    if answer.explanation is not None:
        meta["explain"] = answer.explanation
    encoded = _encode_json(meta)
    flags = 0 if answer.explanation is None else _EXPLAIN
    head = _ANSWER.pack(b"ENCR", VERSION, flags, len(ids), len(encoded))
    return b"".join((head, encoded, answer.tier.tobytes(), answer.u.astype("<f8").tobytes())), BINARY


def decode_answer(body: bytes) -> ScoreAnswer:
    """Read the binary answer, as the plugin does; for benches and tests.

    Raises:
        InvalidInputError: The body is no answer of this version.
    """
    magic, version, flags, count, meta_bytes = _ANSWER.unpack_from(body)
    if magic != b"ENCR" or version != VERSION or len(body) != _ANSWER.size + meta_bytes + 9 * count:
        raise InvalidInputError(f"[{len(body)}] bytes are no answer of wire version [{VERSION}]")
    at = _ANSWER.size + meta_bytes
    meta = msgspec.json.decode(body[_ANSWER.size : at])
    return ScoreAnswer(
        request_id=meta["request_id"],
        tier=np.frombuffer(body, np.uint8, count, at),
        u=np.frombuffer(body, "<f8", count, at + count),
        versions=meta["versions"],
        generation=meta["generation"],
        marks=meta["marks"],
        stored=meta.get("stored"),
        explanation=meta.get("explain") if flags & _EXPLAIN else None,
    )
