"""Losses over the whole exposure space, and their balance. Only training imports this file."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def click_loss(logit: Tensor, click: Tensor) -> Tensor:
    """Mean binary cross-entropy over all exposures; (batch,) each."""
    return functional.binary_cross_entropy_with_logits(logit, click)


def joint_loss(click_logit: Tensor, given_logit: Tensor, joint: Tensor) -> Tensor:
    """Mean cross-entropy of p(click) · p(given | click) against click ∧ given, over all exposures.

    ESMM (Ma et al., SIGIR 2018, eq. 3): the second factor is never trained on clicked rows alone.
    In logarithms: log p = log σ(a) + log σ(b); log(1 − p) by the stable log1mexp.
    """
    log_p = functional.logsigmoid(click_logit) + functional.logsigmoid(given_logit)
    log_p = torch.clamp(log_p, max=-1e-6)
    return -(joint * log_p + (1 - joint) * _log1mexp(log_p)).mean()


def watch_loss(logit: Tensor, ratio: Tensor, click: Tensor) -> Tensor:
    """Cross-entropy of σ(logit) against the share watched in [0, 1], over clicked rows; (batch,) each.

    A proper loss for a mean in [0, 1]; without a click nothing was watched and nothing is learnt.
    """
    each = functional.binary_cross_entropy_with_logits(logit, ratio, reduction="none")
    return (each * click).sum() / torch.clamp(click.sum(), min=1.0)


def _log1mexp(x: Tensor) -> Tensor:
    """log(1 − eˣ) for x < 0 (Mächler, 2012): two forms, each exact in its half."""
    near = torch.log(-torch.expm1(torch.clamp(x, min=-0.6931472)))
    far = torch.log1p(-torch.exp(torch.clamp(x, max=-0.6931472)))
    return torch.where(x > -0.6931472, near, far)


class UncertaintyWeighting(nn.Module):
    """Σ e^(−s) L + s / 2 with a learnt s = log σ² a task (Kendall et al., CVPR 2018, eq. 7)."""

    def __init__(self, tasks: int) -> None:
        super().__init__()
        self.log_variance = nn.Parameter(torch.zeros(tasks))

    def forward(self, losses: Sequence[Tensor]) -> Tensor:
        """One loss a task → the balanced sum."""
        stacked = torch.stack(list(losses))
        return (torch.exp(-self.log_variance) * stacked + 0.5 * self.log_variance).sum()
