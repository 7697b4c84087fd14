import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.features.terms import TermTable, distinct_hashes, term_hash


@given(st.text())
def test_a_hash_is_never_the_padding(term):
    assert 0 < term_hash(term) < 1 << 32


def test_each_term_counts_once_in_order():
    assert distinct_hashes(["b", "a", "b"]) == [term_hash("b"), term_hash("a")]


@pytest.fixture
def table():
    # of three rows, 5 stands in two titles and in the tags of the third, 7 in one
    titles = np.array([[5, 7, 0], [5, 0, 0], [0, 0, 0]], np.uint32)
    tags = np.array([[0], [0], [5]], np.uint32)
    return TermTable.count([titles, tags], 3)


def test_a_term_is_weighed_by_how_few_hold_it(table):
    # ln(1 + (3 − d + ½)/(d + ½)) with d = 3, 1 and, unknown, 0
    weights = [math.log(1 + 0.5 / 3.5), math.log(1 + 2.5 / 1.5), math.log(1 + 3.5 / 0.5)]
    assert table.weight(np.array([5, 7, 9], np.uint32)) == pytest.approx(weights)


def test_what_was_saved_opens_again(table, tmp_path):
    table.save(tmp_path)
    assert (TermTable.open(tmp_path, 3).weight(table.hashes) == table.weight(table.hashes)).all()


def test_a_catalogue_of_nothing_weighs_all_terms_alike(tmp_path):
    TermTable.count([np.empty((0, 4), np.uint32)], 0).save(tmp_path)
    weight = TermTable.open(tmp_path, 0).weight(np.array([5], np.uint32))
    assert weight == pytest.approx([math.log(2)])
