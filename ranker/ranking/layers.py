"""Layers that the ranking models share. Only training imports this file: serving needs no torch."""

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class FieldEmbedding(nn.Module):
    """One table a field; code 0 is the rare or unknown id.

    In training an id is taken for an unknown one now and then: so code 0 learns what an average id does,
    and the rest of the model learns to do without.

    Args:
        cardinalities: Codes of each field, 0 included.
        dimensions: Numbers a code.
        forgotten: Share of ids taken for unknown in training.
    """

    def __init__(self, cardinalities: Sequence[int], dimensions: int, forgotten: float = 0.0) -> None:
        super().__init__()
        self.forgotten = forgotten
        # One table for all fields: one gather instead of one a field, in training and in the graph.
        starts = [sum(cardinalities[:i]) for i in range(len(cardinalities))]
        self.register_buffer("starts", torch.tensor(starts, dtype=torch.int64))
        self.table = nn.Embedding(sum(cardinalities), dimensions)
        nn.init.normal_(self.table.weight, std=0.05)
        self.width = len(cardinalities) * dimensions

    def forward(self, ids: Tensor) -> Tensor:
        """(batch, fields) int64 → (batch, fields · dimensions)."""
        assert isinstance(self.starts, Tensor)
        if self.training and self.forgotten:
            ids = ids * (torch.rand(ids.shape) >= self.forgotten)
        embedded: Tensor = self.table(ids + self.starts)
        return embedded.flatten(1)


class SoftLogBuckets(nn.Module):
    """Soft log buckets of counts: bucket k of v has weight max(0, 1 − |v / octaves − k|), neighbours share.

    With v = log₂(1 + x) and one octave a bucket these are the weights 1 − frac(v) and frac(v) of
    `ranker.features.transforms.soft_buckets`. A count beyond the last bucket is in the last.

    Args:
        columns: Dense features of kind `count`; they hold log₂(1 + x).
        buckets: How many each.
        octaves: Width of a bucket.
    """

    def __init__(self, columns: Sequence[int], buckets: int, octaves: float) -> None:
        super().__init__()
        self.register_buffer("columns", torch.tensor(list(columns), dtype=torch.int64))
        self.register_buffer("centres", torch.arange(buckets, dtype=torch.float32))
        self.octaves = octaves
        self.last = float(buckets - 1)
        self.width = len(columns) * buckets

    def forward(self, dense: Tensor) -> Tensor:
        """(batch, dense) → (batch, columns · buckets)."""
        assert isinstance(self.columns, Tensor) and isinstance(self.centres, Tensor)
        v = torch.clamp(dense[:, self.columns] / self.octaves, 0.0, self.last)
        return torch.relu(1.0 - torch.abs(v.unsqueeze(2) - self.centres)).flatten(1)


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

    All experts' first layers are one product, and all gates another: x is read twice, not once an expert.

    Args:
        inputs: Width of x.
        experts: How many.
        sizes: Layers of an expert.
        tasks: How many gates.
        dropout: Behind each layer of an expert, in training.
    """

    def __init__(
        self, inputs: int, experts: int, sizes: Sequence[int], tasks: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.experts, self.tasks, self.sizes = experts, tasks, tuple(sizes)
        self.first = nn.Linear(inputs, experts * sizes[0])
        self.gates = nn.Linear(inputs, tasks * experts)
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for before, after in itertools.pairwise(sizes):
            bound = before**-0.5  # as nn.Linear begins
            self.weights.append(nn.Parameter(torch.empty(experts, before, after).uniform_(-bound, bound)))
            self.biases.append(nn.Parameter(torch.empty(experts, 1, after).uniform_(-bound, bound)))
        self.dropout = nn.Dropout(dropout)
        self.width = sizes[-1]

    def forward(self, x: Tensor) -> Tensor:
        """(batch, inputs) → (batch, tasks, width)."""
        first = self.dropout(torch.relu(self.first(x)))
        states = first.view(-1, self.experts, self.sizes[0]).transpose(0, 1)  # (experts, batch, size)
        for weight, bias in zip(self.weights, self.biases, strict=True):
            states = self.dropout(torch.relu(states @ weight + bias))
        gates = torch.softmax(self.gates(x).view(-1, self.tasks, self.experts), dim=2)
        mixed: Tensor = gates @ states.transpose(0, 1)
        return mixed


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

    def start_from(self, position: Tensor, device: Tensor, click: Tensor, strength: float = 50.0) -> None:
        """Begin with the log-odds of the click by position and device, so that little is left to learn.

        A device's rates are drawn to those of all devices by `strength` exposures. The mean is taken out: it
        is the click logit's own. Left at 0 the tower learns slower than the rest, which then learns position
        from whatever goes with it.
        """
        column = torch.clamp(position, 1, self.positions) - 1
        shown = torch.bincount(column, minlength=self.positions).float() + 1.0
        rate = (torch.bincount(column, click, self.positions) + click.mean()) / shown
        codes = len(self.logits.weight)
        of_all = rate.repeat(codes // self.positions)
        key = device * self.positions + column
        shows = torch.bincount(key, minlength=codes).float() + strength
        clicks = torch.bincount(key, click, codes) + strength * of_all
        with torch.no_grad():
            logits = torch.logit((clicks / shows).clamp(1e-4, 1 - 1e-4)).float()
            self.logits.weight.copy_((logits - logits.mean()).unsqueeze(1))

    def forward(self, position: Tensor, device: Tensor) -> Tensor:
        """1-based position (batch,) int64, device code (batch,) int64 → logit (batch,)."""
        column = torch.clamp(position, 1, self.positions) - 1
        logits: Tensor = self.logits(device * self.positions + column)
        return logits.squeeze(-1)
