"""Pictures on their way through damage, and what every kind of damage is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from ritual.pictures.damage.draws import Draws

SEEN = 0.05  # a change by less than this share is not counted as visible


@dataclass(frozen=True, eq=False)
class Sheet:
    """A batch of pictures, each a piece of cloth or paper.

    Attributes:
        rgb: (B, 3, H, W) sRGB 0..1. alpha: (B, 1, H, W), 0 where there is nothing, or nothing any more.
        ground: (B, 3, 1, 1) sRGB of what is bared where colour goes: paper, cloth.
        whole: the pictures came without alpha, so each fills its rectangle.
    """

    rgb: Tensor
    alpha: Tensor
    ground: Tensor
    whole: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Height and width [px]."""
        return self.rgb.shape[-2], self.rgb.shape[-1]

    @property
    def unit(self) -> int:
        """The shorter side [px]: lengths of damage are in shares of it, so every size is damaged alike."""
        return min(self.size)

    def grid(self) -> tuple[Tensor, Tensor]:
        """x (1, W) and y (H, 1) of the pixels' centres, in units of the shorter side, y down."""
        height, width = self.size
        device = self.rgb.device
        x = (torch.arange(width, device=device) + 0.5) / self.unit
        y = (torch.arange(height, device=device) + 0.5) / self.unit
        return x[None], y[:, None]

    def box(self) -> Tensor:
        """(B, 4) left, top, right, bottom of what is there, in units of the shorter side."""
        height, width = self.size
        full = torch.tensor([0.0, 0.0, width, height], device=self.rgb.device) / self.unit
        if self.whole:
            return full.expand(len(self.rgb), 4)
        there = self.alpha[:, 0] > SEEN
        sides = []
        for line, count in ((there.any(1), width), (there.any(2), height)):
            first = line.to(torch.uint8).argmax(1)
            last = count - line.flip(1).to(torch.uint8).argmax(1)
            sides += [first / self.unit, last / self.unit]
        found = torch.stack([sides[0], sides[2], sides[1], sides[3]], dim=1)
        return torch.where(there.flatten(1).any(1, keepdim=True), found, full)

    def with_(self, rgb: Tensor | None = None, alpha: Tensor | None = None) -> Sheet:
        return replace(self, rgb=self.rgb if rgb is None else rgb, alpha=self.alpha if alpha is None else alpha)


class Kind(Protocol):
    """One kind of damage: a frozen dataclass of its parameters that can be called."""

    name: str

    def __call__(self, sheet: Sheet, strength: Tensor, draws: Draws) -> tuple[Sheet, Tensor]:
        """Damage.

        Args:
            strength: (B,) over 0 to 1.

        Returns:
            The sheet after it, and (B, H, W) bool: where this kind changed a pixel visibly.
        """
