import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.features.beta_binomial import (
    beta_of_logs,
    em_step,
    expected_logs,
    fit_beta,
    fit_beta_em,
    fixed_point_step,
    log_likelihood,
    moments,
)

FITS = (fit_beta, fit_beta_em)
pairs = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=30)


def arrays(*values):
    return tuple(np.array(value, float) for value in values)


def tried(pairs):
    return arrays([min(pair) for pair in pairs], [max(pair) for pair in pairs])


def test_moments_of_a_quarter_and_three_quarters():
    # m = 1/2, variance (1/4)² = 1/16: strength (1/4)/(1/16) − 1 = 3
    assert moments(*arrays([1, 3], [4, 4])) == pytest.approx((1.5, 1.5))
    assert fit_beta(*arrays([1, 3], [4, 4]), rounds=0) == pytest.approx((1.5, 1.5))


def test_a_step_of_the_fixed_point():
    # ψ(2) − ψ(1) = 1 for the success of each, ψ(3) − ψ(2) = 1/2 for the trial of each: α 1·2/1, β 1·0/1.
    assert fixed_point_step(*arrays([1, 1], [1, 1]), 1.0, 1.0) == pytest.approx((2.0, 0.0))
    assert fixed_point_step(*arrays([1, 0], [1, 1]), 1.0, 1.0) == pytest.approx((1.0, 1.0))


def test_what_is_expected_of_a_rate_after_one_success_in_one_trial():
    # Of Beta(2, 1): ψ(2) − ψ(3) = −1/2 and ψ(1) − ψ(3) = −3/2; with a failure beside it, their means.
    assert expected_logs(*arrays([1], [1]), 1.0, 1.0) == pytest.approx((-0.5, -1.5))
    assert expected_logs(*arrays([1, 0], [1, 1]), 1.0, 1.0) == pytest.approx((-1.0, -1.0))


def test_the_beta_with_logs_of_minus_one_is_the_uniform_one():
    # Of Beta(1, 1): ψ(1) − ψ(2) = −1 both. Of Beta(2, 1): −1/2 and −3/2.
    assert beta_of_logs(-1.0, -1.0, (3.0, 0.7)) == pytest.approx((1.0, 1.0))
    assert beta_of_logs(-0.5, -1.5, (1.0, 1.0)) == pytest.approx((2.0, 1.0))


def test_the_likelihood_of_one_trial_is_that_of_the_mean():
    # B(1 + α, β)/B(α, β) = α/(α + β)
    assert log_likelihood(*arrays([1, 0], [1, 1]), 1.0, 3.0) == pytest.approx(math.log(1 / 4 * 3 / 4))


@given(pairs, st.floats(0.1, 50), st.floats(0.1, 50))
def test_no_round_of_either_goes_down(pairs, alpha, beta):
    s, n = tried([pair for pair in pairs if max(pair)] or [(1, 3)])
    before = log_likelihood(s, n, alpha, beta)
    for step in (fixed_point_step, em_step):
        up = [max(value, 1e-9) for value in step(s, n, alpha, beta)]
        assert log_likelihood(s, n, *up) >= before - 1e-6 * (1 + abs(before))


def test_both_climb_to_the_same_top():
    random = np.random.default_rng(7)
    trials = random.integers(1, 60, 2_000)
    clicks = random.binomial(trials, random.beta(2.0, 6.0, len(trials)))
    by_fixed_point, by_em = (fit(clicks, trials, rounds=5_000, tolerance=1e-9) for fit in FITS)
    assert by_em == pytest.approx(by_fixed_point, rel=1e-3)
    assert by_em == pytest.approx((2.0, 6.0), rel=0.15)


def test_the_default_rounds_of_the_fixed_point_stop_below_the_top():
    random = np.random.default_rng(7)
    trials = np.full(4_000, 2)
    clicks = random.binomial(trials, random.beta(1.0, 5.0, len(trials)))
    short, whole = fit_beta(clicks, trials), fit_beta(clicks, trials, rounds=5_000, tolerance=1e-9)
    assert sum(short) < 0.9 * sum(whole)
    assert short[0] / sum(short) == pytest.approx(whole[0] / sum(whole), rel=0.05)
    assert log_likelihood(clicks, trials, *short) < log_likelihood(clicks, trials, *whole)


@pytest.mark.parametrize("fit", FITS)
def test_one_trial_each_tells_the_mean_alone(fit):
    # One trial each: only α/(α + β) is told by the data, the mean 1/4.
    alpha, beta = fit(*arrays([1, 0, 0, 0] * 50, [1] * 200))
    assert alpha / (alpha + beta) == pytest.approx(0.25, abs=1e-3)


@pytest.mark.parametrize("fit", FITS)
def test_items_without_trials_do_not_count(fit):
    successes, trials = arrays([1, 3, 2, 0], [4, 4, 8, 6])
    padded = fit(np.append(successes, [0.0, 0.0]), np.append(trials, [0.0, 0.0]))
    assert padded == fit(successes, trials)


@pytest.mark.parametrize("fit", FITS)
def test_successes_above_the_trials_are_cut_to_them(fit):
    trials = np.array([2.0, 2.0, 4.0])
    assert fit(np.array([3.0, 1.0, 1.0]), trials) == fit(np.array([2.0, 1.0, 1.0]), trials)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize(("successes", "trials"), [([], []), ([0, 0], [0, 0]), ([0, 0], [5, 9])])
def test_a_log_without_a_success_gives_a_weak_prior(fit, successes, trials):
    assert fit(*arrays(successes, trials)) == (0.5, 10.0)


@pytest.mark.parametrize("fit", FITS)
@given(pairs)
def test_a_fit_is_always_a_pair_of_positive_numbers(fit, pairs):
    assert all(math.isfinite(value) and value > 0 for value in fit(*tried(pairs), rounds=40))
