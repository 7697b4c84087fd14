from hypothesis import given
from hypothesis import strategies as st

from ranker.evaluation.online_speed import OnlineSpeed, measure, plain_sums
from ranker.features.online import cells
from tests.contract.online_store.streams import KINDS, NOW, event


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-90_000_000, 0)), max_size=30))
def test_the_plain_way_counts_the_same(drawn):
    events = [(0, event(i, kind=kind, at=NOW + at)[1]) for i, (kind, at) in enumerate(sorted(drawn), 1)]
    (blob,) = cells.add([None], events)
    assert plain_sums(blob, NOW) == cells.sums([blob], NOW)[0].tolist()


def test_ratios_are_of_the_medians():
    took = {
        "memory": 0.5,
        "memory_row_by_row": 10.0,
        "valkey": 2.0,
        "round_trip": 1.5,
        "valkey_row_by_row": 60.0,
    }
    data = OnlineSpeed(took, {"memory": 1.0, "valkey": 1.0}, 1000, 80.0).as_json()
    assert data["times_faster"] == {"memory": 20.0, "valkey": 30.0}
    assert data["valkey_over_round_trip_milliseconds"] == 0.5


def test_a_small_run_measures_every_way():
    told = []
    result = measure(1000, 2, lambda what, done, size: told.append(what))
    assert all(value > 0 for value in result.milliseconds.values())
    assert {"filling memory", "filling valkey", "requests"} == set(told)
    assert result.bytes_a_video > 0
