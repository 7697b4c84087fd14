import numpy as np
import onnxruntime as ort
import pytest

from ranker.errors import InvalidInputError
from ranker.ranking.export import export
from ranker.ranking.mmoe import TASKS, MmoeSize
from ranker.ranking.rows import RankingRows
from ranker.ranking.training import TrainingOptions, predictions, train

OPTIONS = TrainingOptions(
    epochs=3, batch=32, learning_rate=1e-2, size=MmoeSize(experts=2, expert_layers=(16,), tower_layers=(8,))
)


def exposures(count, seed):
    """Clicks follow the first dense feature, the first id and the position."""
    random = np.random.default_rng(seed)
    dense = random.normal(size=(count, 3)).astype(np.float32)
    ids = random.integers(0, 4, (count, 2))
    position = random.integers(1, 11, count)
    logit = 1.5 * dense[:, 0] + (ids[:, 0] == 2) - 0.3 * position
    click = (random.random(count) < 1 / (1 + np.exp(-logit))).astype(np.float32)
    effective = click * (dense[:, 1] > 0)
    watch = click * np.where(dense[:, 1] > 0, 0.8, 0.1)
    columns = (click, effective.astype(np.float32), watch.astype(np.float32), click * (ids[:, 1] == 1))
    return RankingRows(
        dense,
        ids.astype(np.int64),
        position.astype(np.int64),
        np.zeros(count, np.int64),
        *(column.astype(np.float32) for column in columns),
    )


@pytest.fixture(scope="module")
def trained():
    return train(exposures(3_000, 1), exposures(2_000, 2), [4, 4], options=OPTIONS)


def test_it_learns_what_made_the_clicks(trained):
    assert trained.validation["click_auc"] > 0.76
    assert trained.validation["cvr_auc"] > 0.85
    rows = exposures(500, 3)
    click = predictions(trained.model, rows)["click"]
    assert np.corrcoef(click, rows.dense[:, 0])[0, 1] > 0.8


def test_position_explains_clicks_in_training_only(trained):
    assert trained.validation["click_auc"] > trained.validation["click_auc_without_position"] + 0.01


def test_the_same_seed_gives_the_same_model(trained):
    again = train(exposures(3_000, 1), exposures(2_000, 2), [4, 4], options=OPTIONS)
    assert again.validation == trained.validation


def test_the_graph_says_what_the_model_says(trained, tmp_path):
    export(trained.model, 3, 2, tmp_path / "model.onnx")
    session = ort.InferenceSession(str(tmp_path / "model.onnx"))
    assert [tensor.name for tensor in session.get_inputs()] == ["dense", "ids"]
    assert [tensor.name for tensor in session.get_outputs()] == list(TASKS)
    rows = exposures(50, 4)
    (click, *_) = session.run(None, {"dense": rows.dense, "ids": rows.ids})
    assert np.abs(click[:, 0] - predictions(trained.model, rows)["click"]).max() < 1e-5


def test_a_log_without_clicks_teaches_nothing():
    rows = exposures(10, 1)
    silent = RankingRows(**{**vars(rows), "click": np.zeros(10, np.float32)})
    with pytest.raises(InvalidInputError) as error:
        train(silent, silent, [4, 4], options=OPTIONS)
    assert str(error.value) == (
        "[10] training rows with [0] clicks teach nothing;"
        " give a log with both clicked and unclicked exposures"
    )
