import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.errors import InvalidInputError
from ranker.ranking.formula import PARTS, Formula

EVEN = Formula("1", (0.5, 0.5, 0.5), (1.0, 1.0, 1.0, 1.0, 1.0))


def predictions(**values):
    return {
        task: np.array([values.get(task, 0.0)], np.float32)
        for task in ("click", "effective_play", "watch_ratio", "like")
    }


@pytest.mark.parametrize(
    ("probabilities", "tier"),
    [
        ([1, 0, 0, 0], 0),
        ([0.5, 0.5, 0, 0], 1),  # P(≥ fair_fair) = 0.5
        ([0.3, 0.2, 0.5, 0], 2),  # P(≥ fair_good) = 0.5
        ([0.1, 0.1, 0.3, 0.5], 3),
        ([0.4, 0.11, 0.09, 0.4], 1),  # 0.6, 0.49, 0.4
    ],
)
def test_the_tier_is_the_highest_that_is_likely_reached(probabilities, tier):
    got, _ = EVEN.tier_and_u(np.array([probabilities], np.float32), predictions())
    assert got.tolist() == [tier]


def test_u_by_hand():
    formula = Formula("1", (0.5, 0.5, 0.5), (2.0, 1.0, 1.0, 0.0, 0.0))
    probabilities = np.array([[0, 0.5, 0.5, 0]], np.float32)  # expected tier 1.5, relevance 0.5
    _, u = formula.tier_and_u(probabilities, predictions(click=0.2, effective_play=0.1, like=1.0))
    assert u[0] == pytest.approx((2 * 0.5 + 0.2 + 0.1) / 4)


def test_u_stays_below_one():
    _, u = EVEN.tier_and_u(
        np.array([[0, 0, 0, 1]], np.float32), predictions(click=1, effective_play=1, watch_ratio=1, like=1)
    )
    assert 0.999 < u[0] < 1


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4).filter(lambda row: sum(row) > 0.01), st.floats(0, 1))
def test_tier_and_u_stay_on_the_scale(row, click):
    probabilities = np.array([row], np.float32) / np.float32(sum(row))
    tier, u = EVEN.tier_and_u(probabilities, predictions(click=click))
    assert tier[0] in (0, 1, 2, 3)
    assert 0 <= u[0] < 1


def test_the_default_is_read():
    formula = Formula.default()
    assert formula.version
    assert len(formula.weights) == len(PARTS)


GOOD = """
version: "2"
tier_at_least: {good: 0.5, fair_good: 0.5, fair_fair: 0.5}
weights: {relevance: 1, click: 1, effective_play: 1, watch_ratio: 0, like: 0}
"""


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("like: 0", "like: -1", "weights.like [-1] must be a number from 0 to inf"),
        ("good: 0.5,", "good: 1.5,", "tier_at_least.good [1.5] must be a number from 0 to 1"),
        ("like: 0", "likes: 0", "weights lacks [like]"),
        (
            'version: "2"',
            'version: "2"\ncolour: 1',
            "formula has an unknown field [colour]; known are [version, tier_at_least, weights]",
        ),
        (
            "relevance: 1, click: 1, effective_play: 1",
            "relevance: 0, click: 0, effective_play: 0",
            "weights [0.0, 0.0, 0.0, 0.0, 0.0] are all 0; give one of them a value",
        ),
    ],
)
def test_a_wrong_formula_is_refused(tmp_path, before, after, reason):
    path = tmp_path / "formula.yaml"
    path.write_text(GOOD)
    assert Formula.load(path).version == "2"
    path.write_text(GOOD.replace(before, after, 1))
    with pytest.raises(InvalidInputError) as error:
        Formula.load(path)
    assert str(error.value) == reason
