"""Pieces torn out: random polygons."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from ritual.pictures.damage.draws import Draws
from ritual.pictures.damage.polygons import cover, scattered, stars
from ritual.pictures.damage.sheet import SEEN, Sheet


@dataclass(frozen=True)
class Occlusion:
    """Random polygons are lost (M §3.1: "random polygonal occlusion algorithm").

    Attributes:
        full: area of the polygons at strength 1, in shares of what is there to lose; where they overlap or reach over
            the rim less is lost.
        count, corners: polygons, and corners of each. roughness: 0 round, 1 ragged.
    """

    full: float = 0.6
    count: int = 5
    corners: int = 9
    roughness: float = 0.6
    name = "occlusion"

    def __call__(self, sheet: Sheet, strength: Tensor, draws: Draws) -> tuple[Sheet, Tensor]:
        box = sheet.box()
        share = draws.uniform(0.2, 1.0, self.count)
        share = share / share.sum(1, keepdim=True)
        extent = (box[:, 2:] - box[:, :2]).prod(1)
        area = (self.full * strength * extent)[:, None] * share
        shapes = stars(draws, self.count, self.corners, self.roughness)
        lost = cover(scattered(shapes, area, draws, box) * sheet.unit, sheet.size)
        return sheet.with_(alpha=sheet.alpha * (1 - lost)), lost[:, 0] > SEEN
