"""MMoE over click, effective play, share watched and like. Only training imports this file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from ranker.ranking.layers import ExpertMixture, FieldEmbedding, Mlp, PositionTower, SoftLogBuckets

CLICK: Final = "click"
EFFECTIVE_PLAY: Final = "effective_play"
WATCH_RATIO: Final = "watch_ratio"
LIKE: Final = "like"
_MOST_DEVIATIONS: Final = 4.0  # a feature further out counts as so far: an outlier must not decide alone
TASKS: Final = (CLICK, EFFECTIVE_PLAY, WATCH_RATIO, LIKE)


@dataclass(frozen=True)
class MmoeSize:
    """How large the model is; the default costs about 1 ms for 500 candidates on one core."""

    embedding: int = 8
    forgotten_ids: float = 0.2
    experts: int = 4
    expert_layers: tuple[int, ...] = (64, 32)
    tower_layers: tuple[int, ...] = (16,)
    dropout: float = 0.2
    buckets: int = 12
    octaves_a_bucket: float = 1.75  # the last of 12 begins at 2¹⁹ plays


@dataclass(frozen=True)
class Logits:
    """Logits (batch,) each; all but `click` are conditional on a click (ESMM: Ma et al., SIGIR 2018)."""

    click: Tensor
    effective_play: Tensor
    watch_ratio: Tensor
    like: Tensor


class Mmoe(nn.Module):
    """Shared experts, a gate and a tower a task, and the raw input's linear logit at each task's top.

    Args:
        dense: Dense features.
        cardinalities: Codes of each id feature, 0 (rare or unknown) included.
        positions: Positions that the position tower tells apart.
        devices: Device codes.
        bucketed: Dense features (columns) that go through soft log buckets too.
        size: How large.
    """

    def __init__(
        self,
        dense: int,
        cardinalities: Sequence[int],
        positions: int = 20,
        devices: int = 4,
        bucketed: Sequence[int] = (),
        size: MmoeSize | None = None,
    ) -> None:
        super().__init__()
        size = size or MmoeSize()
        self.normalise = nn.BatchNorm1d(dense, affine=False)
        self.embedding = FieldEmbedding(cardinalities, size.embedding, size.forgotten_ids)
        self.buckets = SoftLogBuckets(bucketed, size.buckets, size.octaves_a_bucket)
        width = dense + self.embedding.width + self.buckets.width
        self.mixture = ExpertMixture(width, size.experts, size.expert_layers, len(TASKS), size.dropout)
        self.towers = nn.ModuleList(
            nn.Sequential(tower := Mlp(self.mixture.width, size.tower_layers), nn.Linear(tower.width, 1))
            for _ in TASKS
        )
        self.memory = nn.Linear(width, len(TASKS))
        self.position = PositionTower(positions, devices)

    def forward(self, dense: Tensor, ids: Tensor) -> Logits:
        """(batch, dense) float32 and (batch, fields) int64 → the tasks' logits, without position."""
        normal = torch.clamp(self.normalise(dense), -_MOST_DEVIATIONS, _MOST_DEVIATIONS)
        x = torch.cat([normal, self.embedding(ids), self.buckets(dense)], dim=1)
        memory = self.memory(x)
        mixed = self.mixture(x)
        values = [tower(mixed[:, i]).squeeze(-1) + memory[:, i] for i, tower in enumerate(self.towers)]
        return Logits(*values)

    def trained_click(self, logits: Logits, position: Tensor, device: Tensor) -> Tensor:
        """Click logit (batch,) as it is trained: with the position's."""
        bias: Tensor = self.position(position, device)
        return logits.click + bias


class ServedMmoe(nn.Module):
    """What is exported: probabilities over all exposures, position left out."""

    def __init__(self, model: Mmoe) -> None:
        super().__init__()
        self.model = model

    def forward(self, dense: Tensor, ids: Tensor) -> tuple[Tensor, ...]:
        """(batch, dense), (batch, fields) → click, effective_play, watch_ratio, like, each (batch, 1).

        p(click), p(click ∧ effective play), p(click) · expected share watched, p(click ∧ like).
        """
        logits = self.model(dense, ids)
        click = torch.sigmoid(logits.click)
        given = (logits.effective_play, logits.watch_ratio, logits.like)
        return (click.unsqueeze(1), *((click * torch.sigmoid(value)).unsqueeze(1) for value in given))
