"""Taking out of a channel what is not its own, in closed form (docs/decisions/0028).

Of all affine maps that leave no linear probe anything to read of a label, one moves the features least: LEACE
(Belrose et al. 2023). It is used within a class that the channel may tell: out of the visual channel goes what tells
the concepts of one form apart, out of the semantic channel what tells the forms of one concept apart. What form says
of a concept, or a concept of its form, stays; so does what tells little (a canonical correlation under 0.4).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_RIDGE = 1e-3  # of the mean variance: directions without variance are not blown up
_TELLS = 0.4  # canonical correlation from which a direction is taken out


class Erasure(nn.Module):
    """x -> x - P (x - mean); nothing until it is fitted.

    Attributes (buffers):
        mean: (D,). taken: (D, D) the projection P.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("taken", torch.zeros(width, width))

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., D)."""
        return x - (x - self.mean) @ self.taken.mT

    @torch.no_grad()
    def fit(self, features: Tensor, own: Tensor, foreign: Tensor) -> None:
        """Find what tells `foreign` apart among features that are alike in `own`.

        Args:
            features: (N, D), before any erasure. own, foreign: (N,) label indices.
        """
        x = features.detach().cpu().double()
        mean = x.mean(0)
        x = _within(x, own)
        z = _within(F.one_hot(foreign).double(), own)
        (white, colour), (white_z, _) = _whitening(x), _whitening(z)
        left, correlation, _ = torch.linalg.svd(white @ (x.T @ z / len(x)) @ white_z, full_matrices=False)
        told = left[:, correlation > _TELLS]
        self.mean, self.taken = mean.to(self.mean), (colour @ told @ told.mT @ white).to(self.taken)


def _whitening(x: Tensor) -> tuple[Tensor, Tensor]:
    """The symmetric maps that give rows unit covariance, and back."""
    variance = x.T @ x / len(x)
    variance += _RIDGE * variance.diagonal().mean() * torch.eye(len(variance), dtype=x.dtype)
    value, vector = torch.linalg.eigh(variance)
    return vector @ (value.rsqrt()[:, None] * vector.mT), vector @ (value.sqrt()[:, None] * vector.mT)


def _within(rows: Tensor, labels: Tensor) -> Tensor:
    """Each row less the mean of its label's rows."""
    count = int(labels.max()) + 1
    sums = torch.zeros(count, rows.shape[1], dtype=rows.dtype).index_add_(0, labels, rows)
    many = torch.bincount(labels, minlength=count).clamp_min(1)[:, None]
    return rows - (sums / many)[labels]
