"""PatchGAN: says of every patch of a picture how real it is."""

from __future__ import annotations

from torch import Tensor, nn

from ritual.imagery.networks.blocks import norm_of


def layers_for(side: int, asked: int = 0) -> int:
    """Halvings: what is asked for, else 3 (70x70 px patches) from 128 px, 2 (34x34) at 64 px and 1 (16x16) below.

    A patch is then a part of a picture, never more than it, and the map of answers has 14x14 places or more.
    """
    return asked or (3 if side >= 128 else 2 if side >= 64 else 1)


class PatchDiscriminator(nn.Module):
    """4x4 convolutions, half as large by each of the first `layers`, then two that keep the size.

    Args:
        width: channels after the first. inside: channels of what is judged (6 = a picture beside its condition).

    Source: Isola et al. (2017), pix2pix, §6.1.2; leaky rectifier 0.2, no normalisation after the first layer.
    """

    def __init__(self, width: int, layers: int, inside: int = 3, norm: str = "instance") -> None:
        super().__init__()
        parts: list[nn.Module] = [nn.Conv2d(inside, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for n in range(1, layers + 1):
            before, after = width * min(2 ** (n - 1), 8), width * min(2**n, 8)
            stride = 2 if n < layers else 1
            parts += [
                nn.Conv2d(before, after, 4, stride, 1, bias=norm == "none"),
                norm_of(norm, after),
                nn.LeakyReLU(0.2),
            ]
        self.judge = nn.Sequential(*parts, nn.Conv2d(after, 1, 4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, inside, H, W) -> (N, 1, h, w), larger = more real."""
        return self.judge(x)
