import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranker.features.counters import SumTable, pair_keys, unpair
from ranker.features.pairs import sums_of_pairs

numbers = st.integers(0, 5) | st.integers(0, (1 << 32) - 1)
entries = st.lists(st.tuples(numbers, numbers, st.integers(-9, 9)), max_size=30)


def table(*rows):
    first, second, values = (np.array([row[i] for row in rows], np.int64) for i in range(3))
    return SumTable.make(pair_keys(first, second), values.astype(np.float32)[:, None])


def beside(made, first, second):
    """The first sum of (first, each of second)."""
    width = made.sums.shape[1]
    return sums_of_pairs({"t": made}, [("t", first)], np.array([second]), width)[0, :, 0].tolist()


def test_values_of_one_pair_are_summed():
    made = table((1, 2, 5), (1, 3, 1), (1, 2, 7))
    assert beside(made, 1, [3, 2, 9]) == [1, 12, 0]
    assert beside(made, 2, [2]) == [0]


def test_a_missing_part_has_no_sums():
    made = table((0, 0, 5), (1, 4, 6))
    assert beside(made, -1, [0]) == [0]
    assert beside(made, 0, [-1, 0]) == [0, 5]
    assert beside(made, 1, [-1]) == [0]


def test_a_table_without_keys_says_nothing():
    empty = SumTable.empty(3)
    assert beside(empty, 1, [1, 2]) == [0, 0]
    assert empty.of(1).tolist() == [0, 0, 0]


def test_one_thing_stands_beside_nothing():
    made = table((3, 0, 5), (4, 0, 6))
    assert [made.of(thing).tolist() for thing in (3, 4, 5, -1)] == [[5], [6], [0], [0]]


def test_the_range_of_a_thing_holds_its_pairs():
    made = table((1, 2, 1), (1, (1 << 32) - 1, 1), (2, 0, 1))
    assert [made.range(thing) for thing in (0, 1, 2)] == [(0, 0), (0, 2), (2, 3)]


def test_many_things_are_looked_up_at_once():
    tables = {"one": table((1, 2, 5), (1, 4098, 6), (2, 2, 7)), "other": table((1, 2, 8), (9, 3, 9))}
    second = np.array(
        [[2, 4098, 2 + 2 * 4096], [2, 3, -1], [2, 2, 3], [3, 3, -1]]
    )  # 2 shares a slot with 4098
    asked = [("one", 1), ("one", 2), ("other", 1), ("other", 9)]
    sums = sums_of_pairs(tables, asked, second, 1)
    assert sums[..., 0].tolist() == [[5, 6, 0], [7, 0, 0], [8, 8, 0], [9, 9, 0]]


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
        assert beside(merged, first, [second]) == [expected.get((first, second), 0)]


def test_what_was_saved_opens_again(tmp_path):
    for made in (table((1, 2, 5), (3, 1, 2)), SumTable.empty(1)):
        made.save(tmp_path, "pairs")
        opened = SumTable.open(tmp_path, "pairs")
        assert beside(opened, 1, [2, 3]) == beside(made, 1, [2, 3])
