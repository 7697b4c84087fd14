import numpy as np

from ranker.evaluation.interval import mean_interval


def test_the_interval_holds_the_mean_and_narrows_with_more_queries():
    few = mean_interval(np.array([0.0, 1.0] * 10))
    many = mean_interval(np.array([0.0, 1.0] * 1_000))
    assert few.mean == many.mean == 0.5
    assert few.low < 0.5 < few.high
    assert many.high - many.low < few.high - few.low
    # The normal interval of 2,000 fair coins: 0.5 ± 1.96 · 0.5 / sqrt(2000) = 0.5 ± 0.0219
    assert abs(many.high - 0.5219) < 0.004


def test_equal_values_leave_no_doubt():
    interval = mean_interval(np.array([0.25, 0.25]))
    assert (interval.mean, interval.low, interval.high) == (0.25, 0.25, 0.25)
    assert str(interval) == "0.2500 [0.2500, 0.2500]"


def test_no_queries_have_no_mean():
    interval = mean_interval(np.array([]))
    assert interval.count == 0
    assert np.isnan(interval.mean)
