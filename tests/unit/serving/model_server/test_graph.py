import numpy as np
import pytest
from onnx import TensorProto

from ranker.serving.model_server.backend.graph import Graph, TensorSpec


def test_tensors_are_known_by_name_type_and_axes(tmp_path, graph):
    opened = Graph(graph(tmp_path) / "model.onnx")
    assert opened.inputs == (TensorSpec("values", "float32", (-1, 4)),)
    assert opened.outputs == (TensorSpec("doubled", "float32", (-1, 4)),)
    opened.warm_up([1, 3])
    np.testing.assert_array_equal(opened.run({"values": np.ones((1, 4), np.float32)})["doubled"], [[2.0] * 4])


def test_zeros_have_the_wanted_size_where_an_axis_is_variable():
    zeros = TensorSpec("ids", "int64", (-1, 3)).zeros(5)
    assert zeros.shape == (5, 3)
    assert zeros.dtype == np.int64
    assert not zeros.any()


def test_other_types_are_refused(tmp_path, graph):
    path = graph(tmp_path, kind=TensorProto.INT32) / "model.onnx"
    with pytest.raises(ValueError, match="but graphs take and give float32 and int64 only"):
        Graph(path)


@pytest.mark.parametrize("level", [-1, 0, 1, 2])
def test_tritons_levels_of_optimisation_are_known(tmp_path, graph, level):
    Graph(graph(tmp_path) / "model.onnx", optimization_level=level)
