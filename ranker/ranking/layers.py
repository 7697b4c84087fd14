"""Layers that the ranking models share. Only training imports this file: serving needs no torch."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class FieldEmbedding(nn.Module):
    """One table a field; code 0 is the rare or unknown id, and is trained like any other.

    Args:
        cardinalities: Codes of each field, 0 included.
        dimensions: Numbers a code.
    """

    def __init__(self, cardinalities: Sequence[int], dimensions: int) -> None:
        super().__init__()
        # One table for all fields: one gather instead of one a field, in training and in the graph.
        starts = [sum(cardinalities[:i]) for i in range(len(cardinalities))]
        self.register_buffer("starts", torch.tensor(starts, dtype=torch.int64))
        self.table = nn.Embedding(sum(cardinalities), dimensions)
        nn.init.normal_(self.table.weight, std=0.05)
        self.width = len(cardinalities) * dimensions

    def forward(self, ids: Tensor) -> Tensor:
        """(batch, fields) int64 → (batch, fields · dimensions)."""
        assert isinstance(self.starts, Tensor)
        embedded: Tensor = self.table(ids + self.starts)
        return embedded.flatten(1)


class Mlp(nn.Sequential):
    """Linear and ReLU by turns: (batch, inputs) → (batch, sizes[-1])."""

    def __init__(self, inputs: int, sizes: Sequence[int], dropout: float = 0.0) -> None:
        layers: list[nn.Module] = []
        for size in sizes:
            layers += [nn.Linear(inputs, size), nn.ReLU()]
            if dropout:
                layers.append(nn.Dropout(dropout))
            inputs = size
        super().__init__(*layers)
        self.width = inputs


class ExpertMixture(nn.Module):
    """Σ_e g_k,e(x) f_e(x) for each task k, g_k = softmax(W_k x) (Ma et al., KDD 2018, eq. 6 and 7).

    Args:
        inputs: Width of x.
        experts: How many.
        sizes: Layers of an expert.
        tasks: How many gates.
    """

    def __init__(
        self, inputs: int, experts: int, sizes: Sequence[int], tasks: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.experts = nn.ModuleList(Mlp(inputs, sizes, dropout) for _ in range(experts))
        self.gates = nn.ModuleList(nn.Linear(inputs, experts) for _ in range(tasks))
        self.width = sizes[-1]

    def forward(self, x: Tensor) -> list[Tensor]:
        """(batch, inputs) → one (batch, width) a task."""
        outputs = torch.stack([expert(x) for expert in self.experts], dim=1)
        gates = [torch.softmax(gate(x), dim=1).unsqueeze(1) for gate in self.gates]
        return [torch.bmm(gate, outputs).squeeze(1) for gate in gates]


class PositionTower(nn.Module):
    """A logit of position and device, added to the click logit in training and left out when served
    (Zhao et al., RecSys 2019, section 4.3).

    Args:
        positions: Positions that are told apart; later ones count as the last.
        devices: Device codes, 0 unknown.
    """

    def __init__(self, positions: int, devices: int) -> None:
        super().__init__()
        self.positions = positions
        self.logits = nn.Embedding(positions * devices, 1)
        nn.init.zeros_(self.logits.weight)

    def forward(self, position: Tensor, device: Tensor) -> Tensor:
        """1-based position (batch,) int64, device code (batch,) int64 → logit (batch,)."""
        column = torch.clamp(position, 1, self.positions) - 1
        logits: Tensor = self.logits(device * self.positions + column)
        return logits.squeeze(-1)
