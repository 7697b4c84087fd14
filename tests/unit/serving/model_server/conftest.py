"""Graphs that fit, or nearly fit, a small model of one input and one output."""

from pathlib import Path

import pytest
from onnx import TensorProto, helper, save

from ranker.serving.model_server.config import DynamicBatching, ModelConfiguration, TensorConfiguration

DOUBLE = ModelConfiguration(
    name="double",
    inputs=(TensorConfiguration("values", "FP32", (-1, None)),),
    outputs=(TensorConfiguration("doubled", "FP32", (-1, None)),),
    max_batch_size=8,
    dynamic_batching=DynamicBatching(),
)


def write_graph(
    path: Path,
    nodes=None,
    *,
    names=("values", "doubled"),
    kind=TensorProto.FLOAT,
    shape=("rows", 4),
    initializers=(),
    operator_set=17,
    file_format=8,
) -> Path:
    """doubled = values + values, unless nodes say otherwise; returns the folder that holds it."""
    source, target = names
    nodes = nodes or [helper.make_node("Add", [source, source], [target])]
    tensor = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "double", [tensor(source, kind, shape)], [tensor(target, kind, shape)], list(initializers)
    )
    operators = [helper.make_opsetid("", operator_set)]
    path.mkdir(parents=True, exist_ok=True)
    save(helper.make_model(graph, opset_imports=operators, ir_version=file_format), path / "model.onnx")
    return path


@pytest.fixture
def double() -> ModelConfiguration:
    """The configuration that the graphs are checked against."""
    return DOUBLE


@pytest.fixture
def graph():
    """`write_graph`."""
    return write_graph
