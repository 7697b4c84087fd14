import math

import pytest
import torch

from ranker.ranking.losses import UncertaintyWeighting, click_loss, joint_loss, watch_loss

LOSS = 1e-5


def logit(p):
    return torch.tensor([math.log(p / (1 - p))])


def test_click_loss_by_hand():
    assert click_loss(logit(0.25), torch.tensor([1.0])).item() == pytest.approx(-math.log(0.25), abs=LOSS)


@pytest.mark.parametrize(("joint", "p"), [(1.0, 0.1), (0.0, 0.9)])
def test_joint_loss_is_the_product_over_all_exposures(joint, p):
    loss = joint_loss(logit(0.5), logit(0.2), torch.tensor([joint]))  # 0.5 · 0.2 = 0.1
    assert loss.item() == pytest.approx(-math.log(p), abs=LOSS)


def test_joint_loss_is_finite_at_the_ends():
    ends = torch.tensor([-80.0, 80.0, -80.0, 80.0])
    loss = joint_loss(ends, ends.flip(0), torch.tensor([0.0, 1.0, 1.0, 0.0]))
    assert torch.isfinite(loss)
    assert torch.isfinite(joint_loss(torch.tensor([80.0]), torch.tensor([80.0]), torch.tensor([0.0])))


def test_watch_loss_looks_at_clicked_rows_only():
    logits, ratio = torch.tensor([0.0, 9.0]), torch.tensor([0.5, 0.0])
    loss = watch_loss(logits, ratio, torch.tensor([1.0, 0.0]))
    assert loss.item() == pytest.approx(math.log(2), abs=LOSS)
    assert watch_loss(logits, ratio, torch.zeros(2)).item() == 0.0


def test_uncertainty_weighting_by_hand():
    weighting = UncertaintyWeighting(2)
    with torch.no_grad():
        weighting.log_variance.copy_(torch.tensor([0.0, math.log(2)]))
    total = weighting([torch.tensor(1.0), torch.tensor(4.0)])
    assert total.item() == pytest.approx(1 + 4 / 2 + 0.5 * math.log(2), abs=LOSS)
