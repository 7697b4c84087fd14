"""The models that Encore serves: names, tensors, batching. `model_repo/*/config.pbtxt` is made from these."""

from typing import Final

from ranker.errors import InvalidInputError
from ranker.serving.model_server.config import (
    TRAINED,
    VARIABLE,
    DynamicBatching,
    ModelConfiguration,
    TensorConfiguration,
)

QUERY_WORDS: Final = 16  # words of a query that count; more are cut, fewer are padded with 0
IDENTITY_VALUES: Final = 64  # floats a candidate: 500 candidates are 128 kB, as much as real features
_CANDIDATES: Final = (1, 100, 500)  # a probe, a shallow and a full window

QUERY_TOWER: Final = ModelConfiguration(
    name="query_tower",
    inputs=(TensorConfiguration("query_words", "INT64", (1, QUERY_WORDS)),),
    outputs=(TensorConfiguration("query_vector", "FP32", (1, TRAINED)),),
)
"""The words of one query to a vector. Runs once a request: there is nothing to merge."""

RELEVANCE: Final = ModelConfiguration(
    name="relevance",
    inputs=(
        TensorConfiguration("query_vector", "FP32", (1, TRAINED)),
        TensorConfiguration("item_vectors", "FP32", (VARIABLE, TRAINED)),
        TensorConfiguration("match_features", "FP32", (VARIABLE, TRAINED)),
    ),
    outputs=(TensorConfiguration("tier_probabilities", "FP32", (VARIABLE, 4)),),
    warm_up_candidates=_CANDIDATES,
)
"""One query against its candidates to the probabilities of the four tiers. One query row and N item rows
don't merge across requests, so its batch size is 0."""

MMOE: Final = ModelConfiguration(
    name="mmoe",
    inputs=(
        TensorConfiguration("dense", "FP32", (VARIABLE, TRAINED)),
        TensorConfiguration("ids", "INT64", (VARIABLE, TRAINED)),
    ),
    outputs=tuple(
        TensorConfiguration(task, "FP32", (VARIABLE, 1))
        for task in ("click", "effective_play", "watch_ratio", "like")
    ),
    max_batch_size=1024,  # two full windows and some; a merged run of more only makes others wait
    dynamic_batching=DynamicBatching(),
    warm_up_candidates=_CANDIDATES,
)
"""Candidates as the batch, to one probability a task: candidates of several requests are one run."""

IDENTITY: Final = ModelConfiguration(
    name="identity",
    inputs=(TensorConfiguration("values", "FP32", (VARIABLE, IDENTITY_VALUES)),),
    outputs=(TensorConfiguration("same_values", "FP32", (VARIABLE, IDENTITY_VALUES)),),
    max_batch_size=1024,
    dynamic_batching=DynamicBatching(),
    warm_up_candidates=_CANDIDATES,
)
"""Gives back what it gets: the cost of the hop, without a model's."""

MODELS: Final = {model.name: model for model in (QUERY_TOWER, RELEVANCE, MMOE, IDENTITY)}


def model_configuration(name: str) -> ModelConfiguration:
    """The configuration of a model by its folder's name.

    Raises:
        InvalidInputError: There is no such model.
    """
    if name not in MODELS:
        raise InvalidInputError(f"there is no model [{name}]; choose one of {sorted(MODELS)}")
    return MODELS[name]
