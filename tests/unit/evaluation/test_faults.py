import pytest

from ranker.evaluation.faults import Outcome, Phase, Report
from ranker.evaluation.load import Search, percentile


def searches(count, milliseconds=5.0, degraded="timeout", status=200, fine=0):
    return [Search(float(i), milliseconds, status, degraded, fine, 10) for i in range(count)]


def report(outcome):
    healthy = Phase(searches(400, degraded="", fine=10), searches(100, degraded=""))
    return Report(deadline=300, coarse_p99=20, healthy=healthy, outcomes=[outcome])


def row(phase_searches, plain=5.0, back=1.0):
    return report(Outcome("f", Phase(phase_searches, searches(50, plain, degraded="")), back)).rows()[1]


def test_a_fault_that_only_degrades_is_passed():
    rows = report(Outcome("f", Phase(searches(300), searches(50, degraded="")), 1.0)).rows()
    assert [item["ok"] for item in rows] == [True, True]
    assert rows[1]["causes"] == ["timeout"]
    assert rows[1]["p99_limit"] == 320


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"phase_searches": searches(299)}, "too few answers"),
        ({"phase_searches": searches(300) + searches(1, degraded="", fine=10)}, "one not marked"),
        ({"phase_searches": searches(300) + searches(1, status=500)}, "one failed"),
        ({"phase_searches": searches(300, milliseconds=321)}, "slower than deadline and engine"),
        ({"phase_searches": searches(300), "plain": 10.1}, "a plain search suffered"),
        ({"phase_searches": searches(300), "back": None}, "never came back"),
        ({"phase_searches": searches(300), "back": 10.1}, "came back late"),
    ],
)
def test_each_demand_can_be_missed(change, why):
    assert not row(**change)["ok"], why


def test_a_search_is_fine_only_if_all_of_it_is():
    assert Search(0, 1, 200, "", 10, 10).is_fine
    assert not Search(0, 1, 200, "", 9, 10).is_fine
    assert not Search(0, 1, 200, "timeout", 10, 10).is_fine
    assert not Search(0, 1, 0, "", 0, 0).is_fine


def test_percentile_by_hand():
    assert percentile(searches(1, 1.0) + searches(1, 3.0), 50) == 2.0
