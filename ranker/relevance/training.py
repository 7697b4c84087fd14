"""Training of the relevance model: click bands and made-up negatives first, hand-made labels last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from ranker.errors import InvalidInputError
from ranker.relevance.towers import RelevanceModel, RelevanceSize, SemanticHead, ordinal_loss

Progress = Callable[[int, int], None]
_EVALUATED_AT_ONCE: Final = 8_000


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

    @classmethod
    def join(cls, parts: "Sequence[Self]") -> Self:
        """One behind the other."""
        return cls(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)))

    def take(self, rows: npt.NDArray[Any] | slice) -> Self:
        """Some of the pairs."""
        return type(self)(*(getattr(self, f.name)[rows] for f in fields(self)))


@dataclass(frozen=True)
class RelevanceOptions:
    """How a model is trained; the same options, pairs and seed give the same model."""

    click_epochs: int = 1
    label_epochs: int = 40
    batch: int = 512
    label_batch: int = 256
    learning_rate: float = 3e-3  # at its height: it rises and falls once over each stage
    weight_decay: float = 1e-4
    negatives_a_label: float = 0.4
    tower_dropout: float = 0.3
    seed: int = 7
    threads: int = 1  # two on shared cores spin against each other, up to ten times slower
    size: RelevanceSize = field(default_factory=RelevanceSize)


@dataclass(frozen=True)
class TrainedRelevance:
    """A model and its measures on labels that it did not see."""

    model: RelevanceModel
    validation: dict[str, float]


@dataclass(frozen=True)
class RelevancePairs:
    """`clicks` stand for bands of click rate; `negatives` are made up; `validation` has other queries."""

    clicks: PairRows
    negatives: PairRows
    labels: PairRows
    validation: PairRows


def train(
    pairs: RelevancePairs,
    vocabulary: int,
    options: RelevanceOptions | None = None,
    progress: Progress | None = None,
) -> TrainedRelevance:
    """Teach the towers by clicks, then, the towers fixed, the interaction by labels.

    Words see many clicks and few labels: towers that labels move learn them by heart. Labels come from
    pages that were shown, so some made-up negatives go with them: what is ranked is mostly neither.

    Args:
        pairs: What to learn from; without labels the interaction learns from clicks too.
        vocabulary: Word codes, padding and buckets included.
        options: How.
        progress: Told (batches done, batches in all).

    Raises:
        InvalidInputError: There is nothing to learn from.
    """
    options = options or RelevanceOptions()
    clicks = PairRows.join([pairs.clicks, pairs.negatives])
    labels = pairs.labels if len(pairs.labels) else pairs.clicks
    if not len(labels):
        raise InvalidInputError("[0] click pairs and [0] labels teach nothing; give a world with a log")
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    model = RelevanceModel(vocabulary, labels.match.shape[1], options.size)
    added = int(min(len(pairs.negatives), options.negatives_a_label * len(labels)))
    first = options.click_epochs * -(-len(clicks) // options.batch)
    second = options.label_epochs * -(-(len(labels) + added) // options.label_batch)
    steps = _Steps(first + second, progress)
    _teach_towers(model, clicks, options, steps)
    _teach_interaction(model, labels, pairs.negatives, added, options, steps)
    model.eval()
    return TrainedRelevance(model, evaluate(model, pairs.validation))


class _Steps:
    """Counts batches for a progress bar."""

    def __init__(self, size: int, progress: Progress | None) -> None:
        self._size, self._progress, self._done = size, progress, 0

    def __call__(self) -> None:
        self._done += 1
        if self._progress:
            self._progress(self._done, self._size)


def _teach_towers(model: RelevanceModel, rows: PairRows, options: RelevanceOptions, steps: _Steps) -> None:
    batches = -(-len(rows) // options.batch)
    if not batches * options.click_epochs:
        return
    head = SemanticHead(options.size)
    towers = nn.ModuleList([model.query_tower, model.item_tower, head])  # both share the embedding
    optimizer, schedule = _optimizer(towers, options, batches * options.click_epochs)
    columns = _tensors(rows)
    towers.train()
    for _ in range(options.click_epochs):
        order = torch.randperm(len(rows))
        for start in range(0, len(rows), options.batch):
            some = {name: column[order[start : start + options.batch]] for name, column in columns.items()}
            reached = head(model.query_tower(some["query_words"]), model.item_tower(some["item_words"]))
            _step(ordinal_loss(reached, some["tier"], some["weight"]), optimizer, schedule)
            steps()


def _teach_interaction(
    model: RelevanceModel,
    labels: PairRows,
    negatives: PairRows,
    added: int,
    options: RelevanceOptions,
    steps: _Steps,
) -> None:
    size = len(labels) + added
    batches = -(-size // options.label_batch)
    optimizer, schedule = _optimizer(model.interaction, options, batches * options.label_epochs)
    of_labels, of_negatives = _with_vectors(model, labels), _with_vectors(model, negatives)
    model.interaction.train()
    for _ in range(options.label_epochs):
        some_negatives = torch.randperm(len(negatives))[:added]
        columns = {
            name: torch.cat([column, of_negatives[name][some_negatives]])
            for name, column in of_labels.items()
        }
        order = torch.randperm(size)
        for start in range(0, size, options.label_batch):
            rows = order[start : start + options.label_batch]
            steps()
            if len(rows) == 1:  # a batch norm needs two
                continue
            some = {name: column[rows] for name, column in columns.items()}
            # Some pairs go without their words, so that the match features learn to stand alone.
            kept = (torch.rand(len(rows), 1) >= options.tower_dropout).float()
            reached = model.interaction.reached(some["query"] * kept, some["item"] * kept, some["match"])
            _step(ordinal_loss(reached, some["tier"], some["weight"]), optimizer, schedule)


def _optimizer(
    module: nn.Module, options: RelevanceOptions, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.OneCycleLR]:
    optimizer = torch.optim.AdamW(
        module.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay
    )
    return optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, options.learning_rate, steps)


def _step(
    loss: Tensor, optimizer: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.OneCycleLR
) -> None:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    schedule.step()


def _with_vectors(model: RelevanceModel, rows: PairRows) -> dict[str, Tensor]:
    """`query` and `item` vectors (n, vector) of the fixed towers, with match, tier and weight."""
    columns = _tensors(rows)
    model.eval()
    query, item = [torch.zeros(0, model.size.vector)], [torch.zeros(0, model.size.vector)]
    with torch.no_grad():
        for start in range(0, len(rows), _EVALUATED_AT_ONCE):
            part = slice(start, start + _EVALUATED_AT_ONCE)
            query.append(model.query_tower(columns["query_words"][part]))
            item.append(model.item_tower(columns["item_words"][part]))
    vectors = {"query": torch.cat(query), "item": torch.cat(item)}
    return vectors | {name: columns[name] for name in ("match", "tier", "weight")}


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
