import pytest
import torch

from ranker.ranking.layers import ExpertMixture, FieldEmbedding, PositionTower
from ranker.ranking.mmoe import Mmoe, ServedMmoe

PROBABILITY = 1e-6


def test_each_field_has_its_own_codes():
    embedding = FieldEmbedding([2, 3], 1)
    with torch.no_grad():
        embedding.table.weight.copy_(torch.arange(5.0).unsqueeze(1))
    assert embedding(torch.tensor([[0, 0], [1, 2]])).tolist() == [[0.0, 2.0], [1.0, 4.0]]


def test_a_gate_mixes_experts_by_hand():
    mixture = ExpertMixture(1, experts=2, sizes=[1], tasks=1)
    with torch.no_grad():
        for expert, weight in zip(mixture.experts, (1.0, 3.0), strict=True):
            expert[0].weight.fill_(weight)
            expert[0].bias.zero_()
        mixture.gates[0].weight.zero_()
        mixture.gates[0].bias.zero_()
    (mixed,) = mixture(torch.tensor([[2.0]]))
    assert mixed.item() == pytest.approx((2 * 1 + 2 * 3) / 2)


def test_positions_beyond_the_last_count_as_the_last():
    tower = PositionTower(positions=3, devices=2)
    with torch.no_grad():
        tower.logits.weight.copy_(torch.arange(6.0).unsqueeze(1))
    logits = tower(torch.tensor([1, 3, 99, 2]), torch.tensor([0, 0, 0, 1]))
    assert logits.tolist() == [0.0, 2.0, 2.0, 4.0]


def test_served_probabilities_leave_position_out_and_never_exceed_the_click():
    torch.manual_seed(7)
    model = Mmoe(dense=3, cardinalities=[5, 4]).eval()
    dense, ids = torch.randn(6, 3), torch.randint(0, 4, (6, 2))
    with torch.no_grad():
        click, *rest = ServedMmoe(model)(dense, ids)
        assert click.shape == (6, 1)
        assert torch.allclose(click.squeeze(1), torch.sigmoid(model(dense, ids).click), atol=PROBABILITY)
        model.position.logits.weight.fill_(5.0)
        again, *_ = ServedMmoe(model)(dense, ids)
    assert torch.equal(click, again)
    assert all((value <= click + PROBABILITY).all() for value in rest)
