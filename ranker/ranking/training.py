"""Training of the ranking model: all exposures, four tasks, early stopping on later ones."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
import torch
from sklearn.metrics import log_loss, roc_auc_score
from torch import Tensor

from ranker.errors import InvalidInputError
from ranker.ranking.losses import UncertaintyWeighting, click_loss, joint_loss, watch_loss
from ranker.ranking.mmoe import TASKS, Logits, Mmoe, MmoeSize, ServedMmoe
from ranker.ranking.rows import RankingRows

Progress = Callable[[int, int], None]
_EVALUATED_AT_ONCE: Final = 20_000


@dataclass(frozen=True)
class TrainingOptions:
    """How a model is trained; the same options, rows and seed give the same model."""

    epochs: int = 3
    batch: int = 1024
    learning_rate: float = 3e-3  # at its height: it rises and falls once
    weight_decay: float = 1e-4
    embedding_decay: float = 1e-3
    seed: int = 7
    threads: int = 1  # two on shared cores spin against each other, up to ten times slower
    size: MmoeSize = field(default_factory=MmoeSize)


@dataclass(frozen=True)
class Trained:
    """A model and how it did on rows that it did not see: AUC of each task, log loss of the click."""

    model: Mmoe
    validation: dict[str, float]
    epochs: int


def train(
    training: RankingRows,
    validation: RankingRows,
    cardinalities: Sequence[int],
    bucketed: Sequence[int] = (),
    options: TrainingOptions | None = None,
    progress: Progress | None = None,
) -> Trained:
    """Train on earlier rows, measure on later ones.

    Args:
        training: Rows to learn from.
        validation: Later rows, for the report.
        cardinalities: Codes of each id feature, 0 included.
        bucketed: Dense columns that go through soft log buckets.
        options: How.
        progress: Told (batches done, batches in all).

    Raises:
        InvalidInputError: There is nothing to learn from.
    """
    options = options or TrainingOptions()
    if not len(training) or not 0 < training.click.mean() < 1:
        raise InvalidInputError(
            f"[{len(training)}] training rows with [{int(training.click.sum())}] clicks teach nothing;"
            " give a log with both clicked and unclicked exposures"
        )
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    devices = 1 + int(max(training.device.max(), validation.device.max(initial=0)))
    model = Mmoe(
        training.dense.shape[1], cardinalities, devices=devices, bucketed=bucketed, size=options.size
    )
    balance = UncertaintyWeighting(len(TASKS))
    columns = _tensors(training)
    model.position.start_from(columns["position"], columns["device"], columns["click"])
    optimizer = torch.optim.AdamW(_parameter_groups(model, balance, options), lr=options.learning_rate)
    batches = -(-len(training) // options.batch)
    steps = options.epochs * batches
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.learning_rate, steps)
    model.train()
    for step in range(steps):
        if step % batches == 0:
            order = torch.randperm(len(training))
        start = step % batches * options.batch
        rows = order[start : start + options.batch]
        if len(rows) > 1:  # a batch norm needs two
            loss = balance(_losses(model, {name: column[rows] for name, column in columns.items()}))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        if progress:
            progress(step + 1, steps)
    model.eval()
    return Trained(model, evaluate(model, validation), options.epochs)


def evaluate(model: Mmoe, rows: RankingRows) -> dict[str, float]:
    """Measures on rows; NaN where a task has one class only.

    AUC of the click with its position (as it was shown) and without, of the other tasks over all
    exposures, of effective play among the clicked (`cvr_auc`), and the click's log loss.
    """
    if not len(rows):
        return {}
    columns = predictions(model, rows)
    clicked = rows.click > 0
    return {
        "click_auc": _auc(rows.click, columns["shown_click"]),
        "click_auc_without_position": _auc(rows.click, columns["click"]),
        "click_log_loss": float(log_loss(rows.click, columns["shown_click"], labels=[0, 1])),
        "effective_play_auc": _auc(rows.effective_play, columns["effective_play"]),
        "cvr_auc": _auc(
            rows.effective_play[clicked], (columns["effective_play"] / columns["click"])[clicked]
        ),
        "like_auc": _auc(rows.like, columns["like"]),
    }


def predictions(model: Mmoe, rows: RankingRows) -> dict[str, np.ndarray[Any, Any]]:
    """What the served model says, float32 (n,) a task, and `shown_click` with the position's bias."""
    model.eval()
    served = ServedMmoe(model)
    parts: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in (*TASKS, "shown_click")}
    with torch.no_grad():
        for start in range(0, len(rows), _EVALUATED_AT_ONCE):
            batch = _tensors(rows.take(slice(start, start + _EVALUATED_AT_ONCE)))
            values = served(batch["dense"], batch["ids"])
            for name, value in zip(TASKS, values, strict=True):
                parts[name].append(value.squeeze(1).numpy())
            shown = model.trained_click(
                model(batch["dense"], batch["ids"]), batch["position"], batch["device"]
            )
            parts["shown_click"].append(torch.sigmoid(shown).numpy())
    return {name: np.concatenate(values) for name, values in parts.items()}


def _losses(model: Mmoe, batch: dict[str, Tensor]) -> list[Tensor]:
    logits: Logits = model(batch["dense"], batch["ids"])
    click = model.trained_click(logits, batch["position"], batch["device"])
    return [
        click_loss(click, batch["click"]),
        joint_loss(click, logits.effective_play, batch["effective_play"]),
        watch_loss(logits.watch_ratio, batch["watch_ratio"], batch["click"]),
        joint_loss(click, logits.like, batch["like"]),
    ]


def _parameter_groups(
    model: Mmoe, balance: UncertaintyWeighting, options: TrainingOptions
) -> list[dict[str, Any]]:
    embeddings = list(model.embedding.parameters())
    free = [*model.position.parameters(), *balance.parameters()]
    known = {id(parameter) for parameter in (*embeddings, *free)}
    rest = [parameter for parameter in model.parameters() if id(parameter) not in known]
    return [
        # Ids that are seen a few times only would be learnt by heart.
        {"params": embeddings, "weight_decay": options.embedding_decay},
        {"params": rest, "weight_decay": options.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]


def _tensors(rows: RankingRows) -> dict[str, Tensor]:
    return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in vars(rows).items()}


def _auc(labels: np.ndarray[Any, Any], scores: np.ndarray[Any, Any]) -> float:
    return float(roc_auc_score(labels, scores)) if 0 < labels.sum() < len(labels) else float("nan")


def options_json(options: TrainingOptions) -> dict[str, Any]:
    """For the model card and the cache's key."""
    return asdict(options)
