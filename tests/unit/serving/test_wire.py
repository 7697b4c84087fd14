import contextlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.errors import InvalidInputError
from ranker.serving import wire
from ranker.serving.wire import BINARY, JSON, RequestMeta, ScoreAnswer, ScoreRequest


def request(ids=("BV1", "BV22"), coarse=(2.5, 1.0), **meta):
    return ScoreRequest(
        meta=RequestMeta(**({"request_id": "r1", "query": "晴天", "now": 1_000} | meta)),
        ids=list(ids),
        coarse=np.array(coarse, np.float32),
    )


def answer(explanation=None, **more):
    return ScoreAnswer(
        request_id="r1",
        tier=np.array([3, 0], np.uint8),
        u=np.array([0.25, 0.5]),
        versions={"mmoe": "2"},
        generation="videos-1",
        explanation=explanation,
        **{"marks": ["scored"]} | more,
    )


def test_a_request_byte_by_byte():
    body = wire.encode_request(request())
    meta_bytes = struct.unpack_from("<I", body, 12)[0]
    assert body[:12] == b"ENCQ" + struct.pack("<HHI", 1, 0, 2)
    assert struct.unpack_from("<I", body, 16)[0] == len("BV1BV22")
    tail = struct.pack("<ffII", 2.5, 1.0, 3, 7) + b"BV1BV22"
    assert body[20 + meta_bytes :] == tail


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), max_size=50),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.strip),
)
def test_what_is_written_is_read(ids, query):
    sent = request(ids, [0.5] * len(ids), query=query, user="u1", context={"device": "phone"})
    read = wire.decode_request(wire.encode_request(sent), BINARY)
    assert read.meta == sent.meta
    assert read.ids == sent.ids
    assert read.coarse.tolist() == sent.coarse.tolist()


def test_a_request_says_whose_candidates_it_has():
    for stage in ("shard", "global"):
        read = wire.decode_request(wire.encode_request(request(stage=stage)), BINARY)
        assert read.meta.stage == stage
    with pytest.raises(InvalidInputError, match=r"the request's meta is wrong: \[Invalid enum value 'page'"):
        wire.decode_request(wire.encode_request(request(stage="page")), BINARY)


def test_an_answer_is_tiers_then_u():
    body, content_type = wire.encode_answer(answer(), ["BV1", "BV22"], BINARY)
    assert content_type == BINARY
    assert body[:12] == b"ENCR" + struct.pack("<HHI", 1, 0, 2)
    assert body[-18:] == bytes([3, 0]) + struct.pack("<dd", 0.25, 0.5)
    read = wire.decode_answer(body)
    assert (read.tier.tolist(), read.u.tolist(), read.marks) == ([3, 0], [0.25, 0.5], ["scored"])


def test_parts_travel_where_they_were_asked_for():
    body, _ = wire.encode_answer(answer([{"click": 0.5}, {"click": 0.25}]), ["BV1", "BV22"], BINARY)
    assert wire.decode_answer(body).explanation == [{"click": 0.5}, {"click": 0.25}]


def test_an_answer_of_both_kinds_lists_what_was_stored():
    both = answer(marks=["stored", "scored"], stored=[1])
    read = wire.decode_answer(wire.encode_answer(both, ["BV1", "BV22"], BINARY)[0])
    assert (read.marks, read.stored) == (["stored", "scored"], [1])
    assert b'"marks":["stored","scored"],"stored":[1],' in wire.encode_answer(both, ["BV1", "BV22"], JSON)[0]
    assert b'"stored"' not in wire.encode_answer(answer(), ["BV1", "BV22"], BINARY)[0]


def test_people_may_speak_json():
    read = wire.decode_request(
        '{"request_id":"r","query":"晴天","now":5,"candidates":[{"id":"BV1","coarse_score":2}]}'.encode(),
        JSON,
    )
    assert (read.meta.query, read.ids, read.coarse.tolist()) == ("晴天", ["BV1"], [2.0])
    body, content_type = wire.encode_answer(answer(), ["BV1", "BV22"], JSON)
    assert content_type == JSON
    assert b'"candidates":[{"id":"BV1","tier":3,"u":0.25},{"id":"BV22","tier":0,"u":0.5}]' in body


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", BINARY, "a request of [0] bytes is shorter than its header"),
        (b"", "text/plain", f"content type [text/plain] is unknown; send [{BINARY}] or [{JSON}]"),
        (b"GET /" + bytes(20), BINARY, "a request starts with [ENCQ], not [b'GET ']"),
        (
            b"ENCQ" + struct.pack("<HHIII", 2, 0, 0, 0, 0),
            BINARY,
            "wire version [2] is unknown; this ranker speaks [1]",
        ),
        (b"ENCQ" + struct.pack("<HHIII", 1, 6, 0, 0, 0), BINARY, "flags [0x6] are unknown"),
        (
            b"ENCQ" + struct.pack("<HHIII", 1, 0, 1001, 0, 0),
            BINARY,
            "[1001] candidates exceed the limit of [1000]",
        ),
        (
            b"ENCQ" + struct.pack("<HHIII", 1, 0, 1, 0, 0),
            BINARY,
            "the request has [20] bytes, its header says [28]",
        ),
        (b'{"query":1}', JSON, "the request is wrong: [Expected `str`, got `int` - at `$.query`]"),
        (
            b'{"request_id":"r","query":"q","now":5,"candidates":[],"colour":1}',
            JSON,
            "the request is wrong: [Object contains unknown field `colour`]",
        ),
    ],
)
def test_what_is_no_request_is_refused(body, content_type, reason):
    with pytest.raises(InvalidInputError) as error:
        wire.decode_request(body, content_type)
    assert str(error.value) == reason


@pytest.mark.parametrize(
    ("meta", "reason"),
    [
        ({"query": " "}, "query [ ] is blank; say what is searched for"),
        ({"query": "晴" * 1001}, "a query of [1001] characters exceeds the limit of [1000]"),
        ({"user": "u" * 257}, "user of [257] characters exceeds the limit of [256]"),
        ({"request_id": ""}, "request_id [] is empty; give every search an identity"),
        ({"now": -1}, "now [-1] is not a time in UTC milliseconds"),
    ],
)
def test_a_field_out_of_range_is_refused(meta, reason):
    with pytest.raises(InvalidInputError) as error:
        wire.decode_request(wire.encode_request(request(**meta)), BINARY)
    assert str(error.value) == reason


def test_offsets_that_lie_are_refused():
    body = bytearray(wire.encode_request(request()))
    at = len(body) - 7 - 8
    struct.pack_into("<II", body, at, 9, 7)
    with pytest.raises(InvalidInputError, match=r"the id offsets don't fit the id block of \[7\] bytes"):
        wire.decode_request(bytes(body), BINARY)


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_else_happens(noise):
    for body in (noise, wire.encode_request(request())[:20] + noise):
        with contextlib.suppress(InvalidInputError):
            wire.decode_request(body, BINARY)
