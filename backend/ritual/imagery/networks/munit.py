"""MUNIT's networks: content and style apart, and a decoder that puts them together."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional as F

from ritual.imagery.networks.blocks import conv, to_picture
from ritual.imagery.networks.resnet_generator import residual_blocks

_RESIDUALS = 4
_HIDDEN = 256


class ContentEncoder(nn.Module):
    """Picture -> what is where: (N, 4 * width, H / 4, W / 4); instance normalisation takes its style away.

    Source: Huang et al. (2018), MUNIT, appendix B.1.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            conv(3, width, 7),
            conv(width, 2 * width, 4, 2),
            conv(2 * width, 4 * width, 4, 2),
            residual_blocks(4 * width, _RESIDUALS, "instance"),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class StyleEncoder(nn.Module):
    """Picture -> (N, code): its look, without a place; no normalisation, which would take it away.

    Source: MUNIT, appendix B.1.
    """

    def __init__(self, width: int, code: int) -> None:
        super().__init__()
        sizes = [width * min(2**n, 4) for n in range(5)]
        halvings = (conv(before, after, 4, 2, "none") for before, after in pairwise(sizes))
        self.layers = nn.Sequential(conv(3, width, 7, norm="none"), *halvings)
        self.code = nn.Linear(sizes[-1], code)

    def forward(self, x: Tensor) -> Tensor:
        return self.code(self.layers(x).mean((2, 3)))


class StyleDecoder(nn.Module):
    """Content and a style's code -> picture: residual blocks with AdaIN, then up with layer normalisation.

    Source: MUNIT, eq. 10 (AdaIN) and appendix B.1.
    """

    def __init__(self, width: int, code: int) -> None:
        super().__init__()
        self.channels = 4 * width
        self.convs = nn.ModuleList(
            nn.Conv2d(self.channels, self.channels, 3, 1, 1, bias=False, padding_mode="reflect")
            for _ in range(2 * _RESIDUALS)
        )
        self.told = nn.Sequential(
            nn.Linear(code, _HIDDEN),
            nn.ReLU(),
            nn.Linear(_HIDDEN, _HIDDEN),
            nn.ReLU(),
            nn.Linear(_HIDDEN, 2 * self.channels * 2 * _RESIDUALS),
        )
        self.up = nn.Sequential(_Enlarged(self.channels, 2 * width), _Enlarged(2 * width, width), to_picture(width))

    def forward(self, content: Tensor, style: Tensor) -> Tensor:
        """(N, 4 * width, h, w), (N, code) -> (N, 3, 4 * h, 4 * w) in -1..1."""
        norms = self.told(style).unflatten(1, (2 * _RESIDUALS, 2, self.channels)).unbind(1)
        x = content
        for n in range(_RESIDUALS):
            y = _adain(self.convs[2 * n](x), norms[2 * n]).relu()
            x = x + _adain(self.convs[2 * n + 1](y), norms[2 * n + 1])
        return self.up(x)


class MultiScaleDiscriminator(nn.Module):
    """Three discriminators, of the picture, its half and its quarter; without normalisation.

    Args:
        halvings: of each one's sides.

    Source: MUNIT §5.1, appendix B.1; Wang et al. (2018), pix2pixHD.
    """

    def __init__(self, width: int, halvings: int, scales: int = 3) -> None:
        super().__init__()
        self.judges = nn.ModuleList(_judge(width, halvings) for _ in range(scales))

    def forward(self, x: Tensor) -> list[Tensor]:
        """(N, 3, H, W) -> answers (N, 1, h, w) of each scale, larger = more real."""
        found = []
        for judge in self.judges:
            found.append(judge(x))
            x = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
        return found


def _judge(width: int, halvings: int) -> nn.Module:
    sizes = [3, *(width * min(2**n, 8) for n in range(halvings))]
    parts: list[nn.Module] = []
    for before, after in pairwise(sizes):
        parts += [nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(0.2)]
    return nn.Sequential(*parts, nn.Conv2d(sizes[-1], 1, 1))


def _adain(x: Tensor, told: Tensor) -> Tensor:
    """Instance-normalised, then shifted and scaled by `told` (N, 2, C): 0 leaves it as it is."""
    shift, scale = told[:, 0, :, None, None], told[:, 1, :, None, None]
    return F.instance_norm(x) * (1 + scale) + shift


class _Enlarged(nn.Module):
    """Twice as large by the nearest neighbour, 5x5 convolution, layer normalisation, rectifier."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, 5, 1, 2, bias=False, padding_mode="reflect")
        self.norm = nn.GroupNorm(1, outside)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(F.interpolate(x, scale_factor=2, mode="nearest"))).relu()
