import numpy as np
import pytest
import torch

from ranker.features.transforms import soft_buckets
from ranker.ranking.layers import ExpertMixture, FieldEmbedding, PositionTower, SoftLogBuckets
from ranker.ranking.mmoe import Mmoe, ServedMmoe

PROBABILITY = 1e-6


def test_each_field_has_its_own_codes():
    embedding = FieldEmbedding([2, 3], 1)
    with torch.no_grad():
        embedding.table.weight.copy_(torch.arange(5.0).unsqueeze(1))
    assert embedding(torch.tensor([[0, 0], [1, 2]])).tolist() == [[0.0, 2.0], [1.0, 4.0]]


def test_ids_are_forgotten_in_training_only():
    embedding = FieldEmbedding([3], 1, forgotten=1.0)
    with torch.no_grad():
        embedding.table.weight.copy_(torch.arange(3.0).unsqueeze(1))
    ids = torch.tensor([[2], [1]])
    assert embedding(ids).tolist() == [[0.0], [0.0]]
    assert embedding.eval()(ids).tolist() == [[2.0], [1.0]]


def test_soft_buckets_share_a_count_by_hand():
    buckets = SoftLogBuckets([1], buckets=4, octaves=1.0)
    dense = torch.tensor([[9.0, 1.25], [9.0, 0.0], [9.0, 7.0]])
    assert buckets(dense).tolist() == [[0, 0.75, 0.25, 0], [1, 0, 0, 0], [0, 0, 0, 1]]


def test_soft_buckets_are_those_of_the_transform():
    counts = np.array([0.0, 1.0, 5.0, 12.0, 1e6])
    dense = torch.from_numpy(np.log2(1 + counts)).float().unsqueeze(1)
    assert np.allclose(SoftLogBuckets([0], 6, 1.0)(dense).numpy(), soft_buckets(counts, 6), atol=PROBABILITY)


def test_the_position_tower_starts_from_the_clicks_by_hand():
    tower = PositionTower(positions=2, devices=1)
    position = torch.tensor([1, 1, 1, 1, 2, 2, 2, 2])
    click = torch.tensor([1.0, 1, 1, 0, 1, 0, 0, 0])
    tower.start_from(position, torch.zeros(8, dtype=torch.int64), click, strength=0.0)
    logits = tower.logits.weight.squeeze(1)
    # Clicks of 3 of 4 and 1 of 4: log-odds ln 3 and −ln 3, of mean 0.
    assert logits.tolist() == pytest.approx([np.log(3), -np.log(3)], abs=1e-5)


def test_a_gate_mixes_experts_by_hand():
    mixture = ExpertMixture(1, experts=2, sizes=[1, 1], tasks=1)
    with torch.no_grad():
        mixture.first.weight.copy_(torch.tensor([[1.0], [3.0]]))
        mixture.first.bias.zero_()
        mixture.weights[0].copy_(torch.tensor([[[2.0]], [[1.0]]]))
        mixture.biases[0].copy_(torch.tensor([[[0.0]], [[4.0]]]))
        mixture.gates.weight.zero_()
        mixture.gates.bias.copy_(torch.tensor([np.log(3), 0.0]))  # softmax: 3/4 and 1/4
    # Experts of 2: (2 · 1) · 2 = 4, and (2 · 3) · 1 + 4 = 10.
    assert mixture(torch.tensor([[2.0]]))[0, 0].item() == pytest.approx(3 / 4 * 4 + 1 / 4 * 10)


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
