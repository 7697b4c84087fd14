"""Triton's `config.pbtxt` as a typed value, and the text of that file.

Units stand in the names; the fields are those of Triton's own proto.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ranker.errors import InvalidInputError
from ranker.serving.model_server.repository import VERSIONS_KEPT

DataType = Literal["FP32", "INT64"]
VARIABLE: Final = -1  # an axis that each request chooses: candidates
TRAINED: Final = None  # an axis that each version's graph fixes: features, dimensions

_HEADER: Final = "# Made from ranker/serving/model_server/models.py by `encore models --write`.\n"


@dataclass(frozen=True)
class TensorConfiguration:
    """An input or output: the name a person chose, and every axis, the batch's included."""

    name: str
    data_type: DataType
    shape: tuple[int | None, ...]

    @property
    def is_settled(self) -> bool:
        """Whether no axis waits for training."""
        return TRAINED not in self.shape


@dataclass(frozen=True, kw_only=True)
class DynamicBatching:
    """How waiting requests are merged.

    There is no bound on the queue here, nor a time limit: with either, Triton (2.51) loses wake-ups, and
    requests lie in the queue for 0.5 s beside an idle instance (seen with a single client). Deadlines of
    calls bound it instead: a call given up by its client leaves the queue.

    Attributes:
        max_queue_delay_microseconds: Wait for company; 0: take what waits when an instance is free.
    """

    max_queue_delay_microseconds: int = 0


@dataclass(frozen=True, kw_only=True)
class ModelConfiguration:
    """One model of the repository, for all its versions.

    Attributes:
        name: Folder name.
        inputs: Its graph's inputs.
        outputs: Its graph's outputs.
        max_batch_size: Largest first axis when requests merge; 0: requests never merge.
        dynamic_batching: Queue and merging; None: each request alone, in the order of arrival.
        instance_count: Processes (or sessions) that compute beside each other, for each version.
        intra_op_thread_count: Threads of one computation on the CPU.
        warm_up_candidates: Sizes of the variable axes that are run when a version is loaded.
        versions_kept: The newest versions that serve.
    """

    name: str
    inputs: tuple[TensorConfiguration, ...]
    outputs: tuple[TensorConfiguration, ...]
    max_batch_size: int = 0
    dynamic_batching: DynamicBatching | None = None
    instance_count: int = 1
    intra_op_thread_count: int = 1
    warm_up_candidates: tuple[int, ...] = (1,)
    versions_kept: int = VERSIONS_KEPT

    def __post_init__(self) -> None:
        if self.dynamic_batching is not None and self.max_batch_size == 0:
            raise InvalidInputError(
                f"model [{self.name}] has dynamic batching and max_batch_size [0]; set one of them only"
            )

    def text(self) -> str:
        """The content of `config.pbtxt`.

        Inputs (and, apart, outputs) are written if none waits for training; Triton completes the others
        from each version's own graph, so that two versions with other features serve side by side.
        Writing -1 for them would not do: Triton's C++ backend takes -1 only where the graph says so too.
        Warm-up by Triton itself needs written inputs; for the others the parameter tells our backend.
        """
        fields: dict[str, object] = {
            "name": self.name,
            "backend": "onnxruntime",
            "max_batch_size": self.max_batch_size,
            "input": self._tensors(self.inputs),
            "output": self._tensors(self.outputs),
            "instance_group": [{"count": self.instance_count, "kind": _Word("KIND_AUTO")}],
            "version_policy": {"latest": {"num_versions": self.versions_kept}},
            "dynamic_batching": self._batching(),
            "parameters": self._parameters(),
            "model_warmup": self._warm_up(),
        }
        return _HEADER + "".join(_lines(fields, ""))

    @property
    def _inputs_written(self) -> bool:
        return all(tensor.is_settled for tensor in self.inputs)

    def _tensors(self, tensors: Sequence[TensorConfiguration]) -> list[dict[str, object]]:
        if not all(tensor.is_settled for tensor in tensors):
            return []
        return [
            {"name": tensor.name, "data_type": _Word(f"TYPE_{tensor.data_type}"), "dims": self._dims(tensor)}
            for tensor in tensors
        ]

    def _dims(self, tensor: TensorConfiguration) -> "_Numbers":
        return _Numbers(axis for axis in tensor.shape[self.max_batch_size > 0 :] if axis is not None)

    def _batching(self) -> list[dict[str, object]]:
        if self.dynamic_batching is None:
            return []
        return [{"max_queue_delay_microseconds": self.dynamic_batching.max_queue_delay_microseconds}]

    def _parameters(self) -> list[dict[str, object]]:
        values = {"intra_op_thread_count": str(self.intra_op_thread_count)}
        if not self._inputs_written:
            values["warm_up_candidates"] = ",".join(str(size) for size in self.warm_up_candidates)
        return [{"key": key, "value": {"string_value": value}} for key, value in values.items()]

    def _warm_up(self) -> list[dict[str, object]]:
        if not self._inputs_written:
            return []
        return [
            {
                "name": f"{size} candidates",
                "batch_size": size if self.max_batch_size else 0,
                "inputs": [
                    {
                        "key": tensor.name,
                        "value": {
                            "data_type": _Word(f"TYPE_{tensor.data_type}"),
                            "dims": _Numbers(
                                size if axis == VARIABLE else axis for axis in self._dims(tensor)
                            ),
                            "zero_data": True,
                        },
                    }
                    for tensor in self.inputs
                ],
            }
            for size in self.warm_up_candidates
        ]


class _Word(str):
    """An enum value: written without quotes."""


class _Numbers(tuple[int, ...]):
    """A repeated number: written in one pair of brackets."""


def _lines(fields: Mapping[str, object], indent: str) -> list[str]:
    lines: list[str] = []
    for name, value in fields.items():
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, dict):
                lines += [f"{indent}{name} {{\n", *_lines(entry, indent + "  "), f"{indent}}}\n"]
            else:
                lines.append(f"{indent}{name}: {_scalar(entry)}\n")
    return lines


def _scalar(value: object) -> str:
    if isinstance(value, _Numbers):
        return f"[ {', '.join(str(number) for number in value)} ]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) and not isinstance(value, _Word) else str(value)
