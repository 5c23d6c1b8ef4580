"""U-GAT-IT's networks: what an auxiliary classifier attends to, and a normalisation that learns what it is."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from ritual.imagery.networks.blocks import Residual, conv, to_picture

_RESIDUALS = 4


class LayerInstanceNorm(nn.Module):
    """rho * instance-normalised + (1 - rho) * layer-normalised, then scaled and shifted, by own weights or given ones.

    Args:
        rho: at the start; it stays in 0..1. own: whether scale and shift are weights of this layer (ILN), or come with
            each call (AdaLIN).

    Source: Kim et al. (2020), U-GAT-IT, eq. 1-2.
    """

    def __init__(self, channels: int, rho: float, own: bool) -> None:
        super().__init__()
        self.rho = nn.Parameter(torch.full((1, channels, 1, 1), rho))
        self.scale = nn.Parameter(torch.ones(1, channels, 1, 1)) if own else None
        self.shift = nn.Parameter(torch.zeros(1, channels, 1, 1)) if own else None

    def forward(self, x: Tensor, scale: Tensor | None = None, shift: Tensor | None = None) -> Tensor:
        """(N, C, h, w) and, for AdaLIN, (N, C) each -> (N, C, h, w)."""
        if self.training:  # where the optimiser has left the range: clamped after the sum, it would have no way back
            self.rho.data.clamp_(0, 1)
        mixed = self.rho * F.instance_norm(x) + (1 - self.rho) * F.group_norm(x, 1)
        if self.scale is not None:
            return mixed * self.scale + self.shift
        return mixed * scale[:, :, None, None] + shift[:, :, None, None]


class Attended(nn.Module):
    """Class activation map: a classifier on mean and maximum whose weights say which channels matter.

    Source: U-GAT-IT §2.1.1 (generator), §2.1.2 (discriminator).
    """

    def __init__(self, channels: int, spectral: bool = False, slope: float = 0.0) -> None:
        super().__init__()
        normed = spectral_norm if spectral else (lambda layer: layer)
        self.of_mean, self.of_most = (normed(nn.Linear(channels, 1, bias=False)) for _ in range(2))
        self.joined = nn.Conv2d(2 * channels, channels, 1)
        self.slope = slope

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, h, w) -> the same, attended; logits (N, 2) of the classifier."""
        logits = torch.cat([self.of_mean(x.mean((2, 3))), self.of_most(x.amax((2, 3)))], 1)
        heard = [x * layer.weight[0, :, None, None] for layer in (self.of_mean, self.of_most)]
        return F.leaky_relu(self.joined(torch.cat(heard, 1)), self.slope), logits


class AdaptiveResidual(nn.Module):
    """Two convolutions with AdaLIN beside a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False, padding_mode="reflect") for _ in range(2)
        )
        self.norms = nn.ModuleList(LayerInstanceNorm(channels, 0.9, own=False) for _ in range(2))

    def forward(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        y = self.norms[0](self.convs[0](x), scale, shift).relu()
        return x + self.norms[1](self.convs[1](y), scale, shift)


class Enlarged(nn.Module):
    """Twice as large by the nearest neighbour, convolution, ILN, rectifier."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, 3, 1, 1, bias=False, padding_mode="reflect")
        self.norm = LayerInstanceNorm(outside, 0.0, own=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(F.interpolate(x, scale_factor=2, mode="nearest"))).relu()


class AttentiveGenerator(nn.Module):
    """Encoder, class activation map, residual blocks whose normalisation the attended map sets, decoder.

    Args:
        width: channels at the picture's own size. side: of the pictures learnt from [px]. light: scale and shift come
            from the map's mean; else from the whole map, by weights that grow with the fourth power of `side` * `width`
            (a map of another size is averaged or repeated to that of `side`).

    Source: U-GAT-IT §2.1.1, table 3; `--light` of its authors' code.
    """

    def __init__(self, width: int, side: int, light: bool) -> None:
        super().__init__()
        channels, self.side, self.light = 4 * width, side // 4, light
        self.encoder = nn.Sequential(
            conv(3, width, 7),
            conv(width, 2 * width, 3, 2),
            conv(2 * width, channels, 3, 2),
            *(Residual(channels) for _ in range(_RESIDUALS)),
        )
        self.attended = Attended(channels)
        inside = channels if light else channels * self.side**2
        self.told = nn.Sequential(
            nn.Linear(inside, channels, bias=False), nn.ReLU(), nn.Linear(channels, channels, bias=False), nn.ReLU()
        )
        self.scale, self.shift = (nn.Linear(channels, channels, bias=False) for _ in range(2))
        self.adaptive = nn.ModuleList(AdaptiveResidual(channels) for _ in range(_RESIDUALS))
        self.decoder = nn.Sequential(Enlarged(channels, 2 * width), Enlarged(2 * width, width), to_picture(width))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, H, W) in -1..1 -> the same; logits (N, 2): whether x is of the side that this one translates."""
        x, logits = self.attended(self.encoder(x))
        told = self.told(x.mean((2, 3)) if self.light else F.adaptive_avg_pool2d(x, self.side).flatten(1))
        scale, shift = self.scale(told), self.shift(told)
        for block in self.adaptive:
            x = block(x, scale, shift)
        return self.decoder(x), logits


class AttentiveDiscriminator(nn.Module):
    """Spectrally normalised convolutions, a class activation map, one map of answers.

    Args:
        width: after the first convolution; channels double up to eightfold. halvings: of the sides.

    Source: U-GAT-IT §2.1.2, table 4.
    """

    def __init__(self, width: int, halvings: int) -> None:
        super().__init__()
        sizes = [3, *(width * min(2**n, 8) for n in range(halvings + 1))]
        self.trunk = nn.Sequential(
            *(
                nn.Sequential(_strided(before, after, 2 if n < halvings else 1), nn.LeakyReLU(0.2))
                for n, (before, after) in enumerate(pairwise(sizes))
            )
        )
        self.attended = Attended(sizes[-1], spectral=True, slope=0.2)
        self.judge = _strided(sizes[-1], 1, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, H, W) -> answers (N, 1, h, w), larger = more real; logits (N, 2) of the classifier."""
        y, logits = self.attended(self.trunk(x))
        return self.judge(y), logits


def _strided(inside: int, outside: int, stride: int) -> nn.Module:
    return spectral_norm(nn.Conv2d(inside, outside, 4, stride, 1, padding_mode="reflect"))
