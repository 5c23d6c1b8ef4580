"""Multi-head self-attention over a map of features, bounded for maps of any size."""

from __future__ import annotations

import math

from torch import Tensor, nn
from torch.nn import functional as F

from ritual.errors import BadInput


class SelfAttention(nn.Module):
    """x + W0 concat(softmax(Q K^T / sqrt(d)) V over the heads), a place of the map being an element of the sequence.

    Every place asks; what it may look at is the map averaged to at most `most` x `most` places, so that time and memory
    grow linearly with the picture (a 256 px picture is the first one that is averaged: its map has 64x64 places).

    Args:
        channels: of the map. heads: that share them. most: places along a side of what is looked at.

    Raises:
        BadInput: the heads do not share the channels evenly.

    Source: papercut paper, II.B.1, eq. 5-12; keys of an averaged map: Wang et al. (2021), Pyramid Vision Transformer.
    """

    def __init__(self, channels: int, heads: int = 4, most: int = 32) -> None:
        super().__init__()
        if heads < 1 or channels % heads:
            raise BadInput(
                f"{heads} heads cannot share {channels} channels.", hint="Try heads=4 and a width that 4 divides."
            )
        self.heads, self.most = heads, most
        self.norm = nn.GroupNorm(1, channels)
        self.queries = nn.Conv2d(channels, channels, 1, bias=False)
        # A bias of the keys moves all logits of a place alike, which softmax does not see.
        self.keys = nn.Conv2d(channels, channels, 1, bias=False)
        self.values = nn.Conv2d(channels, channels, 1, bias=False)
        self.fused = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) -> the same."""
        asked = self.norm(x)
        factor = math.ceil(max(x.shape[-2:]) / self.most)
        # `ceil_mode` lets a map whose sides the factor does not divide keep its last places.
        seen = F.avg_pool2d(asked, factor, ceil_mode=True) if factor > 1 else asked
        q, k, v = (self._apart(m) for m in (self.queries(asked), self.keys(seen), self.values(seen)))
        together = F.scaled_dot_product_attention(q, k, v)
        return x + self.fused(together.transpose(2, 3).reshape(x.shape))

    def _apart(self, x: Tensor) -> Tensor:
        """(N, C, h, w) -> (N, heads, h * w, C / heads), in the order in memory that torch's fused kernel asks for."""
        return x.reshape(len(x), self.heads, -1, x.shape[-2] * x.shape[-1]).transpose(2, 3).contiguous()
