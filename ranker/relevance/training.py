"""Training of the relevance model: click bands and made-up negatives first, hand-made labels last."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from ranker.errors import InvalidInputError
from ranker.relevance.towers import RelevanceModel, RelevanceSize, ordinal_loss

Progress = Callable[[int, int], None]
_EVALUATED_AT_ONCE: Final = 20_000


@dataclass(frozen=True)
class PairRows:
    """(query, video) pairs, (n,) or (n, …).

    Attributes:
        query_words: int64 (n, words).
        item_words: int64 (n, words).
        match: Match features, float32 (n, match).
        tier: Wanted tier 0–3, int64 (n,).
        weight: How much a pair counts, float32 (n,).
    """

    query_words: npt.NDArray[np.int64]
    item_words: npt.NDArray[np.int64]
    match: npt.NDArray[np.float32]
    tier: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.tier)

    def take(self, rows: npt.NDArray[Any] | slice) -> Self:
        """Some of the pairs."""
        return type(self)(*(getattr(self, f.name)[rows] for f in fields(self)))


@dataclass(frozen=True)
class RelevanceOptions:
    """How a model is trained; the same options, pairs and seed give the same model."""

    click_epochs: int = 2
    label_epochs: int = 8
    batch: int = 512
    learning_rate: float = 2e-3
    label_learning_rate: float = 1e-3
    seed: int = 7
    threads: int = 1  # two on shared cores spin against each other, up to ten times slower
    size: RelevanceSize = field(default_factory=RelevanceSize)


@dataclass(frozen=True)
class TrainedRelevance:
    """A model and its measures on labels that it did not see."""

    model: RelevanceModel
    validation: dict[str, float]


def train(
    clicks: PairRows,
    labels: PairRows,
    validation: PairRows,
    vocabulary: int,
    options: RelevanceOptions | None = None,
    progress: Progress | None = None,
) -> TrainedRelevance:
    """Learn from click bands, then fine-tune on labels; the epoch best on the held-back labels is kept.

    Args:
        clicks: Pairs whose tier stands for a band of click rate, random and entity-replaced negatives too.
        labels: Hand-made tiers.
        validation: Hand-made tiers of other queries.
        vocabulary: Word codes, padding and buckets included.
        options: How.
        progress: Told (batches done, batches in all).

    Raises:
        InvalidInputError: There is nothing to learn from.
    """
    options = options or RelevanceOptions()
    if not len(clicks) and not len(labels):
        raise InvalidInputError("[0] click pairs and [0] labels teach nothing; give a world with a log")
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    width = (clicks if len(clicks) else labels).match.shape[1]
    model = RelevanceModel(vocabulary, width, options.size)
    stages = (
        (clicks, options.click_epochs, options.learning_rate),
        (labels, options.label_epochs, options.label_learning_rate),
    )
    total = sum(epochs * -(-len(rows) // options.batch) for rows, epochs, _ in stages)
    done = 0
    best, best_state = -np.inf, copy.deepcopy(model.state_dict())
    for rows, epochs, rate in stages:
        optimizer = torch.optim.Adam(model.parameters(), lr=rate)
        for _ in range(epochs if len(rows) else 0):
            done = _epoch(model, rows, optimizer, options.batch, done, total, progress)
            value = evaluate(model, validation).get("auc_strict", float(done))
            if np.isnan(value) or value >= best:
                best, best_state = value, copy.deepcopy(model.state_dict())
    model.load_state_dict(best_state)
    model.eval()
    return TrainedRelevance(model, evaluate(model, validation))


def _epoch(
    model: RelevanceModel,
    rows: PairRows,
    optimizer: torch.optim.Optimizer,
    batch: int,
    done: int,
    total: int,
    progress: Progress | None,
) -> int:
    model.train()
    columns = _tensors(rows)
    order = torch.randperm(len(rows))
    for start in range(0, len(rows), batch):
        some = {name: column[order[start : start + batch]] for name, column in columns.items()}
        if len(some["tier"]) > 1:  # a batch norm needs two
            reached = model(some["query_words"], some["item_words"], some["match"])
            loss = ordinal_loss(reached, some["tier"], some["weight"])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        done += 1
        if progress:
            progress(done, total)
    return done


def evaluate(model: RelevanceModel, rows: PairRows) -> dict[str, float]:
    """`auc` (tiers 2 and 3 against 0), `auc_strict` (2 and 3 against 0 and 1), `accuracy` of the tier.

    The score is the expected tier. NaN where one side is missing; nothing for no rows.
    """
    if not len(rows):
        return {}
    reached = predict(model, rows)
    score, tier = reached.sum(axis=1), rows.tier
    guessed = (reached >= 0.5).sum(axis=1)
    sure = tier != 1
    return {
        "auc": _auc(tier[sure] >= 2, score[sure]),
        "auc_strict": _auc(tier >= 2, score),
        "accuracy": float((guessed == tier).mean()),
    }


def predict(model: RelevanceModel, rows: PairRows) -> npt.NDArray[np.float32]:
    """P(tier ≥ 1 … 3), float32 (n, 3)."""
    model.eval()
    parts = []
    with torch.no_grad():
        for start in range(0, len(rows), _EVALUATED_AT_ONCE):
            some = _tensors(rows.take(slice(start, start + _EVALUATED_AT_ONCE)))
            parts.append(model(some["query_words"], some["item_words"], some["match"]).numpy())
    return np.concatenate(parts)


def _tensors(rows: PairRows) -> dict[str, Tensor]:
    return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in vars(rows).items()}


def _auc(labels: npt.NDArray[np.bool_], scores: npt.NDArray[np.float32]) -> float:
    return float(roc_auc_score(labels, scores)) if 0 < labels.sum() < len(labels) else float("nan")
