"""The ranking model as one ONNX graph with names that a person chose. Only training imports this file."""

from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort
import torch

from ranker.errors import EncoreError
from ranker.ranking.mmoe import TASKS, Mmoe, ServedMmoe

OPSET: Final = 17
PROBABILITY: Final = 1e-5
"""Largest difference between torch and the graph that counts as none, in probability."""


def export(model: Mmoe, dense: int, fields: int, path: Path) -> None:
    """Write the graph and check it on random rows, codes 0 (unknown ids) and zeros (missing values) included.

    Args:
        model: Trained.
        dense: Dense features.
        fields: Id features.
        path: The .onnx file.

    Raises:
        EncoreError: The graph does not compute what the model does.
    """
    served = ServedMmoe(model).eval()
    example = (torch.zeros(3, dense), torch.zeros(3, fields, dtype=torch.int64))
    torch.onnx.export(
        served,
        example,
        str(path),
        input_names=["dense", "ids"],
        output_names=list(TASKS),
        dynamic_axes={name: {0: "candidates"} for name in ("dense", "ids", *TASKS)},
        opset_version=OPSET,
        dynamo=False,
    )
    _check(served, dense, fields, path)


def _check(served: ServedMmoe, dense: int, fields: int, path: Path) -> None:
    generator = torch.Generator().manual_seed(7)
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for rows in (1, 7, 500):
        values = torch.randn(rows, dense, generator=generator)
        values[:, ::3] = 0.0
        ids = torch.randint(0, 2, (rows, fields), generator=generator)
        with torch.no_grad():
            expected = served(values, ids)
        got = session.run(list(TASKS), {"dense": values.numpy(), "ids": ids.numpy()})
        for name, here, there in zip(TASKS, expected, got, strict=True):
            difference = float(np.abs(here.numpy() - there).max())
            if difference > PROBABILITY:
                raise EncoreError(
                    f"output [{name}] of the exported graph differs by [{difference:.2e}] from the model,"
                    f" more than [{PROBABILITY:g}]; the export is not to be served"
                )
