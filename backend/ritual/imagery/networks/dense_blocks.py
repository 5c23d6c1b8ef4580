"""A converter of dense blocks: every layer reads what all before it have made."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ritual.imagery.networks.blocks import conv


class DenseBlock(nn.Module):
    """Layers that each add `growth` channels to all that came before, then a 1x1 convolution back to the block's width,
    beside a shortcut: without one, a row of blocks forgot what went in, and learnt slower than residual blocks.

    Args:
        channels: in and out. growth: channels of a layer; None = half of `channels`. layers: of them.

    Source: Huang et al. (2017), Densely connected networks, eq. 2; the shortcut: Zhang et al. (2018), Residual dense
    network, eq. 6; in a translator: artworks paper, generator F.
    """

    def __init__(self, channels: int, norm: str = "instance", growth: int | None = None, layers: int = 4) -> None:
        super().__init__()
        growth = growth or channels // 2
        self.layers = nn.ModuleList(conv(channels + n * growth, growth, 3, norm=norm) for n in range(layers))
        self.transition = conv(channels + layers * growth, channels, 1, norm=norm, rectify=False)

    def forward(self, x: Tensor) -> Tensor:
        known = x
        for layer in self.layers:
            known = torch.cat([known, layer(known)], 1)
        return x + self.transition(known)


def dense_blocks(channels: int, count: int, norm: str) -> nn.Module:
    """A converter of dense blocks."""
    return nn.Sequential(*(DenseBlock(channels, norm) for _ in range(count)))
