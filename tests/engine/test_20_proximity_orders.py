"""The query proximity: titles that hold the query's words more tightly score higher.

With the defaults (window_weight 0.7, order_weight 0.2, half_gap 4), a window of two words with g positions
between them is worth (1 + tightness · order) / 2, tightness = 1 / (1 + g/4), and the score is
1 − 0.7 · (1 − window).
"""

import pytest

from tests.engine.proximity_titles import near, scores, titles


@pytest.fixture(scope="module")
def index(node):
    with titles(node) as name:
        yield name


def test_scores_are_those_of_the_formula(node, index):
    found = scores(node, index, near())
    assert found == {
        "next": pytest.approx(1.0),
        "turned": pytest.approx(0.93),  # order 0.8: (1 + 0.8) / 2 = 0.9
        "gap": pytest.approx(0.93),  # one gap: 1 / 1.25 = 0.8, the same 0.9
        "far": pytest.approx(1 - 0.7 * (1 - (1 + 1 / 2.25) / 2)),  # five gaps
        "artist": pytest.approx(0.5),  # one word of two
        "song": pytest.approx(0.5),
    }
    assert next(iter(found)) == "next"
    assert list(found)[3] == "far"


def test_weights_move_the_balance(node, index):
    assert scores(node, index, near(window_weight=0))["far"] == 1  # coverage alone
    assert scores(node, index, near(window_weight=1))["far"] == pytest.approx((1 + 1 / 2.25) / 2)
    assert scores(node, index, near(order_weight=1))["turned"] == pytest.approx(0.65)  # 1 − 0.7 · ½
    assert scores(node, index, near(order_weight=0))["turned"] == 1
    assert scores(node, index, near(half_gap=5, window_weight=1))["far"] == pytest.approx(
        0.75
    )  # 5 gaps halve


def test_the_short_form_is_the_same_query(node, index):
    assert scores(node, index, {"proximity": {"title": "周杰伦 晴天"}}) == scores(node, index, near())


def test_one_word_scores_one(node, index):
    assert scores(node, index, near("周杰伦")) == dict.fromkeys(["next", "gap", "turned", "far", "artist"], 1)


def test_a_repeated_word_weighs_double(node, index):
    found = scores(node, index, near("晴天 晴天 周杰伦"))
    assert found["song"] == pytest.approx(2 / 3)
    assert found["artist"] == pytest.approx(1 / 3)
    assert found["turned"] == 1


def test_another_analyzer_may_cut_the_text(node, index):
    assert scores(node, index, near("周杰伦 晴天", analyzer="keyword")) == {}
    assert scores(node, index, near("周杰伦 晴天", analyzer="whitespace")) == scores(node, index, near())


def test_several_shards_give_the_same_scores(node, index):
    with titles(node, shards=3) as split:
        assert scores(node, split, near()) == scores(node, index, near())


def test_a_field_alias_is_its_field(node, index):
    assert scores(node, index, near(field="also")) == scores(node, index, near())


def test_an_unmapped_field_matches_nothing(node, index):
    assert scores(node, index, near(field="nowhere")) == {}


def test_a_text_without_words_matches_nothing(node, index):
    assert scores(node, index, near("  ")) == {}


def test_256_words_are_allowed(node, index):
    assert len(scores(node, index, near(" ".join(f"w{i}" for i in range(255)) + " 晴天"))) == 5
