"""What a picture may undergo between two looks at it: turned, scaled, lit otherwise, sometimes foreign.

A foreign picture is looked at from nearer, and in other colours, as a print in one ink, or as outlines alone: of it
only the form is still known, and the losses that speak of meaning leave it out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

Damage = Callable[[Tensor, torch.Generator], Tensor]
FOREIGN = 0.15  # part of the pictures that are foreign
_PRINTED, _OUTLINED = 0.6, 0.4  # part of the foreign ones that are printed, and of these that are outlines
_DAMAGED = 0.25  # part of the pictures that suffer damage, where there is any
_NEARER = 0.5  # scale at which a foreign picture is looked at, at least


@dataclass(frozen=True, eq=False)
class Looked:
    """(B, 3, S, S) pictures in 0..1, and (B,) whether each is in colours of its own, so that meaning may be told."""

    pictures: Tensor
    own: Tensor


def augmented(
    pictures: Tensor, rng: torch.Generator, damage: Damage | None = None, foreign_part: float = FOREIGN
) -> Looked:
    """Another look at each picture.

    Args:
        pictures: (B, 3, S, S) in 0..1. damage: applied to a random quarter of them; None = none.
        foreign_part: of the pictures.
    """
    foreign = torch.rand(len(pictures), generator=rng) < foreign_part
    seen = _moved(pictures, foreign, rng)
    if foreign.any():
        seen[foreign] = _in_foreign_colours(seen[foreign], rng)
    if damage is not None:
        hurt = torch.rand(len(seen), generator=rng) < _DAMAGED
        if hurt.any():
            seen[hurt] = damage(seen[hurt], rng).to(seen)
    return Looked(_lit(seen, rng).contiguous(memory_format=torch.channels_last), ~foreign)


def _moved(pictures: Tensor, foreign: Tensor, rng: torch.Generator) -> Tensor:
    """Turned by up to 10 degrees, scaled by 0.9 to 1.1, moved by up to a twentieth; half of them mirrored. A foreign
    one is looked at from up to twice as near."""
    count = len(pictures)
    turn = (torch.rand(count, generator=rng) - 0.5) * math.radians(20)
    scale = torch.exp((torch.rand(count, generator=rng) - 0.5) * math.log(1.1 / 0.9))
    nearer = _NEARER ** torch.rand(count, generator=rng)
    scale = torch.where(foreign, scale * nearer, scale)
    mirror = torch.where(torch.rand(count, generator=rng) < 0.5, -1.0, 1.0)
    shift = (torch.rand(count, 2, generator=rng) - 0.5) * 0.2
    cos, sin = turn.cos() * scale, turn.sin() * scale
    rows = torch.stack(
        [torch.stack([cos * mirror, -sin, shift[:, 0]], 1), torch.stack([sin * mirror, cos, shift[:, 1]], 1)], 1
    )
    grid = F.affine_grid(rows, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)


def _in_foreign_colours(pictures: Tensor, rng: torch.Generator) -> Tensor:
    """Channels mixed at random, sometimes turned into their negative; most of them printed in one ink on paper."""
    count = len(pictures)
    mixing = torch.randn(count, 3, 3, generator=rng)
    mixed = torch.einsum("bij,bjhw->bihw", mixing, pictures - 0.5)
    low = mixed.amin((2, 3), keepdim=True)
    mixed = (mixed - low) / (mixed.amax((2, 3), keepdim=True) - low).clamp_min(1e-3)
    tone = mixed[:, :1]
    outlined = torch.rand(count, 1, 1, 1, generator=rng) < _OUTLINED
    printed = torch.rand(count, 1, 1, 1, generator=rng) < _PRINTED
    return torch.where(printed, _printed(torch.where(outlined, -_steepness(tone), tone), rng), mixed)


def _steepness(tone: Tensor) -> Tensor:
    """(B, 1, S, S) length of the gradient (Sobel): large where an outline runs."""
    across = tone.new_tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    kernels = torch.stack([across, across.T])[:, None]
    return F.conv2d(F.pad(tone, (1, 1, 1, 1), mode="replicate"), kernels).norm(dim=1, keepdim=True)


def _printed(tone: Tensor, rng: torch.Generator) -> Tensor:
    """One tone (B, 1, S, S) as a line block would give it: dark ink of any hue where it is under its mean."""
    count = len(tone)
    middle = tone.mean((2, 3), keepdim=True)
    spread = tone.std((2, 3), keepdim=True).clamp_min(1e-3)
    ink = torch.sigmoid((middle - 0.3 * spread - tone) / spread * 5)
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
