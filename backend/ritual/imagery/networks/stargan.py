"""StarGAN's discriminator: one trunk that says whether a picture is real and to which domain it belongs."""

from __future__ import annotations

import math
from itertools import pairwise

from torch import Tensor, nn

_SMALLEST = 4  # places along a side of the deepest map


class DomainDiscriminator(nn.Module):
    """4x4 convolutions with stride 2 down to a map of 4x4 places, without normalisation, and two heads.

    Args:
        width: channels after the first convolution; they double up to eightfold. side: of the pictures [px].
        domains: how many.

    Source: Choi et al. (2018), StarGAN, table 5 (2048 channels there; eight widths here).
    """

    def __init__(self, width: int, side: int, domains: int = 2) -> None:
        super().__init__()
        halvings = max(2, int(math.log2(side / _SMALLEST)))
        sizes = [3, *(width * min(2**n, 8) for n in range(halvings))]
        parts: list[nn.Module] = []
        for before, after in pairwise(sizes):
            parts += [nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(0.01)]
        self.trunk = nn.Sequential(*parts)
        self.real = nn.Conv2d(sizes[-1], 1, 3, 1, 1, bias=False)
        self.domain = nn.Conv2d(sizes[-1], domains, side // 2**halvings, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, S, S) -> answers (N, 1, h, w), larger = more real; logits of the domains (N, domains)."""
        y = self.trunk(x)
        return self.real(y), self.domain(y).flatten(1)
