"""The parts that networks of pictures are built of: convolutions with their normalisation, and ways up in size."""

from __future__ import annotations

from torch import Tensor, nn

from ritual.errors import BadInput, nearest

NORMS = ("instance", "batch", "none")


def norm_of(name: str, channels: int) -> nn.Module:
    """The normalisation of that name.

    Raises:
        BadInput: there is none of that name.
    """
    if name not in NORMS:
        raise BadInput(f"There is no normalisation '{name}'.", hint=nearest(name, NORMS))
    return {"instance": nn.InstanceNorm2d, "batch": nn.BatchNorm2d, "none": lambda _: nn.Identity()}[name](channels)


def conv(
    inside: int, outside: int, kernel: int, stride: int = 1, norm: str = "instance", rectify: bool = True
) -> nn.Module:
    """Convolution over a reflected border, normalisation, rectifier; (N, inside, H, W) -> (N, outside, H / stride, ..).

    A normalisation takes the mean away, so a bias before it would have no effect and there is none.
    """
    parts = [
        nn.Conv2d(inside, outside, kernel, stride, (kernel - 1) // 2, bias=norm == "none", padding_mode="reflect"),
        norm_of(norm, outside),
    ]
    return nn.Sequential(*parts, *([nn.ReLU(inplace=True)] if rectify else []))


def up(inside: int, outside: int, norm: str = "instance", bilinear: bool = False) -> nn.Module:
    """Twice as large: by a transposed convolution, or by bilinear interpolation and a convolution.

    The 1x1 convolution that leads to fewer channels comes before the interpolation: both are linear, so what comes out
    does not depend on their order, and the large map has half the channels.

    Source: bilinear instead of transposed against checkerboards: papercut paper, II.B.2, eq. 13-15.
    """
    if bilinear:
        return nn.Sequential(
            nn.Conv2d(inside, outside, 1, bias=False),
            nn.Upsample(scale_factor=2, mode="bilinear"),
            conv(outside, outside, 3, norm=norm),
        )
    return nn.Sequential(
        nn.ConvTranspose2d(inside, outside, 3, 2, 1, output_padding=1, bias=norm == "none"),
        norm_of(norm, outside),
        nn.ReLU(inplace=True),
    )


def to_picture(inside: int) -> nn.Module:
    """The last layer of a generator: (N, inside, H, W) -> (N, 3, H, W) in -1..1."""
    return nn.Sequential(nn.Conv2d(inside, 3, 7, 1, 3, padding_mode="reflect"), nn.Tanh())


class Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut, nothing after the sum.

    Source: Johnson et al. (2016), as CycleGAN takes it.
    """

    def __init__(self, channels: int, norm: str = "instance") -> None:
        super().__init__()
        self.block = nn.Sequential(
            conv(channels, channels, 3, norm=norm), conv(channels, channels, 3, norm=norm, rectify=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.block(x)


def initialised(network: nn.Module, deviation: float = 0.02) -> nn.Module:
    """Itself, its convolutions drawn from a normal distribution; biases 0. Source: CycleGAN §7.1."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, deviation)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network
