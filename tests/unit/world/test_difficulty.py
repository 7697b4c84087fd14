import numpy as np
import polars as pl
import pytest

from ranker.world.difficulty.observed import leave_day_out, named_artist
from ranker.world.difficulty.report import measure
from ranker.world.difficulty.text_scores import TextScorer
from ranker.world.generate import generate


@pytest.mark.parametrize("seed", [1, 2, 3, 7])
def test_small_worlds_are_hard_enough_and_not_too_hard(seed, tmp_path):
    generate("small", seed, tmp_path / "world")
    found = measure(tmp_path / "world")
    assert found.verdicts() == {
        "oracle's click AUC in 0.78–0.88": True,
        "best single feature at least 0.08 below it": True,
        "text alone: auc_strict at most 0.75": True,
        "at least 40% of titles lack artist or song": True,
    }, found


def test_the_demo_world_is_hard_enough_and_a_learner_gets_well_above_its_position(tmp_path):
    generate("demo", 7, tmp_path / "world")
    found = measure(tmp_path / "world", learner=True)
    assert all(found.verdicts().values()), found
    assert found.oracle_there > found.learner_with_tier > found.learner + 0.01
    assert found.learner > found.best_single()[1] + 0.06


def test_a_rate_leaves_the_row_s_own_day_out():
    key = np.array([0, 0, 0, 1])
    day = np.array([5, 5, 6, 5])
    click = np.array([1.0, 0.0, 1.0, 0.0])
    # Mean 1/2, prior 2. Row 0: on other days its key has 1 click of 1 show: (1 + 1) / (1 + 2).
    # Row 2: 1 of 2, (1 + 1) / (2 + 2). Row 3: none of none, 1 / 2.
    np.testing.assert_allclose(leave_day_out(key, day, click, 2.0), [2 / 3, 2 / 3, 1 / 2, 1 / 2])


def test_text_scores_by_hand():
    videos = pl.DataFrame(
        {"title": ["晴天", "雨"], "tags": [[], []], "uploader": ["", ""]},
        schema_overrides={"tags": pl.List(pl.String)},
    )
    scorer = TextScorer(videos, ["晴雨"], [("晴天", "雨")])
    scores = scorer.scores(np.array([0, 0]), np.array([0, 1]))
    # Known grams of the query: 晴 and 雨 (晴雨 stands in no text); each text holds one of them.
    np.testing.assert_allclose(scores.coverage, [0.5, 0.5])
    np.testing.assert_allclose(scores.terms, [0.5, 0.5])
    # The shorter text gives the same gram more weight.
    assert scores.bm25[1] > scores.bm25[0] > 0
    assert scores.cosine[1] > scores.cosine[0] > 0
    assert list(scores.named()) == ["text coverage", "text cosine", "text bm25", "text terms"]


def test_the_artist_named_first_is_found_by_name_or_alias():
    artists = pl.DataFrame(
        {"artist_id": ["a", "b"], "name": ["周杰伦", "田馥甄"], "aliases": [["jay"], ["hebe"]]}
    )
    videos = pl.DataFrame(
        {
            "title": ["Hebe 小幸運", "路人", "晴天"],
            "tags": [["周杰伦"], [], ["JAY"]],
            "uploader": ["", "", "田馥甄"],
        }
    )
    assert named_artist(videos, artists).to_list() == [1, -1, 0]
