"""Plans kept as files: the ranker writes these, the plugin reads them, and both refuse the same ones.

`QueryPlanFixturesTest` in `es_plugin/core` is the other half. A file has the `plan`, or the `text` of the
body where that is no plan's JSON; a refused one has the `reason` for people and `where`, the field at fault.
"""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from ranker.understanding.plan import PlanError, decode_plan, encode_plan

FOLDER = Path(__file__).parent / "plan"
VALID = sorted((FOLDER / "valid").glob("*.json"))
INVALID = sorted((FOLDER / "invalid").glob("*.json"))


def body_of(kept: dict) -> bytes:
    return kept["text"].encode() if "text" in kept else json.dumps(kept["plan"], ensure_ascii=False).encode()


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_plan_is_read_and_written_alike(path):
    kept = json.loads(path.read_text("utf-8"))
    plan = decode_plan(body_of(kept))
    assert json.loads(encode_plan(plan)) == kept["plan"]
    assert decode_plan(encode_plan(plan)) == plan


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_plan_is_refused_at_its_field(path):
    kept = json.loads(path.read_text("utf-8"))
    with pytest.raises(PlanError) as refused:
        decode_plan(body_of(kept))
    assert refused.value.where == kept["where"]
    assert str(refused.value).startswith(
        f"the plan is wrong at [{kept['where']}]: [" if kept["where"] else "no plan: ["
    )


def test_there_are_plans_of_both_sorts():
    assert len(VALID) >= 8
    assert len(INVALID) >= 40


def test_the_kept_vector_is_the_one_described():
    plan = decode_plan(body_of(json.loads((FOLDER / "valid" / "vector.json").read_text("utf-8"))))
    assert plan.query_vector().tolist() == [0.5, -0.5, 0.5, 0.5]
    assert plan.query_vector().dtype == np.float32


def test_a_plan_is_immutable():
    plan = decode_plan(body_of(json.loads((FOLDER / "valid" / "exact.json").read_text("utf-8"))))
    with pytest.raises(AttributeError):
        plan.normalized = ""
    assert isinstance(plan, msgspec.Struct)
