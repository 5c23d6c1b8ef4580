"""Peak signal-to-noise ratio: 10 log10(1 / mean squared error) over all pixels and channels, data range 1."""

from __future__ import annotations

from torch import Tensor

from ritual.imagery.metrics.pixels import see_that_they_pair, unit

MOST = 100.0
"""Of two pictures that are the same, where the definition has no number, and of any that come as near [dB]."""


def psnr(made: Tensor, real: Tensor) -> Tensor:
    """(N,) [dB], at most `MOST`.

    Raises:
        BadInput: other shapes.
    """
    see_that_they_pair(made, real)
    error = (unit(made) - unit(real)).square().mean((1, 2, 3))
    return -10 * error.clamp_min(10 ** (-MOST / 10)).log10()
