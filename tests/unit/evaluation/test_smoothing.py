import math

import polars as pl
import pytest

from ranker.errors import InvalidInputError
from ranker.evaluation.smoothing import compare, of_files

BEFORE = pl.DataFrame(
    {"item": ["a", "a", "a", "a", "b", "b"], "click": [True, True, False, False, False, False]}
)
AFTER = pl.DataFrame({"item": ["a", "b", "c"], "click": [True, False, False]})


def rows():
    return {row.way: row for row in compare(BEFORE, AFTER).rows}


def test_one_rate_for_all_orders_nothing():
    # Two clicks of six: −(ln 1/3 + 2·ln 2/3)/3
    row = rows()["one rate for all"]
    assert row.log_loss == pytest.approx(-(math.log(1 / 3) + 2 * math.log(2 / 3)) / 3)
    assert row.auc == 0.5


def test_a_raw_rate_of_zero_counts_as_one_in_ten_thousand():
    # a 1/2, b 0 of two, c the rate of all, 1/3
    row = rows()["raw rate"]
    assert row.log_loss == pytest.approx(-(math.log(1 / 2) + math.log(1 - 1e-4) + math.log(2 / 3)) / 3)
    assert row.auc == 1.0


def test_a_smoothed_rate_of_an_item_never_shown_is_the_priors_mean():
    row = rows()["Bayes, fixed point"]
    a, b = row.alpha, row.beta
    rates = [(2 + a) / (4 + a + b), a / (2 + a + b), a / (a + b)]
    expected = -(math.log(rates[0]) + math.log(1 - rates[1]) + math.log(1 - rates[2])) / 3
    assert row.log_loss == pytest.approx(expected)


def test_fixed_point_fits_better_than_its_start():
    found = rows()
    assert found["Bayes, fixed point"].log_likelihood > found["moments"].log_likelihood
    assert found["raw rate"].log_likelihood is None


def test_what_cannot_be_measured_is_null():
    shown = pl.DataFrame({"item": ["a"] * 21 + ["b"] * 21, "click": [True] + [False] * 41})
    asked = pl.DataFrame({"item": ["a", "b"], "click": [True, False]})
    found = compare(shown, asked)
    assert found.few == 0
    assert found.as_json()["rows"][0]["few_auc"] is None


@pytest.mark.parametrize(("which", "click"), [("before", False), ("after", True)])
def test_a_log_without_clicks_or_of_clicks_alone_is_refused(which, click):
    tables = {"before": BEFORE, "after": AFTER}
    tables[which] = pl.DataFrame({"item": ["a", "b"], "click": [click, click]})
    with pytest.raises(InvalidInputError) as refusal:
        compare(**tables)
    assert str(refusal.value) == f"[2] exposures {which} the split, clicked all or none: take a longer log"


def test_files_name_their_columns(tmp_path):
    (tmp_path / "a.csv").write_text("user_id,video_id,is_click\n1,7,1\n2,8,0\n")
    table = of_files([tmp_path / "a.csv"], "video_id", "is_click")
    assert table.to_dicts() == [{"item": "7", "click": True}, {"item": "8", "click": False}]
    with pytest.raises(InvalidInputError) as refusal:
        of_files([tmp_path / "a.csv"], "song_id", "is_click")
    assert str(refusal.value).startswith(
        f"[{tmp_path / 'a.csv'}] can't be read as exposures with [song_id] and [is_click]: "
    )
