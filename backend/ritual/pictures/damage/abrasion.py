"""Embroidery and paint rubbed off along the threads."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.fields import cloudy, level, resized, smooth
from ritual.pictures.damage.polygons import cover, scattered, stars
from ritual.pictures.damage.sheet import SEEN, Sheet

SOFT = 12  # pixels of a map of rubbed places along the shorter side, enlarged: hands and folds have no sharp edges


@dataclass(frozen=True)
class Abrasion:
    """Colour rubbed off to the ground, thread by thread, most in random polygons (M §3.1: "embroidery abrasion").

    Attributes:
        full: share of what is there that is rubbed at strength 1.
        places: polygons that are rubbed most. threads: along the shorter side. depth: colour lost at the barest spot.
        grain: how much the threads stand out against the places.

    What is rubbed at one strength is rubbed at every greater one. Sizes are ours: no source.
    """

    full: float = 0.6
    places: int = 4
    threads: float = 96.0
    depth: float = 0.92
    grain: float = 0.45
    name = "abrasion"

    def __call__(self, sheet: Sheet, strength: Tensor, draws: Draws) -> tuple[Sheet, Tensor]:
        threads = self._weave(draws, sheet.size)
        wear = self._places(sheet, draws) + self.grain * threads + 0.3 * cloudy(draws, sheet.size, 5)
        above = wear - level(wear, self.full * strength, sheet)
        worn = (above / 0.35).clamp(0, 1) * self.depth
        bare = sheet.ground * (0.95 + 0.05 * threads.clamp(-1, 1))
        rgb = (sheet.rgb + worn * (bare - sheet.rgb)).clamp(0, 1)
        return sheet.with_(rgb=rgb), worn[:, 0] > SEEN

    def _weave(self, draws: Draws, size: tuple[int, int]) -> Tensor:
        """(B, 1, H, W): warp and weft, the one that lies on top; deviation about 1."""
        warp = smooth(draws, size, self.threads, self.threads / 4)
        weft = smooth(draws, size, self.threads / 4, self.threads)
        return warp.maximum(weft) * 1.2 - 0.7

    def _places(self, sheet: Sheet, draws: Draws) -> Tensor:
        """(B, 1, H, W) 0..1."""
        box = sheet.box()
        height, width = (max(round(SOFT * side / sheet.unit), 2) for side in sheet.size)
        area = draws.uniform(0.03, 0.12, self.places) * (box[:, 2:] - box[:, :2]).prod(1, keepdim=True)
        shapes = scattered(stars(draws, self.places, 7), area, draws, box) * SOFT
        return resized(cover(shapes, (height, width)), sheet.size, "bilinear")
