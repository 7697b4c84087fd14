import numpy as np
import pytest
from onnx import TensorProto, helper

from ranker.errors import InvalidInputError
from ranker.serving.model_server.graph_check import check_graph, cuda_operators

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def refusal(folder, configuration):
    path = folder / "model.onnx"
    with pytest.raises(InvalidInputError) as caught:
        check_graph(path, configuration)
    return str(caught.value).replace(f"[{path}]", "[FILE]")


def test_a_graph_that_fits_passes(tmp_path, graph, double):
    check_graph(graph(tmp_path) / "model.onnx", double)


def test_another_name_is_refused(tmp_path, graph, double):
    folder = graph(tmp_path, names=("values", "308"))
    assert refusal(folder, double) == (
        "the graph of model [double] has the outputs ['308'], expected ['doubled']; name them so at export"
    )


def test_another_type_is_refused(tmp_path, graph, double):
    folder = graph(tmp_path, kind=INT64)
    assert refusal(folder, double) == (
        "tensor [values] of model [double] is [int64] of shape [-1, 4], expected [float32] of shape "
        "[-1, 'trained'] (-1: variable, trained: any fixed size); export it so"
    )


@pytest.mark.parametrize(
    ("shape", "seen"),
    [((3, 4), "[3, 4]"), (("rows", "features"), "[-1, -1]"), (("rows", 4, 1), "[-1, 4, 1]")],
)
def test_axes_are_variable_where_requests_choose_and_fixed_where_training_does(
    tmp_path, graph, double, shape, seen
):
    folder = graph(tmp_path, shape=shape)
    assert f"is [float32] of shape {seen}, expected [float32] of shape [-1, 'trained']" in refusal(
        folder, double
    )


def test_float64_inputs_are_refused(tmp_path, graph, double):
    folder = graph(tmp_path, kind=TensorProto.DOUBLE)
    assert "tensor [values] is [tensor(double)], but graphs take and give float32 and int64 only" in refusal(
        folder, double
    )


def test_a_file_that_is_no_graph_is_refused(tmp_path, double):
    (tmp_path / "model.onnx").write_bytes(b"no graph")
    assert refusal(tmp_path, double).startswith("[FILE] cannot be loaded: [")


def test_an_operator_that_cuda_lacks_is_refused(tmp_path, graph, double):
    nodes = [helper.make_node("Asinh", ["values"], ["doubled"])]
    assert refusal(graph(tmp_path, nodes), double) == (
        "[FILE] uses the operator [Asinh], which is not in [cuda_operators.tsv]; replace it, or add it there "
        "if CUDA runs it"
    )


def test_an_operator_on_a_type_that_cuda_lacks_is_refused(tmp_path, graph, double):
    nodes = [
        helper.make_node("Cast", ["values"], ["whole"], to=INT64),
        helper.make_node("ReduceMean", ["whole"], ["mean"], axes=[1]),
        helper.make_node("Cast", ["mean"], ["part"], to=FLOAT),
        helper.make_node("Add", ["values", "part"], ["doubled"]),
    ]
    folder = graph(tmp_path, nodes)
    assert "uses the operator [ReduceMean] on [int64], CUDA runs it on ['float']" in refusal(folder, double)


def test_a_tensor_of_another_type_inside_is_refused(tmp_path, graph, double):
    nodes = [
        helper.make_node("Cast", ["values"], ["wide"], to=TensorProto.DOUBLE),
        helper.make_node("Cast", ["wide"], ["doubled"], to=FLOAT),
    ]
    assert refusal(graph(tmp_path, nodes), double) == (
        "[FILE] has the tensor [wide] of type [DOUBLE] at operator [Cast]; graphs keep to float, int64 "
        "and bool"
    )


def test_the_type_of_where_is_its_data_not_its_condition(tmp_path, graph, double):
    zero = helper.make_tensor("zero", FLOAT, [1], np.zeros(1))
    nodes = [
        helper.make_node("Greater", ["values", "zero"], ["above"]),
        helper.make_node("Where", ["above", "values", "zero"], ["doubled"]),
    ]
    check_graph(graph(tmp_path, nodes, initializers=[zero]) / "model.onnx", double)


def test_operators_newer_than_the_stock_image_reads_are_refused(tmp_path, graph, double):
    assert refusal(graph(tmp_path, operator_set=22), double) == (
        "[FILE] has operator set [22] and file format [8], the stock image reads up to [21] and [10]; "
        "export for those"
    )
    assert "file format [11]" in refusal(graph(tmp_path, file_format=11), double)


def test_the_list_of_operators_holds_types_only_from_its_header():
    operators = cuda_operators()
    assert len(operators) > 80
    assert set().union(*operators.values()) == {"float", "int64", "bool"}
    assert operators["MatMul"] == {"float"}
    assert list(operators) == sorted(operators, key=str.lower)
