import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranker.features.id_dictionary import RARE, codes, frequent

IDS = ["jay", "hebe", "sun"]


def test_an_id_seen_less_than_the_least_has_no_code_of_its_own():
    seen = np.array([0, 1, 0, 1, 0, 2, -1, -1, -1])  # jay three times, hebe twice, sun once, nobody thrice
    assert frequent(seen, IDS, 2) == ["jay", "hebe"]
    assert frequent(seen, IDS, 3) == ["jay"]
    assert frequent(np.empty(0, int), IDS, 1) == []


def test_known_ids_count_from_one_and_the_rest_share_code_0():
    # The last stands for row −1: no id at all.
    assert codes(["sun", "jay", "new"], ["jay", "sun"]).tolist() == [2, 1, RARE, RARE]


@given(st.lists(st.integers(-1, 9), max_size=60), st.integers(1, 5))
def test_every_code_of_its_own_was_seen_often_enough(seen, least):
    ids = [f"id{row}" for row in range(10)]
    table = codes(ids, frequent(np.array(seen, int), ids, least))
    of_seen = table[np.array(seen, int)]
    for row in set(seen):
        own = row >= 0 and seen.count(row) >= least
        assert (of_seen[seen.index(row)] != RARE) == own
    named = table[table != RARE]
    assert sorted(named.tolist()) == list(range(1, len(named) + 1))
