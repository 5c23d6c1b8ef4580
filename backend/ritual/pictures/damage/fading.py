"""Colour that light has taken: exponential in the exposure, channel by channel."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.fields import smooth
from ritual.pictures.damage.sheet import Sheet


@dataclass(frozen=True)
class Fading:
    """I_c(E) = G_c + (I_c - G_c) exp(-k_c E) in linear light, towards the ground G.

    That a colourant decays by first order is measured on alizarin lake (Johnston-Feller, Feller, Bailie and Curran,
    JAIC 23 (1984) 114-129). Putting that on a channel instead of on a concentration is a simplification, and the
    rates k_c are ours: the paper names a "plateau light degradation" model (M §3.1) but neither formula nor number.
    They make what absorbs blue (yellows) go first, what absorbs red (indigo) last; no source for how much.

    Attributes:
        rates: k of red, green and blue, per unit of exposure.
        exposure: E at strength 1, where the light falls fullest.
        uneven: how much less light there may be at one side, 0..1.
        covered: widest strip along one side that a frame or a fold kept from the light, in shares of the shorter side;
            half of the pictures have one.
    """

    rates: tuple[float, float, float] = (0.4, 0.7, 1.0)
    exposure: float = 2.5
    uneven: float = 0.4
    covered: float = 0.2
    name = "fading"

    def __call__(self, sheet: Sheet, strength: Tensor, draws: Draws) -> tuple[Sheet, Tensor]:
        light = self._light(sheet, draws)
        exposed = self.exposure * strength[:, None, None, None] * light
        rates = torch.tensor(self.rates, device=exposed.device)[:, None, None]
        ground = linear(sheet.ground)
        left = linear(sheet.rgb).sub_(ground).mul_((-rates * exposed).exp_()).add_(ground)
        return sheet.with_(rgb=gamma(left)), light[:, 0] > 0.01

    def _light(self, sheet: Sheet, draws: Draws) -> Tensor:
        """(B, 1, H, W) share of the full light, 0 under the frame."""
        height, width = sheet.size
        falls = (0.5 + 0.25 * smooth(draws, sheet.size, 1.5)).clamp(0, 1) * self.uneven
        x, y = (axis.expand(height, width) for axis in sheet.grid())
        far = torch.stack([x, y, width / sheet.unit - x, height / sheet.unit - y])  # from each side
        side = draws.whole(0, 4)
        hidden = draws.uniform(0.03, self.covered) * (draws.uniform(0, 1) > 0.5)
        edge = far[side][:, None] - hidden[:, None, None, None]
        beyond = torch.where(hidden[:, None, None, None] > 0, (edge / 0.015 + 0.5).clamp(0, 1), torch.ones_like(edge))
        return (1 - falls) * beyond


def linear(srgb: Tensor) -> Tensor:
    """sRGB 0..1 to linear light (IEC 61966-2-1)."""
    curved = srgb.clamp(min=0).add_(0.055).div_(1.055).pow_(2.4)
    return torch.where(srgb <= 0.04045, srgb / 12.92, curved)


def gamma(light: Tensor) -> Tensor:
    """Linear light 0..1 to sRGB."""
    light = light.clamp(0, 1)
    curved = light.clamp(min=1e-6).pow_(1 / 2.4).mul_(1.055).sub_(0.055)
    return torch.where(light <= 0.0031308, light * 12.92, curved)
