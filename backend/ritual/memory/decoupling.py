"""What keeps meaning out of the visual channel and form out of the semantic one (docs/decisions/0028).

An adversary is told what is allowed to be known (the form) and tries to guess the rest (the concept) from the
channel; the gradient that would help it is turned round before it reaches the channel. What form itself says of a
concept stays; anything beyond it is unlearned.

Source: gradient reversal after Ganin & Lempitsky (2015); conditional on the allowed label as in conditional
adversarial adaptation (Long et al. 2018).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F


class _Reversed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, strength: float) -> Tensor:
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor, None]:
        return -ctx.strength * gradient, None


def reversed_gradient(x: Tensor, strength: float) -> Tensor:
    """x itself; its gradient comes back times -strength."""
    return _Reversed.apply(x, strength)


class Adversary(nn.Module):
    """Guesses `hidden` of a feature and the label that the feature may tell.

    Args:
        width: length of the feature. allowed, hidden: how many labels there are of each.
    """

    def __init__(self, width: int, allowed: int, hidden: int) -> None:
        super().__init__()
        self.allowed = allowed
        self.guess = nn.Sequential(nn.Linear(width + allowed, 256), nn.ELU(), nn.Linear(256, hidden))

    def loss(self, feature: Tensor, allowed: Tensor, hidden: Tensor, strength: float) -> Tensor:
        """(B,) cross entropy of the guess [nats]; minimising it teaches the adversary and blinds the channel.

        Args:
            feature: (B, width). allowed, hidden: (B,) labels.
        """
        told = F.one_hot(allowed, self.allowed).to(feature)
        seen = torch.cat([reversed_gradient(feature, strength), told], 1)
        return F.cross_entropy(self.guess(seen), hidden, reduction="none")
