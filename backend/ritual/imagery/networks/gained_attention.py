"""Self-attention over the places of a map of features."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class GainedAttention(nn.Module):
    """Each place looks at all places; what it sees is added with a gain that is learnt, 0 at first.

    F' = F + gain AV with A = softmax(QK^T / sqrt(d_k)), and 1x1 convolutions of F for Q, K, V.

    Source: eq. 13 of R §3.3.3 (Li and Liu 2025); d_k = C/8, V of C/2 channels with a convolution back to C, and the
    gain are those of Zhang et al. (2019), Self-attention generative adversarial networks: R leaves them open.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.q = nn.Conv2d(channels, max(channels // 8, 1), 1, bias=False)
        self.k = nn.Conv2d(channels, max(channels // 8, 1), 1, bias=False)
        self.v = nn.Conv2d(channels, max(channels // 2, 1), 1, bias=False)
        self.out = nn.Conv2d(max(channels // 2, 1), channels, 1, bias=False)
        self.gain = nn.Parameter(torch.zeros(()))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, h, w) -> features of the same shape, and (N, hw, hw) the attention: rows that sum to 1."""
        q, k, v = (layer(features).flatten(2) for layer in (self.q, self.k, self.v))
        attention = (q.transpose(1, 2) @ k / math.sqrt(k.shape[1])).softmax(-1)
        seen = (v @ attention.transpose(1, 2)).unflatten(2, features.shape[2:])
        return features + self.gain * self.out(seen), attention


def drawn_by(attention: Tensor, shape: tuple[int, int]) -> Tensor:
    """How much of all attention each place draws: (N, hw, hw) -> (N, 1, h, w), each picture's sum 1."""
    return attention.mean(1).unflatten(1, (1, *shape))
