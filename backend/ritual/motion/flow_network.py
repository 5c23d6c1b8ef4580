"""A conditional rectified flow: smooth noise in, the way a body departs from its reference skeleton out.

Rectified flow (Liu et al. 2022; flow matching, Lipman et al. 2022): along the straight line from noise x_0 to a real
correction x_1, x_t = (1 - t) x_0 + t x_1, the network learns the mean velocity x_1 - x_0; following it from t = 0 to
1 draws a correction. It is conditioned as the mixture is: 256 numbers of the text, 128 of the reference skeleton.
The trunk is a stack of one-dimensional ConvNeXt blocks (Liu et al. 2022), dilated, modulated by text and t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ritual.body.skeleton import ANGLES
from ritual.motion.heading import STATE_SIZE
from ritual.motion.network import RATE, TEXT_GAIN, ConditionConfig

_KERNEL, _DILATIONS = 5, (1, 2, 4, 8)
_TIME_WAVES = 16
NOISE_LENGTH = 0.3  # [s] over which the noise that a draw starts from stays alike, as corrections do

# How far real motion departs from its interpolated key poses: standard deviation over the training split of the
# shared CMU clips, rounded [deg]; tilt and the clearance [m] below.
_SPREAD = {
    "hip": 9.5, "knee": 13.0, "ankle": 7.5, "spine1": 4.5, "spine3": 4.5, "neck": 4.0, "head": 4.0, "shoulder": 12.0,
    "elbow": 13.0, "forearm": 12.0, "wrist": 4.5,
}  # fmt: skip
_TILT_SPREAD, _CLEARANCE_SPREAD = 3.5, 0.01


def _scale() -> tuple[float, ...]:
    parts = [name.removeprefix("left_").removeprefix("right_").split("_")[0] for name in ANGLES]
    degrees = [*(_SPREAD[part] for part in parts), _TILT_SPREAD, _TILT_SPREAD]
    return (*(math.radians(value) for value in degrees), _CLEARANCE_SPREAD)


SCALE = _scale()  # (39,) of a state [rad, m]


@dataclass(frozen=True)
class FlowConfig(ConditionConfig):
    """Sizes; `width` of the trunk, `blocks` in it."""

    width: int = 160
    blocks: int = 8


class FlowNetwork(nn.Module):
    """Text (B, 384), features (B, T, 189), x_t (B, T, 39) and t (B,) -> where it leads, x_1 (B, T, 39).

    x is a correction to the reference's state in units of `SCALE`, the spread of real corrections.
    """

    def __init__(self, config: FlowConfig) -> None:
        super().__init__()
        self.config = config
        self.text = nn.Linear(config.text, config.text_embedding)
        self.reference = nn.Linear(config.features, config.reference_embedding)
        self.entry = nn.Linear(config.reference_embedding + STATE_SIZE, config.width)
        condition = config.text_embedding + 2 * _TIME_WAVES
        self.condition = nn.Sequential(nn.Linear(condition, config.width), nn.SiLU())
        dilations = [_DILATIONS[n % len(_DILATIONS)] for n in range(config.blocks)]
        self.blocks = nn.ModuleList(_Block(config.width, dilation) for dilation in dilations)
        self.exit = nn.Sequential(nn.LayerNorm(config.width), nn.Linear(config.width, STATE_SIZE))
        nn.init.zeros_(self.exit[1].weight)
        nn.init.zeros_(self.exit[1].bias)
        self.register_buffer("waves", 2 * math.pi * torch.arange(_TIME_WAVES) / 2)

    def read(self, text: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """The two embeddings: text (B, 256) and reference skeleton (B, T, 128); once per draw, not per step."""
        return torch.tanh(self.text(TEXT_GAIN * text)), self.reference(features)

    def forward(self, text: Tensor, features: Tensor, x: Tensor, t: Tensor) -> Tensor:
        return self.end(*self.read(text, features), x, t)

    def end(self, said: Tensor, skeleton: Tensor, x: Tensor, t: Tensor) -> Tensor:
        """(B, T, 39) the mean end of the lines through x_t, from the embeddings of `read`."""
        angle = t[:, None] * self.waves
        condition = self.condition(torch.cat((said, angle.sin(), angle.cos()), -1))
        hidden = self.entry(torch.cat((skeleton, x), -1))
        for block in self.blocks:
            hidden = block(hidden, condition)
        return self.exit(hidden)


class _Block(nn.Module):
    """Depthwise convolution along time, then a pointwise perceptron; scale, shift and gate from the condition."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.along = nn.Conv1d(
            width, width, _KERNEL, padding=dilation * (_KERNEL // 2), dilation=dilation, groups=width
        )
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulate = nn.Linear(width, 3 * width)
        self.wide, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        nn.init.zeros_(self.modulate.weight)
        nn.init.zeros_(self.modulate.bias)

    def forward(self, hidden: Tensor, condition: Tensor) -> Tensor:
        scale, shift, gate = self.modulate(condition)[:, None].chunk(3, -1)
        mixed = self.norm(self._along(hidden)) * (1 + scale) + shift
        return hidden + (1 + gate) * self.narrow(nn.functional.gelu(self.wide(mixed)))

    def _along(self, hidden: Tensor) -> Tensor:
        """`along` on (B, T, width), tap by tap: twice as fast on a CPU as a convolution with one channel a group."""
        step, frames = self.along.dilation[0], hidden.shape[1]
        reach = step * (_KERNEL // 2)
        padded = nn.functional.pad(hidden, (0, 0, reach, reach))
        out = self.along.bias.expand_as(hidden)
        for tap in range(_KERNEL):
            out = torch.addcmul(out, padded[:, tap * step : tap * step + frames], self.along.weight[:, 0, tap])
        return out


def starting_noise(shape: tuple[int, int, int], generator: torch.Generator) -> Tensor:
    """(B, T, D) standard normal numbers, alike over `NOISE_LENGTH`.

    Real corrections are smooth; noise that is, too, has a shorter way to them, and the few steps of a draw leave
    no tremor behind.
    """
    batch, frames, size = shape
    width = NOISE_LENGTH * RATE / math.sqrt(2)
    pad = math.ceil(4 * width)
    kernel = torch.exp(-0.5 * (torch.arange(-pad, pad + 1) / width) ** 2)
    kernel = kernel / kernel.square().sum().sqrt()
    white = torch.randn(batch * size, 1, frames + 2 * pad, generator=generator)
    return nn.functional.conv1d(white, kernel[None, None]).view(batch, size, frames).transpose(1, 2)
