import math

import pytest
import torch

from ranker.relevance.towers import ContinuationHead, Interaction, RelevanceModel, RelevanceSize, ordinal_loss

PROBABILITY = 1e-6


def test_padding_says_nothing():
    torch.manual_seed(7)
    tower = RelevanceModel(vocabulary=20, match=2).eval().query_tower
    short, long = tower(torch.tensor([[3, 4, 0, 0]])), tower(torch.tensor([[3, 4, 0, 0, 0, 0, 0]]))
    assert torch.allclose(short, long, atol=PROBABILITY)
    assert short.norm().item() == pytest.approx(1.0)


def test_a_query_of_padding_alone_is_still_a_number():
    tower = RelevanceModel(vocabulary=20, match=2).eval().query_tower
    assert torch.isfinite(tower(torch.zeros(1, 16, dtype=torch.int64))).all()


def test_each_step_up_is_a_decision_of_its_own():
    head = ContinuationHead(1)
    with torch.no_grad():
        head.steps.weight.zero_()
        head.steps.bias.copy_(torch.tensor([0.0, math.log(3), -math.log(4)]))  # σ: 1/2, 3/4, 1/5
    reached = head(torch.zeros(1, 1))[0].tolist()
    assert reached == pytest.approx([1 / 2, 1 / 2 * 3 / 4, 1 / 2 * 3 / 4 * 1 / 5])


def test_one_query_serves_all_its_items_and_rows_sum_to_one():
    torch.manual_seed(7)
    interaction = Interaction(match=3, size=RelevanceSize()).eval()
    query, items, match = torch.randn(1, 32), torch.randn(5, 32), torch.randn(5, 3)
    probabilities = interaction(query, items, match)
    assert probabilities.shape == (5, 4)
    assert (probabilities >= 0).all()
    assert torch.allclose(probabilities.sum(1), torch.ones(5), atol=PROBABILITY)
    assert torch.allclose(interaction(query.expand(5, -1), items, match), probabilities, atol=PROBABILITY)


def test_ordinal_loss_by_hand():
    reached = torch.tensor([[0.9, 0.8, 0.1], [0.5, 0.5, 0.5]])
    first = -(math.log(0.9) + math.log(0.8) + math.log(0.9)) / 3  # tier 2: reached, reached, not
    second = math.log(2)
    tiers = torch.tensor([2, 0])
    assert ordinal_loss(reached, tiers).item() == pytest.approx((first + second) / 2)
    weighted = ordinal_loss(reached, tiers, torch.tensor([3.0, 1.0]))
    assert weighted.item() == pytest.approx((3 * first + second) / 4)


def test_an_outlier_counts_as_four_deviations():
    torch.manual_seed(7)
    interaction = Interaction(match=1, size=RelevanceSize()).eval()  # mean 0, variance 1
    vectors = torch.zeros(1, 32), torch.zeros(2, 32)
    far, farther = interaction(*vectors, torch.tensor([[5.0], [500.0]]))
    assert torch.equal(far, farther)
