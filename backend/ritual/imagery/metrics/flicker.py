"""Flicker: light that goes up and down from frame to frame in one place."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from ritual.errors import BadInput
from ritual.imagery.metrics.pixels import grey

BLOCK = 8  # [px]


def flicker(clip: Tensor) -> float:
    """0 = none, up to 255; root mean square of half the second difference in time of the luma of 8 x 8 blocks.

    A block that alternates between two levels d apart from frame to frame gives d; one that grows lighter evenly
    gives 0. Motion across a block counts as well, so compare with the flicker of a real clip of the same scene.

    Args:
        clip: (T, 3, H, W) sRGB in -1..1, T of 3 or more, sides of 8 px or more.

    Raises:
        BadInput: too few frames, or too small.

    Source: this project's definition.
    """
    if len(clip) < 3 or min(clip.shape[-2:]) < BLOCK:
        raise BadInput(f"Flicker is measured on three frames of 8 x 8 pixels or more; this is {tuple(clip.shape)}.")
    blocks = F.avg_pool2d(grey(clip), BLOCK)[:, 0]
    bent = (blocks[:-2] - 2 * blocks[1:-1] + blocks[2:]) / 2
    return float((bent**2).mean().sqrt())
