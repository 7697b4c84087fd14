from itertools import product

import numpy as np
import pytest

from ranker.catalog.tier import Tier, relevant, tier, tiers

TABLE = [
    # T, S, I, A -> tier
    (1, 1, 1, 0, Tier.GOOD),
    (1, 1, 1, 1, Tier.GOOD),
    (0, 1, 1, 1, Tier.GOOD),
    (0, 1, 1, 0, Tier.FAIR_GOOD),
    (0, 1, 0, 0, Tier.FAIR_GOOD),
    (0, 1, 0, 1, Tier.FAIR_GOOD),
    (1, 1, 0, 0, Tier.FAIR_GOOD),
    (1, 1, 0, 1, Tier.FAIR_GOOD),
    (1, 0, 0, 0, Tier.FAIR_FAIR),
    (1, 0, 0, 1, Tier.FAIR_FAIR),
    (1, 0, 1, 0, Tier.FAIR_FAIR),
    (1, 0, 1, 1, Tier.FAIR_FAIR),
    (0, 0, 0, 0, Tier.BAD),
    (0, 0, 0, 1, Tier.BAD),
    (0, 0, 1, 0, Tier.BAD),
    (0, 0, 1, 1, Tier.BAD),
]


@pytest.mark.parametrize(("term", "semantic", "intent", "alias", "expected"), TABLE)
def test_every_row_of_the_table(term, semantic, intent, alias, expected):
    assert tier(bool(term), bool(semantic), bool(intent), bool(alias)) is expected


def test_the_table_names_every_combination_once():
    assert {row[:4] for row in TABLE} == set(product((0, 1), repeat=4))


@pytest.mark.parametrize(
    ("example", "facts", "expected"),
    [
        ("周杰伦 晴天 → official live of 晴天 by 周杰伦", (True, True, True, False), Tier.GOOD),
        ("周杰伦 晴天 → a cover by somebody else", (True, True, False, False), Tier.FAIR_GOOD),
        ("周杰伦 晴天 → a cover that doesn't name 周杰伦", (False, True, False, False), Tier.FAIR_GOOD),
        ("晴天 → an anime cut titled 朗朗晴天", (True, False, False, False), Tier.FAIR_FAIR),
        ("晴天 → another song with no such word", (False, False, True, False), Tier.BAD),
        ("hebe → a video of 田馥甄", (False, True, True, True), Tier.GOOD),
    ],
)
def test_the_published_examples(example, facts, expected):
    assert tier(*facts) is expected, example


def test_the_array_form_agrees_with_the_table():
    facts = np.array([row[:4] for row in TABLE], dtype=bool)
    expected = np.array([row[4] for row in TABLE], dtype=np.int8)
    found = tiers(*facts.T)
    assert found.dtype == np.int8
    np.testing.assert_array_equal(found, expected)


def test_tiers_are_ordered_and_named():
    assert Tier.BAD < Tier.FAIR_FAIR < Tier.FAIR_GOOD < Tier.GOOD
    assert [value.label for value in Tier] == ["bad", "fair-fair", "fair-good", "good"]
    np.testing.assert_array_equal(relevant(np.array([0, 1, 2, 3], np.int8)), [False, False, True, True])
