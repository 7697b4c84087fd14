"""Whether an ONNX file may be published: it fits its model's configuration and a GPU can run all of it."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from ranker.errors import InvalidInputError, MissingPartError
from ranker.serving.model_server.backend.graph import Graph, TensorSpec
from ranker.serving.model_server.config import DataType, ModelConfiguration, TensorConfiguration

_OPERATORS: Final = Path(__file__).parent / "cuda_operators.tsv"
_NEWEST_OPERATOR_SET: Final = 21  # ONNX Runtime 1.19's, which the image of Triton 2.51 carries
_NEWEST_FILE_FORMAT: Final = 10  # "IR version", likewise
_DTYPES: Final[dict[DataType, str]] = {"FP32": "float32", "INT64": "int64"}
_DATA_INPUT: Final = {"Where": 1}  # which input an operator's types are about, where it isn't the first


def check_graph(path: Path, configuration: ModelConfiguration) -> None:
    """Refuse a graph that would not load, not fit, or not run wholly on a GPU.

    Args:
        path: The ONNX file, weights inside it.
        configuration: The model's names, types and axes.

    Raises:
        InvalidInputError: Names the tensor or the operator, and what to do.
        MissingPartError: The package `onnx` is missing; it belongs to training.
    """
    _check_tensors(_open(path), configuration)
    model = _read(path)
    _check_versions(model, path)
    _check_operators(model, path)


@cache
def cuda_operators() -> dict[str, frozenset[str]]:
    """Element types ("float", "int64", "bool") by operator, from `cuda_operators.tsv`."""
    rows = (line.split("\t") for line in _OPERATORS.read_text().splitlines() if not line.startswith("#"))
    return {name: frozenset(types.split()) for name, types in rows}


def _open(path: Path) -> Graph:
    try:
        return Graph(path)
    except Exception as error:  # ONNX Runtime has a dozen classes for a broken file
        raise InvalidInputError(f"[{path}] cannot be loaded: [{error}]; export the model again") from None


def _check_tensors(graph: Graph, configuration: ModelConfiguration) -> None:
    for kind, wanted, given in (
        ("inputs", configuration.inputs, graph.inputs),
        ("outputs", configuration.outputs, graph.outputs),
    ):
        names = [tensor.name for tensor in given]
        if sorted(names) != sorted(tensor.name for tensor in wanted):
            raise InvalidInputError(
                f"the graph of model [{configuration.name}] has the {kind} {names}, expected "
                f"{[tensor.name for tensor in wanted]}; name them so at export"
            )
        by_name = {tensor.name: tensor for tensor in given}
        for tensor in wanted:
            _check_tensor(configuration.name, tensor, by_name[tensor.name])


def _check_tensor(model: str, wanted: TensorConfiguration, given: TensorSpec) -> None:
    if given.dtype != _DTYPES[wanted.data_type] or not _shape_fits(wanted.shape, given.shape):
        expected = ["trained" if axis is None else axis for axis in wanted.shape]
        raise InvalidInputError(
            f"tensor [{wanted.name}] of model [{model}] is [{given.dtype}] of shape {list(given.shape)}, "
            f"expected [{_DTYPES[wanted.data_type]}] of shape {expected} (-1: variable, trained: any fixed "
            f"size); export it so"
        )


def _shape_fits(wanted: tuple[int | None, ...], given: tuple[int, ...]) -> bool:
    return len(wanted) == len(given) and all(
        size > 0 if axis is None else size == axis for axis, size in zip(wanted, given, strict=True)
    )


def _read(path: Path) -> Any:
    try:
        import onnx
    except ImportError:
        raise MissingPartError(
            "publishing a model needs the package [onnx]; install the extra [train]"
        ) from None
    return onnx.shape_inference.infer_shapes(onnx.load(path), data_prop=True)


def _check_versions(model: Any, path: Path) -> None:
    domains = {entry.domain or "ai.onnx": entry.version for entry in model.opset_import}
    foreign = sorted({node.domain for node in model.graph.node} - {"", "ai.onnx"})
    if foreign:
        raise InvalidInputError(f"[{path}] uses operators of {foreign}; export with standard ones only")
    if domains["ai.onnx"] > _NEWEST_OPERATOR_SET or model.ir_version > _NEWEST_FILE_FORMAT:
        raise InvalidInputError(
            f"[{path}] has operator set [{domains['ai.onnx']}] and file format [{model.ir_version}], the "
            f"stock image reads up to [{_NEWEST_OPERATOR_SET}] and [{_NEWEST_FILE_FORMAT}]; export for those"
        )


def _check_operators(model: Any, path: Path) -> None:
    import onnx

    names = {onnx.TensorProto.FLOAT: "float", onnx.TensorProto.INT64: "int64", onnx.TensorProto.BOOL: "bool"}
    tensors = (*model.graph.input, *model.graph.output, *model.graph.value_info)
    types = {tensor.name: tensor.type.tensor_type.elem_type for tensor in tensors}
    types |= {weight.name: weight.data_type for weight in model.graph.initializer}
    for node in model.graph.node:
        allowed = cuda_operators().get(node.op_type)
        if allowed is None:
            raise InvalidInputError(
                f"[{path}] uses the operator [{node.op_type}], which is not in [{_OPERATORS.name}]; replace "
                f"it, or add it there if CUDA runs it"
            )
        for position, name in enumerate([*node.input, *node.output]):
            kind = names.get(types.get(name, 0))
            if name and kind is None:
                raise InvalidInputError(
                    f"[{path}] has the tensor [{name}] of type "
                    f"[{onnx.TensorProto.DataType.Name(types.get(name, 0))}] at operator [{node.op_type}]; "
                    f"graphs keep to float, int64 and bool"
                )
            if name and kind not in allowed and position == _DATA_INPUT.get(node.op_type, 0):
                raise InvalidInputError(
                    f"[{path}] uses the operator [{node.op_type}] on [{kind}], CUDA runs it on "
                    f"{sorted(allowed)}; cast before it"
                )
