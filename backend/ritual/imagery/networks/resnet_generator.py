"""Encoder, converter, decoder: the generator that CycleGAN made common."""

from __future__ import annotations

from torch import Tensor, nn

from ritual.imagery.networks.blocks import Residual, conv, to_picture, up


def residual_blocks(channels: int, count: int, norm: str) -> nn.Module:
    """A converter of residual blocks."""
    return nn.Sequential(*(Residual(channels, norm) for _ in range(count)))


def blocks_for(side: int, asked: int = 0) -> int:
    """How many blocks convert: what is asked for, else 6 below 256 px and 9 from there. Source: CycleGAN §7.1."""
    return asked or (6 if side < 256 else 9)


class ResnetGenerator(nn.Module):
    """Picture -> a quarter of its sides, 4 * width channels -> converter -> picture.

    Args:
        width: channels at the picture's own size. converter: (N, 4 * width, h, w) -> the same.
        norm: instance, batch or none. bilinear: decode by interpolation.

    Source: Zhu et al. (2017), CycleGAN, §7.1: c7s1-k, d2k, d4k, blocks, u2k, uk, c7s1-3.
    """

    def __init__(self, width: int, converter: nn.Module, norm: str = "instance", bilinear: bool = False) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            conv(3, width, 7, norm=norm), conv(width, 2 * width, 3, 2, norm), conv(2 * width, 4 * width, 3, 2, norm)
        )
        self.converter = converter
        self.decoder = nn.Sequential(
            up(4 * width, 2 * width, norm, bilinear), up(2 * width, width, norm, bilinear), to_picture(width)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1, H and W multiples of 4 -> the same."""
        return self.decoder(self.converter(self.encoder(x)))
