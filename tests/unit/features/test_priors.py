import polars as pl
import pytest

from ranker.features.beta_binomial import fit_beta
from ranker.features.history import read_log
from ranker.features.moments import moments
from ranker.features.priors import VIDEO, Priors
from tests.unit.features.small_log import EVERY_POSITION, EXPOSURES, SEARCHES


def test_a_rate_that_was_never_fitted_is_one_in_five():
    assert Priors({}).get("query_video", "click") == (1.0, 4.0)
    assert Priors({}).mean("query_video", "click") == 0.2


def test_the_json_form_reads_back():
    priors = Priors({"of_user": {"click": (2.0, 6.0)}})
    again = Priors.of(priors.as_dict())
    assert again == priors
    assert again.mean("of_user", "click") == 0.25


def test_a_table_is_fitted_on_its_own_sums(columns, users):
    log = read_log(columns, users, SEARCHES, pl.DataFrame(EXPOSURES))
    *_, (_, _, last) = moments(columns, log, EVERY_POSITION)
    priors = Priors.fit(last)
    # By query: 周杰伦 晴天 two clicks of four, 会不会 one of one.
    clicks, looks = last.tables["of_query"].sums[:, 1], last.tables["of_query"].sums[:, 0]
    assert sorted(zip(clicks, looks, strict=True)) == [(1, 1), (2, 4)]
    assert priors.get("of_query", "click") == pytest.approx(fit_beta(clicks, looks))
    # By video: one like of BV1's two clicks and of BV4's one.
    assert 0 < priors.mean(VIDEO, "like") < priors.mean(VIDEO, "effective") < 1
