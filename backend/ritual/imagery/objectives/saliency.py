"""What of a picture the eye falls on, by the picture's own spectrum."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

_SIDE = 64  # the method reads a small picture: what is salient is large
_SIGMA = 2.5  # of the smoothing, in pixels of that small picture


def spectral_residual(pictures: Tensor) -> Tensor:
    """Saliency: what remains of the log spectrum when its local mean is taken away, back in space, smoothed.

    Differentiable. A flat picture is salient nowhere.

    Args:
        pictures: (N, 3, H, W) in -1..1.

    Returns:
        (N, 1, H, W) in 0..1, each picture's largest place 1.

    Source: Hou & Zhang (2007), Saliency detection: a spectral residual approach, eq. 2-5; 64 px and the 3x3 mean are
    the paper's.
    """
    grey = F.interpolate(pictures.float().mean(1, keepdim=True), (_SIDE, _SIDE), mode="bilinear", antialias=True)
    spectrum = torch.fft.fft2(grey)
    amplitude = spectrum.abs() + 1e-6  # a flat picture has frequencies without any
    log = amplitude.log()
    residual = log - F.avg_pool2d(F.pad(log, (1, 1, 1, 1), mode="circular"), 3, 1)
    back = torch.fft.ifft2(residual.exp() * spectrum / amplitude)
    salient = _smoothed(back.abs().square())
    salient = salient - salient.amin((2, 3), keepdim=True)
    salient = salient / salient.amax((2, 3), keepdim=True).clamp(min=1e-6)
    return F.interpolate(salient, pictures.shape[-2:], mode="bilinear").clamp(0, 1)


def _smoothed(x: Tensor) -> Tensor:
    reach = int(3 * _SIGMA)
    at = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    kernel = torch.softmax(-at.square() / (2 * _SIGMA**2), 0)
    padded = F.pad(x, (reach,) * 4, mode="reflect")
    return F.conv2d(F.conv2d(padded, kernel.view(1, 1, 1, -1)), kernel.view(1, 1, -1, 1))
