"""The two networks of the conditional GAN: one draws growth, the other tells it from simulated growth."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from ritual.pictures.damage.growth.size import KINDS

COARSE = 16  # pixels that one cell of the noise becomes


@dataclass(frozen=True)
class GrowthConfig:
    """Sizes of the generator: channels of the noise, of the condition, and of the stages from coarse to fine."""

    noise: int = 24
    condition: int = 32
    widths: tuple[int, ...] = (64, 48, 32, 16, 8)

    def to_dict(self) -> dict:
        return asdict(self) | {"widths": list(self.widths)}


class Generator(nn.Module):
    """(kind, strength, noise) -> growth. Convolutions alone, so a noise of another shape gives a picture of its own.

    Every stage is told kind and strength by scale and shift (FiLM) and gets fresh noise, from which fine grain comes.
    """

    def __init__(self, config: GrowthConfig = GrowthConfig()) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.said = nn.Sequential(
            nn.Linear(len(KINDS) + 2, config.condition), nn.SiLU(), nn.Linear(config.condition, config.condition)
        )
        self.begin = nn.Conv2d(config.noise, widths[0], 3, padding=1)
        self.stages = nn.ModuleList(Stage(a, b, config.condition) for a, b in pairwise(widths))
        self.end = nn.Conv2d(widths[-1], 1, 3, padding=1)

    def forward(self, kind: Tensor, strength: Tensor, noise: list[Tensor]) -> Tensor:
        """Growth as logits.

        Args:
            kind: (B,) int64, index into KINDS. strength: (B,) 0..1.
            noise: of `noise_shapes`, standard normal.

        Returns:
            (B, 1, H, W) logits; `sigmoid` of them is the growth, 0..1.
        """
        said = self.said(condition(kind, strength))
        x = functional.leaky_relu(self.begin(noise[0]), 0.2)
        for stage, grain in zip(self.stages, noise[1:], strict=True):
            x = stage(x, said, grain)
        return self.end(x)

    def noise_shapes(self, height: int = 4, width: int = 4) -> list[tuple[int, int, int]]:
        """(C, H, W) of each noise for a picture of `height` x `width` times COARSE pixels."""
        first = [(self.config.noise, height, width)]
        return first + [(1, height * 2 ** (i + 1), width * 2 ** (i + 1)) for i in range(len(self.stages))]


class Stage(nn.Module):
    """Twice the size: enlarge, convolve, normalise each pixel, add noise, scale and shift as the condition says."""

    def __init__(self, wide: int, narrow: int, condition: int) -> None:
        super().__init__()
        self.convolve = nn.Conv2d(wide, narrow, 3, padding=1)
        self.film = nn.Linear(condition, 2 * narrow)
        self.grain = nn.Parameter(torch.full((narrow, 1, 1), 0.1))
        self.again = nn.Conv2d(narrow, narrow, 3, padding=1)

    def forward(self, x: Tensor, said: Tensor, grain: Tensor) -> Tensor:
        x = self.convolve(functional.interpolate(x, scale_factor=2, mode="nearest"))
        x = x * (x.square().mean(1, keepdim=True) + 1e-6).rsqrt() + self.grain * grain
        scale, shift = self.film(said)[..., None, None].chunk(2, dim=1)
        x = functional.leaky_relu(x * (1 + scale) + shift, 0.2)
        return x + functional.leaky_relu(self.again(x), 0.2)


class Discriminator(nn.Module):
    """(growth, kind, strength) -> how simulated it looks; every layer under a spectral norm (Miyato et al., 2018).

    It sees the condition as planes beside the growth, and how much the growths of a batch differ (Karras et al., 2018).
    """

    def __init__(self, widths: tuple[int, ...] = (16, 32, 64, 128)) -> None:
        super().__init__()
        steps = (len(KINDS) + 3, *widths)
        self.layers = nn.ModuleList(spectral_norm(nn.Conv2d(a, b, 4, 2, 1)) for a, b in pairwise(steps))
        self.end = spectral_norm(nn.Linear(widths[-1] * 2 + 1, 1))

    def forward(self, growth: Tensor, kind: Tensor, strength: Tensor) -> Tensor:
        """(B, 1, H, W) growth in 0..1 -> (B,) score."""
        planes = condition(kind, strength)[..., None, None].expand(-1, -1, *growth.shape[-2:])
        x = torch.cat([2 * growth - 1, planes], dim=1)
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.2)
        spread = x.var(0, correction=0).add(1e-6).sqrt().mean().expand(len(x), 1)
        return self.end(torch.cat([x.mean((2, 3)), x.amax((2, 3)), spread], dim=1))[:, 0]


def condition(kind: Tensor, strength: Tensor) -> Tensor:
    """(B, kinds + 2): which kind, and the strength with its root, for little growth is told apart by it."""
    one = functional.one_hot(kind, len(KINDS)).to(strength)
    return torch.cat([one, strength[:, None], strength[:, None].sqrt()], dim=1)
