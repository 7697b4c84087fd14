import numpy as np
import onnxruntime as ort
import pytest
import torch

from ranker.errors import InvalidInputError
from ranker.relevance.export import export
from ranker.relevance.training import PairRows, RelevanceOptions, RelevancePairs, evaluate, predict, train

OPTIONS = RelevanceOptions(click_epochs=8, label_epochs=8, batch=64, label_batch=64)


def pairs(count, seed):
    """The tier is the number of the query's words that the item shares, and one more by a match feature."""
    random = np.random.default_rng(seed)
    query = np.zeros((count, 6), np.int64)
    query[:, :2] = random.integers(1, 15, (count, 2))
    items = np.zeros((count, 10), np.int64)
    items[:, :4] = random.integers(15, 30, (count, 4))
    shared = random.integers(0, 3, count)
    items[shared >= 1, 0] = query[shared >= 1, 0]
    items[shared >= 2, 1] = query[shared >= 2, 1]
    match = random.normal(size=(count, 3)).astype(np.float32)
    tier = shared + (match[:, 0] > 0)
    return PairRows(query, items, match, tier.astype(np.int64), np.ones(count, np.float32))


NONE = pairs(3, 0).take(slice(0, 0))


@pytest.fixture(scope="module")
def trained():
    return train(RelevancePairs(pairs(2_000, 1), NONE, pairs(2_000, 2), pairs(500, 3)), 40, OPTIONS)


def test_it_learns_words_and_match_features(trained):
    assert trained.validation["auc"] > 0.9
    assert trained.validation["auc_strict"] > 0.8


def test_measures_by_hand():
    class Fixed(torch.nn.Module):
        def forward(self, query_words, item_words, match):
            return match

    rows = PairRows(
        np.zeros((4, 1), np.int64),
        np.zeros((4, 1), np.int64),
        np.array([[0.9, 0.8, 0.7], [0.9, 0.6, 0.1], [0.8, 0.7, 0.3], [0.1, 0, 0]], np.float32),
        np.array([3, 2, 1, 0]),
        np.ones(4, np.float32),
    )
    # Scores 2.4, 1.6, 1.8, 0.1. auc: {3, 2} above {0}: 2 of 2. auc_strict: against {1, 0}: 3 of 4.
    # Guessed tiers 3, 2, 2, 0: three of four are right.
    assert evaluate(Fixed(), rows) == {"auc": 1.0, "auc_strict": 0.75, "accuracy": 0.75}
    assert evaluate(Fixed(), NONE) == {}


def test_without_clicks_labels_suffice_and_without_both_nothing_does():
    labels_alone = RelevancePairs(NONE, NONE, pairs(200, 1), pairs(50, 2))
    assert train(labels_alone, 40, OPTIONS).validation["auc"] > 0.4
    clicks_alone = RelevancePairs(pairs(200, 1), pairs(20, 3), NONE, NONE)
    assert train(clicks_alone, 40, OPTIONS).validation == {}
    with pytest.raises(InvalidInputError) as error:
        train(RelevancePairs(NONE, NONE, NONE, NONE), 40, OPTIONS)
    assert str(error.value) == "[0] click pairs and [0] labels teach nothing; give a world with a log"


def test_three_graphs_say_what_the_model_says(trained, tmp_path):
    towers, relevance = export(trained.model, 6, 10, tmp_path)
    rows = pairs(20, 4)
    query = ort.InferenceSession(str(towers / "model.onnx"))
    item = ort.InferenceSession(str(towers / "item_tower.onnx"))
    interaction = ort.InferenceSession(str(relevance / "model.onnx"))
    items = item.run(None, {"item_words": rows.item_words})[0]
    for i in range(20):
        vector = query.run(None, {"query_words": rows.query_words[i : i + 1]})[0]
        inputs = {
            "query_vector": vector,
            "item_vectors": items[i : i + 1],
            "match_features": rows.match[i : i + 1],
        }
        probabilities = interaction.run(["tier_probabilities"], inputs)[0]
        expected = predict(trained.model, rows.take(slice(i, i + 1)))
        assert np.abs(probabilities[0, 1:].sum() - expected[0, 0]) < 1e-5
        assert np.abs(probabilities[0, 3] - expected[0, 2]) < 1e-5
