"""Residual blocks without norms, and EDSR, which enlarges by them."""

from __future__ import annotations

import math

from torch import Tensor, nn


class PlainBlock(nn.Module):
    """x + two 3x3 convolutions with a ReLU between them; no norm, which would take the range of values away.

    Source: Lim et al. (2017), Enhanced deep residual networks for single image super-resolution, Figure 2c.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1), nn.ReLU(), nn.Conv2d(width, width, 3, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class EdsrNetwork(nn.Module):
    """(N, 3, H, W) -> (N, 3, kH, kW): all at low resolution, then convolutions whose channels become pixels.

    Source: Lim et al. (2017) §3.3: EDSR-baseline is 16 blocks of 64 channels, without scaling of residuals.
    """

    def __init__(self, width: int, blocks: int, scale: int) -> None:
        super().__init__()
        self.head = nn.Conv2d(3, width, 3, 1, 1)
        self.body = nn.Sequential(*(PlainBlock(width) for _ in range(blocks)), nn.Conv2d(width, width, 3, 1, 1))
        doublings = int(math.log2(scale))
        self.tail = nn.Sequential(
            *(nn.Sequential(nn.Conv2d(width, 4 * width, 3, 1, 1), nn.PixelShuffle(2)) for _ in range(doublings)),
            nn.Conv2d(width, 3, 3, 1, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.head(x)
        return self.tail(x + self.body(x))
