"""The relevance model as three ONNX graphs: query tower, item tower, interaction. Only training uses this."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime as ort
import torch
from torch import Tensor, nn

from ranker.errors import EncoreError
from ranker.relevance import ITEM_GRAPH
from ranker.relevance.towers import RelevanceModel

OPSET: Final = 17
MODEL_FILE: Final = "model.onnx"
PROBABILITY: Final = 1e-5
"""Largest difference between torch and a graph that counts as none, in probability or vector component."""


def export(model: RelevanceModel, query_words: int, item_words: int, folder: Path) -> tuple[Path, Path]:
    """Write `query_tower/` (with the item tower beside it) and `relevance/` below the folder, checked.

    Args:
        model: Trained.
        query_words: Width of the query tower's input.
        item_words: Width of the item tower's.
        folder: Where; made if needed.

    Returns:
        The two folders, each with a `model.onnx`.

    Raises:
        EncoreError: A graph does not compute what the model does.
    """
    model.eval()
    towers, relevance = folder / "query_tower", folder / "relevance"
    for target in (towers, relevance):
        target.mkdir(parents=True, exist_ok=True)
    vocabulary = model.words.num_embeddings
    generator = torch.Generator().manual_seed(7)
    query = _words(1, query_words, vocabulary, generator)
    items = _words(7, item_words, vocabulary, generator)
    _write(model.query_tower, towers / MODEL_FILE, {"query_words": query}, ["query_vector"], dynamic=())
    _write(model.item_tower, towers / ITEM_GRAPH, {"item_words": items}, ["item_vectors"], dynamic=("items",))
    with torch.no_grad():
        inputs = {
            "query_vector": model.query_tower(query),
            "item_vectors": model.item_tower(items),
            "match_features": torch.randn(7, _match_width(model), generator=generator),
        }
    _write(
        model.interaction,
        relevance / MODEL_FILE,
        inputs,
        ["tier_probabilities"],
        dynamic=("items",),
        fixed=("query_vector",),
    )
    return towers, relevance


def _match_width(model: RelevanceModel) -> int:
    return int(model.interaction.normalise.num_features)


def _words(rows: int, width: int, vocabulary: int, generator: torch.Generator) -> Tensor:
    words = torch.randint(1, vocabulary, (rows, width), generator=generator)
    words[:, width // 2 :] = 0  # padding, as most texts have
    words[-1] = 0  # and a text without words
    return words


def _write(
    module: nn.Module,
    path: Path,
    inputs: Mapping[str, Tensor],
    outputs: Sequence[str],
    *,
    dynamic: Sequence[str],
    fixed: Sequence[str] = (),
) -> None:
    axes: dict[str, Any] = {}
    for axis in dynamic:
        axes = {name: {0: axis} for name in (*inputs, *outputs) if name not in fixed}
    torch.onnx.export(
        module,
        tuple(inputs.values()),
        str(path),
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = session.run(list(outputs), {name: value.numpy() for name, value in inputs.items()})[0]
    with torch.no_grad():
        difference = float(np.abs(module(*inputs.values()).numpy() - got).max())
    if difference > PROBABILITY:
        raise EncoreError(
            f"output [{outputs[0]}] of the exported graph differs by [{difference:.2e}] from the model,"
            f" more than [{PROBABILITY:g}]; the export is not to be served"
        )
