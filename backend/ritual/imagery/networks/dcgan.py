"""The convolutional networks of synthesis: noise -> picture, and their mirror, picture -> judgement.

Source: R Tables 2 and 3 (Li and Liu 2025), after Radford et al. (2016), Unsupervised representation learning with deep
convolutional generative adversarial networks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from ritual.imagery.networks.gained_attention import GainedAttention, drawn_by

WIDEST = 8  # times the width: 512 channels at R's 64


def widths(side: int, width: int) -> list[int]:
    """Channels of the maps from the smallest to that of half the side: 512, 256, 128, 64 at 64 px and width 64.

    A picture twice as large has one map more; none is wider than eight times the width.
    """
    count = int(math.log2(side // 4))
    return [width * min(WIDEST, 2**n) for n in reversed(range(count))]


class Generator(nn.Module):
    """Noise -> picture: a dense layer, then transposed convolutions that double the side (R Table 2).

    With `attention` the map in the middle (16 x 16 at 64 px) attends to itself before it grows on.
    """

    def __init__(self, side: int, width: int, latent: int, attention: bool) -> None:
        super().__init__()
        channels = widths(side, width)
        self.start = side >> len(channels)
        self.dense = nn.Linear(latent, channels[0] * self.start**2)
        self.grow = nn.ModuleList(_grown(a, b) for a, b in pairwise(channels))
        self.middle = len(channels) // 2 - 1
        self.attention = GainedAttention(channels[self.middle + 1]) if attention else None
        self.paint = nn.ConvTranspose2d(channels[-1], 3, 4, 2, 1)
        self.apply(begin)

    def forward(self, noise: Tensor) -> tuple[Tensor, Tensor | None]:
        """(N, latent) -> (N, 3, S, S) in -1..1, and (N, 1, h, w) how much attention each place draws, if any does."""
        x = self.dense(noise).unflatten(1, (-1, self.start, self.start)).relu()
        drawn = None
        for n, grow in enumerate(self.grow):
            x = grow(x)
            if n == self.middle and self.attention is not None:
                shape = x.shape[2:]
                x, attention = self.attention(x)
                drawn = drawn_by(attention, shape)
        return self.paint(x).tanh(), drawn


class Discriminator(nn.Module):
    """Picture -> how real it is (a logit): the generator mirrored, LeakyReLU 0.2 (R Table 3).

    Args:
        bounded: spectral norms on every layer, beside the batch norms (decision 0036).
        details: a second judgement, of each place of the map that is as large as the generator's middle one.
    """

    def __init__(self, side: int, width: int, bounded: bool, details: bool) -> None:
        super().__init__()
        channels = widths(side, width)[::-1]
        bound = spectral_norm if bounded else lambda layer: layer
        self.shrink = nn.ModuleList(
            nn.Sequential(
                bound(nn.Conv2d(a, b, 4, 2, 1)),
                nn.BatchNorm2d(b) if n else nn.Identity(),
                nn.LeakyReLU(0.2),
            )
            for n, (a, b) in enumerate(zip([3, *channels], channels, strict=False))
        )
        self.middle = len(channels) - len(channels) // 2 - 1
        self.details = _judge_of_places(channels[self.middle], bound) if details else None
        self.length = channels[-1] * (side >> len(channels)) ** 2
        self.dense = bound(nn.Linear(self.length, 1))
        self.apply(begin)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
        """(N, 3, S, S) -> logits (N,), those of details (N, 1, h, w) if it judges them, features (N, length)."""
        x, details = pictures, None
        for n, shrink in enumerate(self.shrink):
            x = shrink(x)
            if n == self.middle and self.details is not None:
                details = self.details(x)
        features = x.flatten(1)
        return self.dense(features)[:, 0], details, features


def _judge_of_places(channels: int, bound: Callable[[nn.Module], nn.Module]) -> nn.Sequential:
    """(N, C, h, w) -> logits (N, 1, h, w), by each place's surroundings.

    A layer alone would not do: batch norms give real and made pictures, each batch by itself, one mean and one
    variance, so that a sum of channels says the same of both.
    """
    look, judge = nn.Conv2d(channels, channels, 3, padding=1), nn.Conv2d(channels, 1, 1)
    return nn.Sequential(bound(look), nn.LeakyReLU(0.2), bound(judge))


def begin(layer: nn.Module) -> None:
    """Radford et al.'s beginning: weights from N(0, 0.02), batch norms from N(1, 0.02)."""
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Conv3d | nn.ConvTranspose3d | nn.Linear):
        nn.init.normal_(layer.weight, 0.0, 0.02)
    elif isinstance(layer, nn.BatchNorm2d | nn.BatchNorm3d):
        nn.init.normal_(layer.weight, 1.0, 0.02)


def _grown(inside: int, outside: int) -> nn.Sequential:
    return nn.Sequential(nn.ConvTranspose2d(inside, outside, 4, 2, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU())
