"""P's generator turned to enlargement: encoder, multi-head self-attention, converter, bilinear decoder."""

from __future__ import annotations

import math

from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, interpolate, max_pool2d, scaled_dot_product_attention

from ritual.imagery.networks.enlarging import PlainBlock

HEADS = 4
LOOKED_AT = 16  # rows and columns of the places that can be looked at, however large the picture
NEAR = 5  # px, side of the neighbourhood whose darkest and lightest colours bound an edge


class BoundedAttention(nn.Module):
    """Multi-head self-attention of every place to a picture summed up in 16 x 16 places; gain learnt, 0 at first.

    So a picture of any size costs memory in proportion to its pixels, not to their square.

    Source: P eq. 5-12 (Lin, Zeng and Wang 2025); that K and V are averaged over squares is ours.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.q = nn.Conv2d(channels, channels, 1)
        self.kv = nn.Conv2d(channels, 2 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) -> (N, C, h, w)."""
        summed = adaptive_avg_pool2d(x, (min(LOOKED_AT, x.shape[2]), min(LOOKED_AT, x.shape[3])))
        q, (k, v) = _heads(self.q(x)), (_heads(half) for half in self.kv(summed).chunk(2, 1))
        seen = scaled_dot_product_attention(q, k, v)
        return x + self.out(seen.transpose(2, 3).flatten(1, 2).unflatten(2, x.shape[2:]))


class PapercutEnlarger(nn.Module):
    """(N, 3, H, W) -> (N, 3, kH, kW), H and W even."""

    def __init__(self, width: int, blocks: int, scale: int) -> None:
        super().__init__()
        self.scale = scale
        self.see = nn.Sequential(nn.Conv2d(3, width, 3, 1, 1), nn.ReLU())
        self.encode = nn.Sequential(nn.Conv2d(width, 2 * width, 3, 2, 1), nn.ReLU())
        self.attend = BoundedAttention(2 * width)
        self.convert = nn.Sequential(*(PlainBlock(2 * width) for _ in range(blocks)))
        self.decode = nn.Conv2d(2 * width, width, 3, 1, 1)
        self.refine = nn.Sequential(nn.ReLU(), PlainBlock(width))
        grown = max(width // 2, 8)
        steps = int(math.log2(scale))
        self.grow = nn.ModuleList(nn.Conv2d(width if n == 0 else grown, grown, 3, 1, 1) for n in range(steps))
        self.paint = nn.Conv2d(grown, 3, 3, 1, 1)
        nn.init.zeros_(self.paint.weight)
        nn.init.zeros_(self.paint.bias)
        self.finish = "C"

    def forward(self, x: Tensor) -> Tensor:
        seen = self.see(x)
        y = self.convert(self.attend(self.encode(seen)))
        y = self.refine(self.decode(_twice(y)) + seen)
        for layer in self.grow:
            y = layer(_twice(y)).relu()
        y = self.paint(y)
        base = interpolate(x, scale_factor=self.scale, mode="bicubic")
        if self.finish == "A":
            return base + y
        high, low = max_pool2d(x, NEAR, 1, NEAR // 2), -max_pool2d(-x, NEAR, 1, NEAR // 2)
        half = interpolate((high - low) / 2, scale_factor=self.scale, mode="bilinear")
        if self.finish == "B":
            return base + half * y
        middle = interpolate((high + low) / 2, scale_factor=self.scale, mode="bilinear")
        if self.finish == "C":
            return middle + half * ((base - middle) / (half + 1e-2) * 1.5 + y).tanh()
        if self.finish == "D":
            return middle + 1.25 * half * ((base - middle) / (half + 1e-2) + y).tanh()
        if self.finish == "E":
            return base + half * y.tanh()
        if self.finish == "F":
            return (base + half * y).maximum(middle - half).minimum(middle + half)


def _heads(x: Tensor) -> Tensor:
    """(N, C, h, w) -> (N, heads, hw, C / heads)."""
    return x.unflatten(1, (HEADS, -1)).flatten(3).transpose(2, 3)


def _twice(x: Tensor) -> Tensor:
    return interpolate(x, scale_factor=2, mode="bilinear")
