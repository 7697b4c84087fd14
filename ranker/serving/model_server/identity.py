"""The identity model: it gives back what it gets, so its calls cost what the hop costs."""

from pathlib import Path

from ranker.errors import MissingPartError
from ranker.serving.model_server.models import IDENTITY, IDENTITY_VALUES
from ranker.serving.model_server.publish import publish
from ranker.serving.model_server.repository import MODEL_FILE, model_versions

_OPERATOR_SET = 17
_FILE_FORMAT = 8


def write_identity(path: Path) -> None:
    """Write the graph: `values` (candidates, 64) to `same_values`, float32.

    Raises:
        MissingPartError: The package `onnx` is missing; it belongs to training.
    """
    try:
        from onnx import TensorProto, helper, save
    except ImportError:
        raise MissingPartError("making a model needs the package [onnx]; install the extra [train]") from None
    shape = ["candidates", IDENTITY_VALUES]
    values, same = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("values", "same_values")
    )
    node = helper.make_node("Identity", ["values"], ["same_values"])
    graph = helper.make_graph([node], "identity", [values], [same])
    operators = [helper.make_opsetid("", _OPERATOR_SET)]
    save(helper.make_model(graph, opset_imports=operators, ir_version=_FILE_FORMAT), path)


def publish_identity(repository: Path, work: Path) -> int:
    """Publish the identity model unless a version is there; returns the newest version.

    Args:
        repository: The model repository.
        work: An existing folder for the file before it is published.
    """
    versions = model_versions(repository, IDENTITY.name)
    if versions:
        return versions[-1]
    folder = work / IDENTITY.name
    folder.mkdir(exist_ok=True)
    write_identity(folder / MODEL_FILE)
    return publish(repository, IDENTITY, folder)
