"""A U-Net that restores: it says what is lost in a picture, and paints it."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from ritual.imagery.networks.attention import SelfAttention
from ritual.imagery.networks.enlarging import PlainBlock

DEPTHS = (1, 2, 4, 4)  # times the width, at the full side, its half, fourth and eighth
CALM = 0.2  # of a residual block's last weights at first: ten blocks in a row would double the variance ten times
LOOKED_AT = 16  # rows and columns of the places that can be looked at, however large the picture


class Restorer(nn.Module):
    """(N, 3, H, W) -> (N, 3, H, W), H and W multiples of 8: x where it is whole, what was painted where it is lost.

    Where it is lost is told apart from what belongs there: left to the difference of pixels alone, a network that adds
    to x stays with adding nothing, which is right for most pixels (docs/decisions/0036).

    No norms: a norm over a picture would let a hole in one corner change the colour of all the rest. At the eighth of
    the side every place looks at the whole picture (`SelfAttention`): what is gone here may be repeated there.

    Source: Ronneberger et al. (2015), U-Net, with the plain residual blocks of EDSR.
    """

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        channels = [width * n for n in DEPTHS]
        self.see = nn.Conv2d(3, width, 3, 1, 1)
        self.down = nn.ModuleList()
        self.up = nn.ModuleList()
        for n, (fine, coarse) in enumerate(pairwise(channels)):
            self.down.append(nn.Sequential(PlainBlock(fine) if n else nn.Identity(), nn.Conv2d(fine, coarse, 4, 2, 1)))
            self.up.append(nn.Sequential(nn.Conv2d(coarse + fine, fine, 3, 1, 1), nn.ReLU(), PlainBlock(fine)))
        self.inside = nn.Sequential(*(PlainBlock(channels[-1]) for _ in range(blocks)))
        self.attend = SelfAttention(channels[-1], most=LOOKED_AT)
        self.paint = nn.Conv2d(width, 4, 3, 1, 1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for module in self.modules():
            if isinstance(module, PlainBlock):
                module.body[-1].weight.data.mul_(CALM)
        nn.init.normal_(self.paint.weight, 0, 0.01)
        nn.init.constant_(self.paint.bias[3:], -3)  # at first next to nothing is lost

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The restored picture; what would be painted everywhere, (N, 3, H, W) both; logits of what is lost,
        (N, 1, H, W)."""
        seen = [self.see(x)]
        for down in self.down:
            seen.append(down(seen[-1]).relu())
        y = self.inside(self.attend(seen.pop()))
        for up in reversed(self.up):
            y = up(torch.cat([interpolate(y, scale_factor=2, mode="bilinear"), seen.pop()], 1))
        painted, lost = self.paint(y).split((3, 1), 1)
        return x + lost.sigmoid() * (painted - x), painted, lost
