import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.features.transforms import (
    example_age,
    log2p1,
    log_lift,
    smoothed_rate,
    soft_buckets,
    wilson_lower,
)

counts = st.floats(0, 1e6)
parameters = st.floats(1e-3, 1e4)


def arrays(*values):
    return tuple(np.array(value, float) for value in values)


def test_a_smoothed_rate_adds_the_prior_to_both_sums():
    # (3 + 1)/(5 + 1 + 4); without trials 1/(1 + 4)
    assert smoothed_rate(*arrays([3, 0], [5, 0]), 1.0, 4.0).tolist() == pytest.approx([0.4, 0.2])


def test_a_lift_is_the_log_of_the_rate_over_the_prior():
    # (3 + 1)/(5 + 5) = 0.4 is twice the prior's 0.2; nothing known is no lift
    assert log_lift(*arrays([3, 0], [5, 0]), 1.0, 4.0).tolist() == pytest.approx([math.log(2), 0.0])


@given(counts, counts, parameters, parameters)
def test_a_smoothed_rate_lies_between_the_prior_and_the_rate(first, second, alpha, beta):
    successes, trials = min(first, second), max(first, second)
    rate = float(smoothed_rate(*arrays([successes], [trials]), alpha, beta)[0])
    ends = [alpha / (alpha + beta), successes / trials if trials else alpha / (alpha + beta)]
    assert min(ends) - 1e-9 <= rate <= max(ends) + 1e-9


@given(counts, st.floats(1, 1e6), parameters, parameters)
def test_a_success_more_never_lowers_a_lift(successes, trials, alpha, beta):
    fewer, more = log_lift(*arrays([successes, successes + 1], [trials] * 2), alpha, beta)
    assert fewer <= more


def test_wilson_of_half_of_four_with_z_two():
    # p = ½, n = 4, z = 2: (½ + ½ − 2·√(1/16 + 1/16))/(1 + 1) = (1 − √½)/2; without trials 0
    bounds = wilson_lower(*arrays([2, 0], [4, 0]), z=2.0)
    assert bounds.tolist() == pytest.approx([(1 - math.sqrt(0.5)) / 2, 0.0])


@given(counts, counts)
def test_wilson_is_a_lower_bound(first, second):
    successes, trials = min(first, second), max(first, second)
    bound = float(wilson_lower(*arrays([successes], [trials]))[0])
    assert -1e-9 <= bound <= (successes / trials if trials else 0.0) + 1e-9


def test_log2p1_of_powers_and_of_a_negative_number():
    assert log2p1(np.array([0.0, 1.0, 7.0, -3.0])).tolist() == [0.0, 1.0, 3.0, 0.0]


def test_soft_buckets_share_the_weight_between_neighbours():
    # log₂(1 + 0) = 0; log₂(1 + 3) = 2; log₂(2√2) = 1.5, half and half; a hundred lies beyond the last
    weights = soft_buckets(np.array([0.0, 3.0, 2 * math.sqrt(2) - 1, 100.0]), 4)
    assert weights == pytest.approx(
        np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 0.5, 0.5, 0], [0, 0, 0, 1]]), abs=1e-9
    )


@given(st.lists(st.floats(-10, 1e9), min_size=1, max_size=20), st.integers(2, 40))
def test_soft_buckets_sum_to_one_and_keep_the_logarithm(values, buckets):
    weights = soft_buckets(np.array(values), buckets)
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(values)))
    cut = np.minimum(log2p1(np.array(values)), buckets - 1)
    assert weights @ np.arange(buckets) == pytest.approx(cut, abs=1e-6)


def test_an_example_is_as_old_as_the_days_until_the_window_ends():
    day = 86_400_000
    assert example_age(np.array([0, 3 * day, 5 * day]), 4 * day).tolist() == [4.0, 1.0, 0.0]
