"""What measures read of a picture: the unit range, grey, and the eight bits of a file."""

from __future__ import annotations

import torch
from torch import Tensor

from ritual.errors import BadInput

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


def unit(x: Tensor) -> Tensor:
    """-1..1 -> 0..1; what lies outside is cut off."""
    return ((x.float() + 1) / 2).clamp(0, 1)


def eight_bits(x: Tensor) -> Tensor:
    """As a file of eight bits would give it back, still in -1..1."""
    return (unit(x) * 255).round() / 127.5 - 1


def grey(x: Tensor) -> Tensor:
    """(N, 3, H, W) in -1..1 -> (N, 1, H, W) luma of BT.601 in 0..255."""
    return 255 * (unit(x) * torch.tensor(_LUMA, device=x.device).view(1, 3, 1, 1)).sum(1, keepdim=True)


def see_that_they_pair(made: Tensor, real: Tensor) -> None:
    """Raises: BadInput: two sets are not picture by picture of one shape."""
    if made.shape != real.shape:
        raise BadInput(
            f"{tuple(made.shape)} made and {tuple(real.shape)} real pictures cannot be compared one by one.",
            hint="Give as many pictures of the same size.",
        )
