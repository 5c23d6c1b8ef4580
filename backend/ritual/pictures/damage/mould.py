"""Mould: patches of growth and the stain about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.fields import blurred, cloudy
from ritual.pictures.damage.growth.drawn import draw_growth
from ritual.pictures.damage.sheet import SEEN, Sheet

COLOURS = ((0.16, 0.17, 0.15), (0.27, 0.33, 0.25), (0.36, 0.30, 0.22), (0.62, 0.64, 0.58))  # black, green, brown, grey
STAIN = (0.80, 0.70, 0.50)  # what light the stain lets through


@dataclass(frozen=True)
class Mould:
    """Patches drawn by the conditional GAN; half of the picture is grown over at strength 1 (`growth/size.py`).

    Attributes:
        thick: opacity of the densest growth, 0..1. stain: how strongly the cloth about it is stained, 0..1.
        colours: sRGB, one of which a picture's mould has. These are ours: no source.
        weights: another generator's file.
    """

    thick: float = 0.85
    stain: float = 0.6
    colours: tuple[tuple[float, float, float], ...] = COLOURS
    weights: Path | None = None
    name = "mould"

    def __call__(self, sheet: Sheet, strength: Tensor, draws: Draws) -> tuple[Sheet, Tensor]:
        logits = draw_growth("mould", strength, draws, sheet.size, self.weights)
        fine = cloudy(draws, sheet.size, 24)  # finer than the generator's cells: ragged rims, mottled inside
        grown = torch.sigmoid(1.5 * (logits + 1.2 * fine * (logits > -3.5)))
        mottled = (0.7 + 0.3 * fine).clamp(0.25, 1)
        palette = torch.tensor(self.colours, device=grown.device)
        colour = palette[draws.whole(0, len(self.colours))][..., None, None]
        opacity = grown * mottled * self.thick
        stained = blurred((logits > 0).float(), 0.07, sheet.unit) * self.stain
        through = 1 - stained * (1 - torch.tensor(STAIN, device=grown.device)[:, None, None])
        rgb = sheet.rgb * through
        return sheet.with_(rgb=rgb + opacity * (colour - rgb)), torch.maximum(opacity, 0.3 * stained)[:, 0] > SEEN
