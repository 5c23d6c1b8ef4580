"""The U-Net of pix2pix: down to one place, up again, each level beside its like."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ritual.imagery.networks.blocks import norm_of


class UNet(nn.Module):
    """4x4 convolutions with stride 2 down, their transposes up, skips between equal sizes.

    Args:
        width: channels after the first. side: of the pictures learnt from [px]; the deepest map is then 1x1 (at most 8
            levels). norm: instance, batch or none. dropout: of the three deepest levels upward.

    Source: Isola et al. (2017), pix2pix, §3.2 and §6.1.1. Dropout rests in `eval()`, so that a picture translates alike
    every time.
    """

    def __init__(self, width: int, side: int, norm: str = "instance", dropout: float = 0.5) -> None:
        super().__init__()
        depth = min(8, int(math.log2(side)))
        self.multiple = 2**depth
        sizes = [width * min(2**n, 8) for n in range(depth)]
        self.down = nn.ModuleList(
            # The first level and the deepest one, whose map may be one place, go without normalisation.
            _down(3 if n == 0 else sizes[n - 1], sizes[n], "none" if n in (0, depth - 1) else norm, first=n == 0)
            for n in range(depth)
        )
        self.up = nn.ModuleList(
            _up(
                sizes[n] * (1 if n == depth - 1 else 2),
                sizes[n - 1],
                norm,
                dropout if depth - 4 <= n < depth - 1 else 0,
            )
            for n in range(depth - 1, 0, -1)
        )
        self.picture = nn.Sequential(nn.ReLU(), nn.ConvTranspose2d(2 * width, 3, 4, 2, 1), nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1 -> the same; sides that are no multiple of 2^levels are continued and cut off again."""
        height, width = x.shape[-2:]
        right, below = -width % self.multiple, -height % self.multiple
        y = F.pad(x, (0, right, 0, below), mode="replicate") if right or below else x
        levels = [y := down(y) for down in self.down]
        y = levels.pop()
        for climb in self.up:
            y = torch.cat([climb(y), levels.pop()], 1)
        return self.picture(y)[..., :height, :width]


def _down(inside: int, outside: int, norm: str, first: bool) -> nn.Module:
    convolution = nn.Conv2d(inside, outside, 4, 2, 1, bias=norm == "none")
    return nn.Sequential(*([] if first else [nn.LeakyReLU(0.2)]), convolution, norm_of(norm, outside))


def _up(inside: int, outside: int, norm: str, dropout: float) -> nn.Module:
    convolution = nn.ConvTranspose2d(inside, outside, 4, 2, 1, bias=norm == "none")
    return nn.Sequential(nn.ReLU(), convolution, norm_of(norm, outside), *([nn.Dropout(dropout)] if dropout else []))
