import numpy as np
import pytest

from ranker.world.bursts import Bursts
from ranker.world.clock import DAY_MS, HOUR_MS, SLOTS_A_DAY, Clock


@pytest.fixture
def bursts():
    start = Clock(2).start
    return Bursts(np.array([4]), np.array([start]), np.array([24.0 * HOUR_MS]), np.array([0.5]))


def test_heat_rises_for_eight_hours_and_halves_each_half_life(bursts):
    start = Clock(2).start
    times = start + np.array([-1, 4 * HOUR_MS, 8 * HOUR_MS, 32 * HOUR_MS, 56 * HOUR_MS])
    np.testing.assert_allclose(bursts.heat_of(np.full(5, 4), times), [0.0, 0.5, 1.0, 0.5, 0.25])


def test_other_songs_stay_cold(bursts):
    assert bursts.heat_of(np.array([3, -1]), np.full(2, Clock(2).start + DAY_MS)).tolist() == [0.0, 0.0]


def test_demand_grows_by_the_share_at_the_height(bursts):
    demand = bursts.demand(Clock(2), 6)
    assert demand.shape == (2 * SLOTS_A_DAY, 6)
    # The first slot's middle is two hours in, a quarter of the way up.
    assert demand[0, 4] == pytest.approx(0.5 * 0.25)
    assert demand[:, [0, 1, 2, 3, 5]].sum() == 0


def test_days_weigh_more_on_weekends_and_sum_to_one():
    clock = Clock(7)
    weights = clock.day_weights()
    assert weights.sum() == pytest.approx(1.0)
    # The log ends as Thursday, 1 October 2026 begins: days 2 and 3 of its last week are the weekend.
    weekend = np.where(np.isin(np.arange(7), [2, 3]), 1.25, 1.0)
    np.testing.assert_allclose(weights / weights[0], weekend * (1 + 0.004 * np.arange(7)))


def test_the_training_part_is_four_fifths_of_the_days():
    clock = Clock(30)
    assert (clock.training_end - clock.start) // DAY_MS == 24
    assert clock.slots(np.array([clock.start, clock.start + DAY_MS])).tolist() == [0, SLOTS_A_DAY]
