import numpy as np
import pytest

from ranker.world.arrays import NONE, Groups, dot_rows, draw_weighted, logistic, zipf
from ranker.world.randomness import stream


def test_groups_hold_each_owner_s_rows_heaviest_first_and_leave_out_rows_of_no_one():
    groups = Groups.of(np.array([2, 0, 2, NONE, 0]), 4, np.array([1.0, 5.0, 3.0, 9.0, 6.0]))
    assert groups.get(0).tolist() == [4, 1]
    assert groups.get(1).tolist() == []
    assert groups.get(2).tolist() == [2, 0]
    assert groups.sizes().tolist() == [2, 0, 2, 0]


def test_a_draw_follows_the_weights_and_gives_none_where_there_are_none():
    groups = Groups.of(np.array([1, 1, 0]), 3, np.array([3.0, 1.0, 1.0]))
    drawn = groups.draw(np.repeat([1, 0, 2, NONE], 4_000), stream(1, "draw"))
    assert (drawn[:4_000] == 0).mean() == pytest.approx(0.75, abs=0.03)
    assert set(drawn[:4_000].tolist()) == {0, 1}
    assert set(drawn[4_000:8_000].tolist()) == {2}
    assert set(drawn[8_000:].tolist()) == {NONE}


def test_zipf_is_a_shifted_power_that_sums_to_one():
    # (1/2, 1/3, 1/4) over their sum 13/12.
    np.testing.assert_allclose(zipf(3, 1.0), [6 / 13, 4 / 13, 3 / 13])


def test_weighted_draws_never_take_a_weight_of_zero():
    drawn = draw_weighted(np.array([0.0, 1.0, 0.0, 1.0]), 1_000, stream(1, "weights"))
    assert set(drawn.tolist()) == {1, 3}


def test_rows_products_and_logistic_by_hand():
    np.testing.assert_allclose(dot_rows(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])), [11.0])
    np.testing.assert_allclose(logistic(np.array([0.0, np.log(3.0)])), [0.5, 0.75])


def test_streams_depend_on_seed_and_names_alone():
    assert stream(1, "a").random() == stream(1, "a").random()
    assert len({stream(1, "a").random(), stream(2, "a").random(), stream(1, "b").random()}) == 3
