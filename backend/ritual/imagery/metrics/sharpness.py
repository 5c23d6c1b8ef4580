"""How sharp a picture is, without a reference. Noise raises both figures: read them beside the real pictures'.

Source: Pech-Pacheco et al. (2000) for the variance of the Laplacian, Krotkov (1987) for Tenengrad, both as surveyed by
Pertuz, Puig & Garcia (2013). On luma in 0..255, only where the 3x3 kernel lies in the picture.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ritual.imagery.metrics.pixels import grey

_LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))
_SOBEL = ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0))


def laplacian_variance(x: Tensor) -> Tensor:
    """(N,) variance of the Laplacian."""
    return _filtered(x, _LAPLACIAN).var((1, 2, 3), correction=0)


def tenengrad(x: Tensor) -> Tensor:
    """(N,) mean of the squared Sobel gradient."""
    across = torch.tensor(_SOBEL)
    return sum(_filtered(x, kernel).square().mean((1, 2, 3)) for kernel in (across, across.T))


def _filtered(x: Tensor, kernel: object) -> Tensor:
    weights = torch.as_tensor(kernel, dtype=torch.float32, device=x.device)
    return F.conv2d(grey(x), weights.view(1, 1, 3, 3))
