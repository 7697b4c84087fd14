import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranker.features.counters import SumTable, pair_keys, unpair

numbers = st.integers(0, 5) | st.integers(0, (1 << 32) - 1)
entries = st.lists(st.tuples(numbers, numbers, st.integers(-9, 9)), max_size=30)


def table(*rows):
    first, second, values = (np.array([row[i] for row in rows], np.int64) for i in range(3))
    return SumTable.make(pair_keys(first, second), values.astype(np.float32)[:, None])


def test_values_of_one_pair_are_summed():
    made = table((1, 2, 5), (1, 3, 1), (1, 2, 7))
    assert made.lookup(np.array([1, 1, 2]), np.array([2, 3, 2]))[:, 0].tolist() == [12, 1, 0]
    assert made.beside(1, np.array([3, 2, 9]))[:, 0].tolist() == [1, 12, 0]


def test_a_missing_part_has_no_sums():
    made = table((0, 0, 5), (1, 4, 6))
    assert made.lookup(np.array([-1, 1]), np.array([0, -1])).tolist() == [[0], [0]]
    assert made.beside(-1, np.array([0])).tolist() == [[0]]
    assert made.beside(0, np.array([-1, 0])).tolist() == [[0], [5]]
    assert made.beside(1, np.array([-1])).tolist() == [[0]]


def test_a_table_without_keys_says_nothing():
    empty = SumTable.empty(3)
    assert empty.beside(1, np.array([1, 2])).tolist() == [[0, 0, 0]] * 2
    assert empty.lookup(np.array([1]), np.array([1])).tolist() == [[0, 0, 0]]


@given(numbers, numbers)
def test_a_key_holds_its_pair(first, second):
    key = pair_keys(np.array([first]), np.array([second]))
    assert [part.tolist() for part in unpair(key)] == [[first], [second]]


@given(entries, entries, st.lists(st.tuples(numbers, numbers), max_size=9))
def test_a_merge_is_the_sum_of_both(one, other, wanted):
    expected: dict[tuple[int, int], int] = {}
    for first, second, value in one + other:
        expected[first, second] = expected.get((first, second), 0) + value
    later = table(*other)
    merged = table(*one).merge(later.keys, later.sums)
    assert merged.keys.tolist() == sorted((first << 32) + second for first, second in expected)
    for first, second in [*wanted, *expected]:
        sums = [
            float(merged.beside(first, np.array([second]))[0, 0]),
            float(merged.lookup(np.array([first]), np.array([second]))[0, 0]),
        ]
        assert sums == [expected.get((first, second), 0)] * 2


def test_what_was_saved_opens_again(tmp_path):
    for made in (table((1, 2, 5), (3, 1, 2)), SumTable.empty(1)):
        made.save(tmp_path, "pairs")
        opened = SumTable.open(tmp_path, "pairs")
        assert opened.beside(1, np.array([2, 3])).tolist() == made.beside(1, np.array([2, 3])).tolist()
