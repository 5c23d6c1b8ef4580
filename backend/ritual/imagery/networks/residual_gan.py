"""Residual networks without norms for synthesis: noise -> picture and picture -> judgement.

A stage is a resampling (bilinear) and residual blocks of an inverted bottleneck with a grouped convolution. Nothing is
normed, so each block begins as the identity (its last convolution is 0) and the others begin small (Fixup).

Source: Huang et al. (2025), The GAN is dead; long live the GAN! A modern baseline GAN, §4 (configuration E); written
from the paper, made small.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu

GROUP = 16  # channels of a group of the 3x3 convolutions
SPREAD = 2  # times as wide inside a block


class Block(nn.Module):
    """x + 1x1, grouped 3x3 and 1x1 convolutions of x, twice as wide inside."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        inside = SPREAD * width
        self.spread = nn.Conv2d(width, inside, 1)
        self.look = nn.Conv2d(inside, inside, 3, 1, 1, groups=max(inside // GROUP, 1))
        self.gather = nn.Conv2d(inside, width, 1, bias=False)
        _begin(self.spread, depth**-0.25)
        _begin(self.look, depth**-0.25)
        nn.init.zeros_(self.gather.weight)

    def forward(self, x: Tensor) -> Tensor:
        y = leaky_relu(self.spread(x), 0.2)
        return x + self.gather(leaky_relu(self.look(y), 0.2))


class ResidualGenerator(nn.Module):
    """Noise scales a 4 x 4 map that is learnt; stages double it."""

    def __init__(self, channels: list[int], start: int, blocks: int, latent: int) -> None:
        super().__init__()
        self.basis = nn.Parameter(torch.randn(1, channels[0], start, start))
        self.scale = _begin(nn.Linear(latent, channels[0], bias=False))
        depth = 2 * blocks * len(channels)
        self.stages = nn.ModuleList(_stage(a, b, blocks, depth) for a, b in _neighbours(channels))
        self.paint = _begin(nn.Conv2d(channels[-1], 3, 1))

    def forward(self, noise: Tensor) -> Tensor:
        """(N, latent) -> (N, 3, S, S), near -1..1."""
        x = self.basis * self.scale(noise)[:, :, None, None]
        for n, stage in enumerate(self.stages):
            x = stage(interpolate(x, scale_factor=2, mode="bilinear") if n else x)
        return self.paint(x)


class ResidualDiscriminator(nn.Module):
    """The generator mirrored."""

    def __init__(self, channels: list[int], start: int, blocks: int) -> None:
        super().__init__()
        depth = 2 * blocks * len(channels)
        self.see = _begin(nn.Conv2d(3, channels[-1], 1))
        self.stages = nn.ModuleList(_stage(a, b, blocks, depth) for a, b in _neighbours(channels[::-1]))
        self.basis = _begin(nn.Conv2d(channels[0], channels[0], start, groups=channels[0], bias=False))
        self.judge = _begin(nn.Linear(channels[0], 1, bias=False))

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S) -> (N,) scores; only their differences mean something."""
        x = self.see(pictures)
        for n, stage in enumerate(self.stages):
            x = stage(interpolate(x, scale_factor=0.5, mode="bilinear") if n else x)
        return self.judge(self.basis(x).flatten(1))[:, 0]


def _neighbours(channels: list[int]) -> list[tuple[int, int]]:
    return list(zip([channels[0], *channels], channels, strict=False))


def _stage(inside: int, width: int, blocks: int, depth: int) -> nn.Sequential:
    change = nn.Identity() if inside == width else _begin(nn.Conv2d(inside, width, 1, bias=False))
    return nn.Sequential(change, *(Block(width, depth) for _ in range(blocks)))


def _begin(layer: nn.Conv2d | nn.Linear, gain: float = 1.0) -> nn.Module:
    """Weights that keep the variance, times a gain; no bias."""
    nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")
    with torch.no_grad():
        layer.weight.mul_(gain)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
