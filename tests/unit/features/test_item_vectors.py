"""The stored column of the relevance model's item side, with a graph that a reader can compute."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from ranker.features.columns import VideoColumns, write
from ranker.features.item_vectors import FOLDER, ITEM_WORDS, ItemVectors, item_words
from ranker.relevance import ITEM_GRAPH
from tests.unit.features.small_catalogue import ARTISTS, SONGS, VIDEOS


@pytest.fixture
def tower(tmp_path):
    """Counts the words of an item: a vector of one number."""
    folder = tmp_path / "tower"
    folder.mkdir()
    words = helper.make_tensor_value_info("item_words", TensorProto.INT64, ["items", ITEM_WORDS])
    vectors = helper.make_tensor_value_info("item_vectors", TensorProto.FLOAT, ["items", 1])
    nodes = [
        helper.make_node("Sign", ["item_words"], ["there"]),
        helper.make_node("Cast", ["there"], ["ones"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["ones", "axis"], ["item_vectors"], keepdims=1),
    ]
    axis = helper.make_tensor("axis", TensorProto.INT64, [1], [1])
    graph = helper.make_graph(nodes, "count", [words], [vectors], [axis])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / ITEM_GRAPH)
    return folder


@pytest.fixture
def own_columns(tmp_path, dictionary_folder, analyzer):
    folder = tmp_path / "generation"
    write(VIDEOS, ARTISTS, SONGS, dictionary_folder, folder, analyzer=analyzer)
    opened = VideoColumns.open(folder, analyzer=analyzer)
    yield opened
    opened.close()


def test_known_words_have_their_codes_and_padding_is_zero(own_columns, specification):
    words = item_words(own_columns, own_columns.rows(["BV2", "nobody"]), specification)
    assert words.shape == (2, ITEM_WORDS)
    assert 1 in words[0]  # 晴天, the only word of this vocabulary
    assert words[1].tolist() == [0] * ITEM_WORDS


def test_vectors_are_computed_once_and_kept(own_columns, tower, specification):
    vectors = ItemVectors.open(own_columns.folder, tower, own_columns, specification)
    counts = vectors.take(np.array([0, 1, 5]))[:, 0]
    expected = (item_words(own_columns, np.array([0, 1, 5]), specification) > 0).sum(axis=1)
    assert counts.tolist() == expected.tolist()
    (path,) = (own_columns.folder / FOLDER).glob(f"{specification.hash}-*.npy")
    np.save(path, np.full((own_columns.built, 1), 7.0, np.float32))
    again = ItemVectors.open(own_columns.folder, tower, own_columns, specification)
    assert again.take(np.array([0]))[0, 0] == 7.0


def test_an_unknown_video_has_zeros_and_a_later_one_its_own(own_columns, tower, specification):
    from ranker.catalog.video import Video

    own_columns.upsert([Video(video_id="new", title="晴天")])
    vectors = ItemVectors.open(own_columns.folder, tower, own_columns, specification)
    rows = own_columns.rows(["new", "nobody"])
    assert vectors.take(rows)[:, 0].tolist() == [1.0, 0.0]
    own_columns.upsert([Video(video_id="newer", title="周杰伦 晴天")])
    rows = own_columns.rows(["newer", "new"])
    assert vectors.take(rows)[0, 0] == 0.0
    vectors.update(own_columns, rows, specification)
    assert vectors.take(rows)[:, 0].tolist() == [2.0, 1.0]
