"""Messages kept as files: both languages must read them, and write them again byte for byte.

The plugin writes requests and reads answers, the ranker the reverse; `WireFixturesTest` in
`es_plugin/core` is the other half. A change of the wire needs new files beside these, and a new version
unless what is new may be left out; never other bytes in them.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from ranker.errors import InvalidInputError
from ranker.serving.wire import BINARY, ScoreAnswer, decode_answer, decode_request, encode_answer

FOLDER = Path(__file__).parent / "wire"


def described(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ["request", "request_global"])
def test_the_ranker_reads_the_plugins_request(name):
    expected = described(name)
    request = decode_request((FOLDER / f"{name}.bin").read_bytes(), BINARY)
    meta = {name: getattr(request.meta, name) for name in request.meta.__struct_fields__}
    assert meta == {"stage": "shard"} | expected["meta"], "the shard's, unless it says otherwise"
    assert request.ids == [candidate["id"] for candidate in expected["candidates"]]
    assert request.coarse.tolist() == [candidate["coarse_score"] for candidate in expected["candidates"]]
    assert request.explain is bool(expected["flags"])


@pytest.mark.parametrize("name", ["response", "response_stored"])
def test_the_ranker_writes_the_answer_that_is_kept(name):
    expected = described(name)
    meta, candidates = expected["meta"], expected["candidates"]
    answer = ScoreAnswer(
        request_id=meta["request_id"],
        tier=np.array([candidate["tier"] for candidate in candidates], np.uint8),
        u=np.array([candidate["u"] for candidate in candidates], np.float64),
        versions=meta["versions"],
        generation=meta["generation"],
        marks=meta["marks"],
        stored=meta.get("stored"),
        explanation=meta.get("explain"),
    )
    body, kind = encode_answer(answer, ["a", "b", "c"], BINARY)
    assert kind == BINARY
    assert body == (FOLDER / f"{name}.bin").read_bytes()


@pytest.mark.parametrize("name", ["response", "response_stored"])
def test_the_answer_that_is_kept_reads_as_described(name):
    expected = described(name)
    answer = decode_answer((FOLDER / f"{name}.bin").read_bytes())
    assert answer.tier.tolist() == [candidate["tier"] for candidate in expected["candidates"]]
    assert answer.u.tolist() == [candidate["u"] for candidate in expected["candidates"]]
    assert answer.explanation == expected["meta"].get("explain")
    assert (answer.marks, answer.stored) == (expected["meta"]["marks"], expected["meta"].get("stored"))


@pytest.mark.parametrize("cut", [0, 3, 19, 20, 100])
def test_a_shortened_request_is_refused(cut):
    body = (FOLDER / "request.bin").read_bytes()
    with pytest.raises(InvalidInputError):
        decode_request(body[:cut], BINARY)
    with pytest.raises(InvalidInputError):
        decode_request(body + b"\0", BINARY)
