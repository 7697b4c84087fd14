"""Query tower, item tower and their interaction. Only training imports this file: serving needs no torch.

Both sides share one word embedding (code 0 is padding). The query side runs once a request, the item side
when the index is built; only the interaction runs for each candidate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

TIERS: Final = 4
_SURE: Final = 1e-6
_MOST_DEVIATIONS: Final = 4.0  # a feature further out counts as so far: an outlier must not decide alone
_FAR: Final = -1e4  # a masked position's attention logit: e^−10000 is 0, and fp16 can hold it


@dataclass(frozen=True)
class RelevanceSize:
    """How large the model is."""

    embedding: int = 32
    kernels: tuple[int, ...] = (1, 2)
    vector: int = 32
    hidden: tuple[int, ...] = (64, 32)
    dropout: float = 0.1


class TextTower(nn.Module):
    """Convolutions over words, attention over positions, one vector of length 1.

    Args:
        embedding: The shared word embedding; code 0 is padding.
        size: How large.
    """

    def __init__(self, embedding: nn.Embedding, size: RelevanceSize) -> None:
        super().__init__()
        self.embedding = embedding
        width = size.vector
        self.convolutions = nn.ModuleList(
            nn.Conv1d(size.embedding, width, kernel, padding=kernel // 2) for kernel in size.kernels
        )
        self.attention = nn.ModuleList(nn.Linear(width, 1) for _ in size.kernels)
        self.project = nn.Linear(width * len(size.kernels), size.vector)

    def forward(self, words: Tensor) -> Tensor:
        """(batch, words) int64 → (batch, vector), rows of length 1."""
        there = (words > 0).unsqueeze(1)
        embedded = (self.embedding(words) * there.transpose(1, 2)).transpose(1, 2)
        pooled = []
        for convolution, attention in zip(self.convolutions, self.attention, strict=True):
            states = torch.tanh(convolution(embedded)[:, :, : words.shape[1]])
            logits = attention(states.transpose(1, 2)).transpose(1, 2)
            weights = torch.softmax(torch.where(there, logits, torch.full_like(logits, _FAR)), dim=2)
            pooled.append((states * weights).sum(dim=2))
        return functional.normalize(self.project(torch.cat(pooled, dim=1)), dim=1)


class ContinuationHead(nn.Module):
    """P(tier ≥ t) = Π_{s ≤ t} σ(z_s): each step up is a decision of its own (continuation ratios, Cox 1988).

    One score against three thresholds did worse: what makes a fair video good is not what makes a bad one
    fair.
    """

    def __init__(self, inputs: int, tiers: int = TIERS) -> None:
        super().__init__()
        self.steps = nn.Linear(inputs, tiers - 1)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, inputs) → P(tier ≥ 1 … 3), (batch, tiers − 1), falling along the row."""
        steps = torch.sigmoid(self.steps(x))
        reached = [steps[:, :1]]
        for step in range(1, steps.shape[1]):
            reached.append(reached[-1] * steps[:, step : step + 1])
        return torch.cat(reached, dim=1)


class Interaction(nn.Module):
    """Product and difference of the two vectors, and the match features, to tier probabilities.

    Args:
        match: Match features.
        size: How large.
    """

    def __init__(self, match: int, size: RelevanceSize) -> None:
        super().__init__()
        self.normalise = nn.BatchNorm1d(match, affine=False)
        self.scale = float(size.vector) ** 0.5  # unit vectors' products are small beside normalised features
        layers: list[nn.Module] = []
        width = 2 * size.vector + 1 + match
        for hidden in size.hidden:
            layers += [nn.Linear(width, hidden), nn.ReLU(), nn.Dropout(size.dropout)]
            width = hidden
        self.layers = nn.Sequential(*layers)
        self.head = ContinuationHead(width)

    def reached(self, query_vector: Tensor, item_vectors: Tensor, match_features: Tensor) -> Tensor:
        """P(tier ≥ 1 … 3), (items, 3); `query_vector` is (1, vector) or (items, vector)."""
        product = query_vector * item_vectors
        difference = torch.abs(query_vector - item_vectors)
        cosine = product.sum(dim=1, keepdim=True)
        match = torch.clamp(self.normalise(match_features), -_MOST_DEVIATIONS, _MOST_DEVIATIONS)
        x = torch.cat([product * self.scale, difference * self.scale, cosine, match], dim=1)
        reached: Tensor = self.head(self.layers(x))
        return reached

    def forward(self, query_vector: Tensor, item_vectors: Tensor, match_features: Tensor) -> Tensor:
        """→ probabilities of bad, fair-fair, fair-good, good, (items, 4); rows sum to 1."""
        reached = self.reached(query_vector, item_vectors, match_features)
        ends = torch.ones_like(reached[:, :1])
        return torch.cat([ends, reached], dim=1) - torch.cat([reached, torch.zeros_like(ends)], dim=1)


class SemanticHead(nn.Module):
    """Tier from the two vectors alone: what the towers are taught by, and nothing that is served.

    Without it the match features would explain the clicks and the words would learn nothing.
    """

    def __init__(self, size: RelevanceSize) -> None:
        super().__init__()
        self.scale = float(size.vector) ** 0.5
        self.layers = nn.Sequential(nn.Linear(2 * size.vector + 1, size.vector), nn.ReLU())
        self.head = ContinuationHead(size.vector)

    def forward(self, query_vectors: Tensor, item_vectors: Tensor) -> Tensor:
        """(pairs, vector) each → P(tier ≥ 1 … 3), (pairs, 3)."""
        product = query_vectors * item_vectors
        difference = torch.abs(query_vectors - item_vectors)
        cosine = product.sum(dim=1, keepdim=True)
        x = torch.cat([product * self.scale, difference * self.scale, cosine], dim=1)
        reached: Tensor = self.head(self.layers(x))
        return reached


class RelevanceModel(nn.Module):
    """The whole, as it is trained.

    Args:
        vocabulary: Word codes, padding 0 included.
        match: Match features.
        size: How large.
    """

    def __init__(self, vocabulary: int, match: int, size: RelevanceSize | None = None) -> None:
        super().__init__()
        size = size or RelevanceSize()
        self.size = size
        self.words = nn.Embedding(vocabulary, size.embedding, padding_idx=0)
        nn.init.normal_(self.words.weight, std=0.1)
        with torch.no_grad():
            self.words.weight[0].zero_()
        self.query_tower = TextTower(self.words, size)
        self.item_tower = TextTower(self.words, size)
        self.interaction = Interaction(match, size)

    def forward(self, query_words: Tensor, item_words: Tensor, match_features: Tensor) -> Tensor:
        """(pairs, query words), (pairs, item words), (pairs, match) → P(tier ≥ 1 … 3), (pairs, 3)."""
        return self.interaction.reached(
            self.query_tower(query_words), self.item_tower(item_words), match_features
        )


def ordinal_loss(reached: Tensor, tier: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean cross-entropy of P(tier ≥ t) against (tier ≥ t) over t = 1, 2, 3 (Frank & Hall, 2001).

    Args:
        reached: (pairs, 3).
        tier: (pairs,) int64, 0–3.
        weight: (pairs,), 1 if left out.
    """
    steps: Sequence[int] = range(1, reached.shape[1] + 1)
    target = (tier.unsqueeze(1) >= torch.tensor(list(steps))).float()
    sure = torch.clamp(reached, _SURE, 1 - _SURE)
    each = functional.binary_cross_entropy(sure, target, reduction="none").mean(dim=1)
    return each.mean() if weight is None else (each * weight).sum() / weight.sum()
