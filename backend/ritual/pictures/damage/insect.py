"""Holes and galleries that insects have eaten."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.fields import blurred
from ritual.pictures.damage.growth.drawn import draw_growth
from ritual.pictures.damage.growth.size import SIZE
from ritual.pictures.damage.sheet import SEEN, Sheet


@dataclass(frozen=True)
class Insect:
    """Holes drawn by the conditional GAN; a quarter of the picture is lost at strength 1 (`growth/size.py`).

    Attributes:
        rim: how much darker the gnawed rim is, 0..1; ours, no source. weights: another generator's file.
    """

    rim: float = 0.45
    weights: Path | None = None
    name = "insect"

    def __call__(self, sheet: Sheet, strength: Tensor, draws: Draws) -> tuple[Sheet, Tensor]:
        logits = draw_growth("insect", strength, draws, sheet.size, self.weights)
        sharp = max(sheet.unit / SIZE, 1.0)  # a hole's edge is a pixel or two wide at every size
        lost = (0.5 + 0.5 * sharp * logits).clamp(0, 1)
        rim = blurred(lost, 0.02, sheet.unit) * (1 - lost) * self.rim
        damaged = sheet.with_(rgb=sheet.rgb * (1 - rim), alpha=sheet.alpha * (1 - lost))
        return damaged, ((lost > SEEN) | (rim > SEEN))[:, 0]
