"""What a picture may undergo between two looks at it: turned, scaled, lit otherwise, sometimes in other colours.

Of a picture in foreign colours only its form is still known: the losses that speak of meaning leave it out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

Damage = Callable[[Tensor, torch.Generator], Tensor]
FOREIGN = 0.15  # part of the pictures that are painted in foreign colours


@dataclass(frozen=True, eq=False)
class Looked:
    """(B, 3, S, S) pictures in 0..1, and (B,) whether each is in colours of its own, so that meaning may be told."""

    pictures: Tensor
    own: Tensor


def augmented(pictures: Tensor, rng: torch.Generator, damage: Damage | None = None) -> Looked:
    """Another look at each picture.

    Args:
        pictures: (B, 3, S, S) in 0..1. damage: applied to a random half of them; None = none.
    """
    seen = _moved(pictures, rng)
    foreign = torch.rand(len(seen), generator=rng) < FOREIGN
    seen = torch.where(foreign.view(-1, 1, 1, 1), _in_foreign_colours(seen, rng), seen)
    if damage is not None:
        hurt = torch.rand(len(seen), generator=rng) < 0.5
        if hurt.any():
            seen = seen.clone()
            seen[hurt] = damage(seen[hurt], rng).to(seen)
    return Looked(_lit(seen, rng).contiguous(memory_format=torch.channels_last), ~foreign)


def _moved(pictures: Tensor, rng: torch.Generator) -> Tensor:
    """Turned by up to 10 degrees, scaled by 0.9 to 1.1, moved by up to a twentieth; half of them mirrored."""
    count = len(pictures)
    turn = (torch.rand(count, generator=rng) - 0.5) * math.radians(20)
    scale = torch.exp((torch.rand(count, generator=rng) - 0.5) * math.log(1.1 / 0.9))
    mirror = torch.where(torch.rand(count, generator=rng) < 0.5, -1.0, 1.0)
    shift = (torch.rand(count, 2, generator=rng) - 0.5) * 0.2
    cos, sin = turn.cos() * scale, turn.sin() * scale
    rows = torch.stack(
        [torch.stack([cos * mirror, -sin, shift[:, 0]], 1), torch.stack([sin * mirror, cos, shift[:, 1]], 1)], 1
    )
    grid = F.affine_grid(rows, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)


def _in_foreign_colours(pictures: Tensor, rng: torch.Generator) -> Tensor:
    """Channels mixed at random, sometimes turned into their negative; four in ten printed in one ink on paper."""
    count = len(pictures)
    mixing = torch.randn(count, 3, 3, generator=rng)
    mixed = torch.einsum("bij,bjhw->bihw", mixing, pictures - 0.5)
    low = mixed.amin((2, 3), keepdim=True)
    mixed = (mixed - low) / (mixed.amax((2, 3), keepdim=True) - low).clamp_min(1e-3)
    printed = torch.rand(count, 1, 1, 1, generator=rng) < 0.4
    return torch.where(printed, _printed(mixed[:, :1], rng), mixed)


def _printed(tone: Tensor, rng: torch.Generator) -> Tensor:
    """One tone (B, 1, S, S) as a line block would give it: dark ink of any hue where it is under its mean."""
    count = len(tone)
    middle = tone.mean((2, 3), keepdim=True)
    spread = tone.std((2, 3), keepdim=True).clamp_min(1e-3)
    ink = torch.sigmoid((middle - tone) / spread * 5)
    dark = torch.rand(count, 3, 1, 1, generator=rng) * 0.5
    paper = 1 - torch.rand(count, 3, 1, 1, generator=rng) * 0.15
    return paper + ink * (dark - paper)


def _lit(pictures: Tensor, rng: torch.Generator) -> Tensor:
    """Brighter or darker, more or less contrast, a slight tint, grain."""
    count = len(pictures)
    contrast = torch.exp((torch.rand(count, 1, 1, 1, generator=rng) - 0.5) * 0.4)
    bright = (torch.rand(count, 3, 1, 1, generator=rng) - 0.5) * 0.1 + (
        torch.rand(count, 1, 1, 1, generator=rng) - 0.5
    ) * 0.2
    grain = torch.randn(pictures.shape, generator=rng) * (torch.rand(count, 1, 1, 1, generator=rng) * 0.04)
    return ((pictures - 0.5) * contrast + 0.5 + bright + grain).clamp(0, 1)
