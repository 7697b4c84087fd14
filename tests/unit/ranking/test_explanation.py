import numpy as np
import pytest

from ranker.ranking.explanation import explain_score
from ranker.ranking.formula import Formula

FORMULA = Formula("3", (0.5, 0.5, 0.6), (2.0, 1.0, 0.5, 0.25, 0.25))


def explained(u=0.5):
    return explain_score(
        FORMULA,
        {"bad": 0.1, "fair_fair": 0.1, "fair_good": 0.3, "good": 0.5},
        {"click": 0.2, "effective_play": 0.6, "watch_ratio": 0.4, "like": 0.0},
        tier=2,
        u=u,
    )


def test_the_formula_states_what_was_put_in():
    # P(fair_fair+) = .1 + .3 + .5, P(fair_good+) = .3 + .5, P(good+) = .5 < .6: fair_good.
    # relevance = (1 · .1 + 2 · .3 + 3 · .5) / 3 = 2.2 / 3.
    formula = explained()["formula"]
    assert formula["version"] == "3"
    assert formula["tier_at_least"] == {"fair_fair": 0.5, "fair_good": 0.5, "good": 0.6}
    assert formula["reached"] == {"fair_fair": 0.9, "fair_good": 0.8, "good": 0.5}
    assert formula["values"] == {
        "relevance": 0.733333,
        "click": 0.2,
        "effective_play": 0.6,
        "watch_ratio": 0.4,
        "like": 0.0,
    }
    assert formula["weights"] == {
        "relevance": 2.0,
        "click": 1.0,
        "effective_play": 0.5,
        "watch_ratio": 0.25,
        "like": 0.25,
    }


def test_the_values_give_u():
    # (2 · .7333 + 1 · .2 + .5 · .6 + .25 · .4 + 0) / 4 = 2.0667 / 4
    predictions = {"click": 0.2, "effective_play": 0.6, "watch_ratio": 0.4, "like": 0.0}
    tier, u = FORMULA.tier_and_u(
        np.array([[0.1, 0.1, 0.3, 0.5]], np.float32),
        {task: np.array([value], np.float32) for task, value in predictions.items()},
    )
    formula = explained()["formula"]
    weighed = sum(formula["weights"][name] * value for name, value in formula["values"].items())
    assert (tier[0], u[0]) == (2, pytest.approx(2.0666667 / 4))
    assert weighed / sum(formula["weights"].values()) == pytest.approx(u[0], abs=1e-6)


def test_the_score_is_exact_and_all_of_it_is_said_in_one_line():
    parts = explained(u=0.1 + 0.2)
    assert parts["score"] == 1 + 2 + (0.1 + 0.2)
    assert parts["u"] == 0.1 + 0.2
    assert (parts["tier"], parts["tier_name"]) == (2, "fair_good")
    assert parts["formula"]["text"] == (
        "tier 2 fair_good: P(fair_fair+) 0.9 ≥ 0.5, P(fair_good+) 0.8 ≥ 0.5, P(good+) 0.5 < 0.6;"
        " u = (2·relevance 0.7333 + 1·click 0.2 + 0.5·effective_play 0.6 + 0.25·watch_ratio 0.4"
        " + 0.25·like 0) / 4 = 0.3; score = 1 + 2 + 0.3 = 3.3000"
    )
