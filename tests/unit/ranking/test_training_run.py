"""One small training from end to end: a tiny world in, checked and published graphs out."""

import json
from dataclasses import replace

import numpy as np
import onnxruntime as ort
import pytest
from typer.testing import CliRunner

from ranker.features.item_vectors import ITEM_WORDS
from ranker.features.specification import QUERY_WORDS, Specification
from ranker.ranking.training import TrainingOptions
from ranker.ranking.training_run import CARD, MODELS, RunOptions, content_key, run
from ranker.relevance.training import RelevanceOptions
from ranker.serving.model_server.models import model_configuration
from ranker.serving.model_server.publish import publish
from ranker.serving.model_server.repository import model_versions
from ranker.world.generate import generate
from ranker.world.size import SIZES

QUICK = RunOptions(RelevanceOptions(label_epochs=3), TrainingOptions(epochs=1))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    tiny = replace(SIZES["small"], name="tiny", exposures=5_000, labels=600, days=8)
    generate(tiny, 7, data / "worlds" / "tiny")
    return data


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def finished(folders, told):
    world = folders / "worlds" / "tiny"
    progress = told.append
    return run(world, folders / "dictionary", folders / "training", QUICK, lambda *at: progress(at))


def session(folder):
    return ort.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])


def test_all_models_come_with_one_specification(finished):
    assert finished.fresh
    hashes = {Specification.load(finished.folder / model).hash for model in MODELS}
    assert hashes == {finished.card["specification"]}
    for model in MODELS:
        assert json.loads((finished.folder / model / CARD).read_text())["key"] == finished.key


def test_the_card_says_how_well_it_did(finished):
    relevance, ranking = finished.card["relevance"], finished.card["ranking"]
    assert relevance["validation"]["auc"] > 0.8
    assert ranking["test"]["click_auc"] > 0.6
    assert sum(ranking["rows"].values()) == finished.card["exposures"]


def test_progress_is_told_for_each_part(finished, told):
    assert finished.fresh
    assert [*dict.fromkeys(what for what, _, _ in told)] == ["columns", "features", "relevance", "ranking"]
    assert all(0 <= done <= size for _, done, size in told)


def test_the_graphs_take_what_the_features_give(finished):
    specification = Specification.load(finished.folder / "mmoe")
    n = 5
    query = session(finished.folder / "query_tower").run(
        None, {"query_words": np.ones((1, QUERY_WORDS), np.int64)}
    )[0]
    items = ort.InferenceSession(str(finished.folder / "query_tower" / "item_tower.onnx")).run(
        None, {"item_words": np.ones((n, ITEM_WORDS), np.int64)}
    )[0]
    match = np.zeros((n, len(specification.match)), np.float32)
    inputs = {"query_vector": query, "item_vectors": items, "match_features": match}
    (tiers,) = session(finished.folder / "relevance").run(["tier_probabilities"], inputs)
    assert tiers.sum(axis=1) == pytest.approx(np.ones(n), abs=1e-5)
    dense = np.zeros((n, len(specification.dense)), np.float32)
    ids = np.zeros((n, len(specification.ids)), np.int64)  # rare or unknown, all of them
    for values in session(finished.folder / "mmoe").run(None, {"dense": dense, "ids": ids}):
        assert values.shape == (n, 1)
        assert ((values > 0) & (values < 1)).all()


def test_the_same_world_code_and_options_train_once(folders, finished):
    again = run(folders / "worlds" / "tiny", folders / "dictionary", folders / "training", QUICK)
    assert not again.fresh
    assert (again.key, again.folder, again.card) == (finished.key, finished.folder, finished.card)


def test_other_options_and_another_world_are_another_run(folders, tmp_path):
    world = folders / "worlds" / "tiny"
    other = replace(QUICK, ranking=replace(QUICK.ranking, seed=8))
    (tmp_path / "manifest.json").write_text("{}")
    keys = {content_key(world, QUICK), content_key(world, other), content_key(tmp_path, QUICK)}
    assert len(keys) == 3


def test_a_failed_training_leaves_nothing(folders, monkeypatch):
    def broken(*_):
        raise OSError("no space left")

    monkeypatch.setattr("ranker.ranking.training_run.relevance_pairs", broken)
    other = replace(QUICK, ranking=replace(QUICK.ranking, seed=9))
    before = sorted((folders / "training").iterdir())
    with pytest.raises(Exception, match="no space left"):
        run(folders / "worlds" / "tiny", folders / "dictionary", folders / "training", other)
    assert sorted((folders / "training").iterdir()) == before


def test_the_graphs_may_be_published(finished, tmp_path):
    for model in MODELS:
        assert publish(tmp_path, model_configuration(model), finished.folder / model) == 1
        assert list(model_versions(tmp_path, model)) == [1]


def test_the_command_names_a_missing_world(tmp_path, monkeypatch):
    from ranker.cli.main import app

    monkeypatch.setenv("ENCORE_DATA", str(tmp_path))
    answer = CliRunner().invoke(app, ["train", "--world", "nowhere"])
    assert str(answer.exception) == ("there is no world [nowhere]; make it with: encore world make nowhere")
