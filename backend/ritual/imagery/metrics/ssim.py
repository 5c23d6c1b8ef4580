"""Structural similarity.

Source: Wang, Bovik, Sheikh & Simoncelli (2004), Image quality assessment: from error visibility to structural
similarity: Gaussian window of 11x11 and sigma 1.5, K1 0.01, K2 0.03, only where the whole window lies in the picture.
Each colour channel for itself, then their mean; data range 1 on sRGB values in 0..1.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ritual.errors import BadInput
from ritual.imagery.metrics.pixels import see_that_they_pair, unit

WINDOW, SIGMA = 11, 1.5
_C1, _C2 = 0.01**2, 0.03**2


def ssim(made: Tensor, real: Tensor) -> Tensor:
    """(N,) from -1 to 1, where 1 = the same; with gradients.

    Raises:
        BadInput: other shapes, or a side under 11 px.
    """
    see_that_they_pair(made, real)
    if min(made.shape[-2:]) < WINDOW:
        raise BadInput(f"SSIM needs pictures of {WINDOW} x {WINDOW} pixels at least; these are {made.shape[-2:]}.")
    x, y = unit(made), unit(real)
    mean_x, mean_y, xx, yy, xy = (_seen(z) for z in (x, y, x * x, y * y, x * y))
    var_x, var_y, both = xx - mean_x**2, yy - mean_y**2, xy - mean_x * mean_y
    light = (2 * mean_x * mean_y + _C1) / (mean_x**2 + mean_y**2 + _C1)
    return (light * (2 * both + _C2) / (var_x + var_y + _C2)).mean((1, 2, 3))


def _seen(x: Tensor) -> Tensor:
    """The weighted mean in the window around each pixel."""
    at = torch.arange(WINDOW, device=x.device, dtype=x.dtype) - WINDOW // 2
    weights = torch.exp(-(at**2) / (2 * SIGMA**2))
    weights = (weights / weights.sum()).expand(x.shape[1], 1, 1, -1)
    x = F.conv2d(x, weights, groups=x.shape[1])
    return F.conv2d(x, weights.mT, groups=x.shape[1])
