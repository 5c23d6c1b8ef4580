"""P's generator turned to enlargement: encoder, multi-head self-attention, converter, bilinear decoder."""

from __future__ import annotations

import math

from torch import Tensor, nn
from torch.nn.functional import interpolate, max_pool2d

from ritual.imagery.networks.attention import SelfAttention
from ritual.imagery.networks.enlarging import PlainBlock

LOOKED_AT = 16  # rows and columns of the places that can be looked at, however large the picture
NEAR = 5  # px, side of the neighbourhood whose darkest and lightest colours bound an edge
SHARP = 1.5  # how much steeper than bicubic an edge is before anything is learnt
LEAST = 0.01  # contrast below which nothing is an edge


class PapercutEnlarger(nn.Module):
    """(N, 3, H, W) -> (N, 3, kH, kW), H and W even, in -1..1 where the input is.

    A paper-cut is sheet or ground, and both colours stand near each edge in the small picture. So the network does not
    paint colours: it says where between the darkest and the lightest colour nearby a pixel lies, beginning with where
    bicubic enlargement puts it, and a tanh draws it to either end. Edges come out crisp, and a flat colour stays
    exactly what it is (decision 0036).

    Source: P §II.B, Figure and eq. 5-15: encoder, attention, converter (residual blocks), bilinear decoder. The blocks
    have no norms, as EDSR's; the link past the converter and the last paragraph are ours.
    """

    def __init__(self, width: int, blocks: int, scale: int) -> None:
        super().__init__()
        self.scale = scale
        self.see = nn.Sequential(nn.Conv2d(3, width, 3, 1, 1), nn.ReLU())
        self.encode = nn.Sequential(nn.Conv2d(width, 2 * width, 3, 2, 1), nn.ReLU())
        self.attend = SelfAttention(2 * width, most=LOOKED_AT)
        self.convert = nn.Sequential(*(PlainBlock(2 * width) for _ in range(blocks)))
        self.decode = nn.Conv2d(2 * width, width, 3, 1, 1)
        self.refine = nn.Sequential(nn.ReLU(), PlainBlock(width))
        grown = max(width // 2, 8)
        steps = range(int(math.log2(scale)))
        self.grow = nn.ModuleList(nn.Conv2d(grown if n else width, grown, 3, 1, 1) for n in steps)
        self.place = nn.Conv2d(grown, 3, 3, 1, 1)
        nn.init.zeros_(self.place.weight)
        nn.init.zeros_(self.place.bias)

    def forward(self, x: Tensor) -> Tensor:
        seen = self.see(x)
        y = self.convert(self.attend(self.encode(seen)))
        y = self.refine(self.decode(_twice(y)) + seen)
        for layer in self.grow:
            y = layer(_twice(y)).relu()
        return self._between(x, self.place(y))

    def _between(self, x: Tensor, further: Tensor) -> Tensor:
        """Colours between the extremes near each pixel: where bicubic puts it, and so much `further`."""
        light, dark = max_pool2d(x, NEAR, 1, NEAR // 2), -max_pool2d(-x, NEAR, 1, NEAR // 2)
        half, middle = (
            interpolate(part, scale_factor=self.scale, mode="bilinear")
            for part in ((light - dark) / 2, (light + dark) / 2)
        )
        place = (interpolate(x, scale_factor=self.scale, mode="bicubic") - middle) / (half + LEAST)
        return middle + half * (SHARP * place + further).tanh()


def _twice(x: Tensor) -> Tensor:
    return interpolate(x, scale_factor=2, mode="bilinear")
