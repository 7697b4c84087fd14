"""One ONNX graph, opened for a machine that is shared: tensors by name, one thread, no spinning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

_DTYPES: Final = {"tensor(float)": "float32", "tensor(int64)": "int64"}
_LEVELS: Final = {  # Triton's numbers in `optimization.graph.level`, as its C++ backend reads them
    0: ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
    -1: ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    1: ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    2: ort.GraphOptimizationLevel.ORT_DISABLE_ALL,
}


@dataclass(frozen=True)
class TensorSpec:
    """An input or an output of a graph: its name, "float32" or "int64", and its axes (-1: any size)."""

    name: str
    dtype: str
    shape: tuple[int, ...]

    def zeros(self, variable: int) -> NDArray[Any]:
        """A tensor of zeros whose variable axes have the size `variable`."""
        return np.zeros([variable if axis < 0 else axis for axis in self.shape], dtype=self.dtype)


class Graph:
    """A session of ONNX Runtime on the CPU. `run` may be called from several threads at once.

    One intra-op thread by default: requests run beside each other, and two threads that spin on shared
    cores were slower than one. Spinning is off for any number.
    """

    def __init__(self, path: Path, *, intra_op_threads: int = 1, optimization_level: int = 0) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = intra_op_threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = _LEVELS[optimization_level]
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3  # errors: a warning about an unused initializer helps nobody here
        self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.inputs: Final = tuple(_spec(tensor) for tensor in self._session.get_inputs())
        self.outputs: Final = tuple(_spec(tensor) for tensor in self._session.get_outputs())

    def run(
        self,
        inputs: Mapping[str, NDArray[Any]],
        outputs: Sequence[str] | None = None,
        options: ort.RunOptions | None = None,
    ) -> dict[str, NDArray[Any]]:
        """Compute the wanted outputs (None: all); ONNX Runtime's own exceptions pass through."""
        names = list(outputs) if outputs is not None else [tensor.name for tensor in self.outputs]
        return dict(zip(names, self._session.run(names, dict(inputs), options), strict=True))

    def warm_up(self, sizes: Sequence[int]) -> None:
        """Run once for each size of the variable axes, so that no request pays for first allocations."""
        for size in sizes:
            self.run({tensor.name: tensor.zeros(size) for tensor in self.inputs})


def _spec(tensor: ort.NodeArg) -> TensorSpec:
    if tensor.type not in _DTYPES:
        raise ValueError(
            f"tensor [{tensor.name}] is [{tensor.type}], but graphs take and give float32 and int64 only"
        )
    shape = tuple(axis if isinstance(axis, int) else -1 for axis in tensor.shape)
    return TensorSpec(tensor.name, _DTYPES[tensor.type], shape)
