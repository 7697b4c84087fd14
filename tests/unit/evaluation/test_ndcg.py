import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.evaluation.ndcg import ndcg

GAINS = {"a": 7.0, "b": 3.0, "c": 0.0}


def test_the_ideal_order_has_one():
    assert ndcg(["a", "b", "c"], GAINS) == pytest.approx(1.0)


def test_a_swap_by_hand():
    # 3 / log2(2) + 7 / log2(3) over 7 / log2(2) + 3 / log2(3)
    shown, ideal = 3 + 7 / math.log2(3), 7 + 3 / math.log2(3)
    assert ndcg(["b", "a"], GAINS) == pytest.approx(shown / ideal)


def test_a_stranger_takes_a_place_and_earns_nothing():
    assert ndcg(["x", "a"], {"a": 1.0}) == pytest.approx(1 / math.log2(3))


def test_below_the_depth_nothing_counts():
    assert ndcg(["c", "x", "a"], GAINS, k=2) == 0.0


def test_without_gains_no_order_is_right_or_wrong():
    assert ndcg(["a"], {"a": 0.0}) is None
    assert ndcg([], {}) is None


@given(st.dictionaries(st.text(min_size=1), st.floats(0, 10), min_size=1), st.randoms())
def test_no_order_beats_the_ideal(gains, random):
    order = sorted(gains)
    random.shuffle(order)
    value = ndcg(order, gains)
    assert value is None or 0 <= value <= 1 + 1e-9
