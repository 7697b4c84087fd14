"""Goals partly conflict: what is clicked, watched, liked and shared have causes of their own."""

import numpy as np
import pytest

from ranker.world.truth.behaviour import EXAMINATION, pair_trait


@pytest.fixture(scope="module")
def scene(small_truth, small_log):
    return small_truth.scene_of(small_log)


def correlation(left, right):
    return float(np.corrcoef(left, right)[0, 1])


def test_examination_is_a_product_of_screens_and_positions():
    # On a phone position 3 is the second screen's first: 0.97 · 0.80 · 0.965².
    assert EXAMINATION[0, 0] == pytest.approx(0.97)
    assert EXAMINATION[0, 2] == pytest.approx(0.97 * 0.80 * 0.965**2)
    # A desktop's first screen holds six.
    assert EXAMINATION[2, 5] == pytest.approx(0.97 * 0.965**5)
    assert EXAMINATION.shape == (3, 20)


def test_bait_is_clicked_and_left(small_truth, scene):
    bait = small_truth.videos.bait[scene.video]
    wish, held = small_truth.behaviour.wish(scene), small_truth.behaviour.effective_play(scene)
    for tier in (0, 3):
        mine = scene.tier == tier
        assert wish[mine & bait].mean() > wish[mine & ~bait].mean()
        assert held[mine & bait].mean() < held[mine & ~bait].mean() - 0.1


def test_each_goal_has_a_driver_of_its_own(small_truth, scene):
    behaviour = small_truth.behaviour
    taste = behaviour.artist_taste(scene.user, scene.video)
    quality = small_truth.videos.quality[scene.video]
    attraction = small_truth.videos.attraction[scene.video]
    held, like, favorite = behaviour.effective_play(scene), behaviour.like(scene), behaviour.favorite(scene)
    assert correlation(like, taste) > correlation(favorite, taste) + 0.3
    assert correlation(held, quality) > correlation(held, attraction) + 0.2
    assert correlation(behaviour.share(scene), scene.tier == 3) < 0.1
    assert correlation(favorite, scene.tier) > 0.1


def test_tastes_move_clicks_between_listeners(small_truth, scene):
    wish = small_truth.behaviour.wish(scene)
    taste = small_truth.behaviour.artist_taste(scene.user, scene.video)
    assert correlation(wish, taste) > 0.2


def test_a_pair_s_trait_is_its_own_and_standard_normal():
    query, video = np.divmod(np.arange(200_000), 400)
    trait = pair_trait(query, video)
    assert trait.mean() == pytest.approx(0.0, abs=0.01)
    assert trait.std() == pytest.approx(1.0, abs=0.01)
    np.testing.assert_array_equal(trait, pair_trait(query, video))
    assert abs(correlation(trait[:-1], trait[1:])) < 0.01
