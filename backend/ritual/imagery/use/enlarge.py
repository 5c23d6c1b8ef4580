"""A picture made larger: by a network as often as it takes, then down to the size that was asked for."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from ritual.brief import CancelCheck, ProgressCallback
from ritual.errors import BadInput
from ritual.imagery.use.bilevel import Sheet, check_size, sheet
from ritual.imagery.use.canvas import Canvas, coloured, resampled
from ritual.imagery.use.network import Network
from ritual.imagery.use.tiles import Tiling, strips

MOST = 8.0
"""The largest factor: beyond it there is nothing left of the picture to enlarge."""


def enlarged(
    network: Network,
    rgba: np.ndarray,
    factor: float = 2.0,
    tiling: Tiling | None = None,
    tell: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> Canvas:
    """The picture `factor` times as wide and high, its alpha by bicubic interpolation.

    The network runs as often as it takes to reach the factor (2x twice for 4x), each tile at once through all of it, so
    that the sizes between are never held; what is then too large is brought down by Lanczos.

    Args:
        network: of enlargement. rgba: (H, W, 4) uint8. factor: above 1, up to `MOST`.

    Raises:
        BadInput: the factor is out of its range.
        Cancelled (while the rows come): `cancelled` said so.
    """
    passes = _passes(factor, network.scale)
    scale = network.scale**passes
    height, width = rgba.shape[:2]

    def run(x: Tensor) -> Tensor:
        for _ in range(passes):
            x = network(x)
        return x

    tiling = (tiling or Tiling(min(256, 1024 // scale), 32)).checked()  # so that no tile takes long
    multiple = network.model.multiple
    rows = strips(run, rgba, scale=scale, multiple=multiple, tiling=tiling, tell=tell, cancelled=cancelled)
    return resampled(coloured(rows, rgba, scale), round(height * factor), round(width * factor))


def crisp(canvas: Canvas, rgba: np.ndarray) -> tuple[Sheet, np.ndarray | None]:
    """An enlarged paper-cut as two colours again, those of the small one, and its alpha; made in one piece.

    Args:
        canvas: of `enlarged`. rgba: (H, W, 4) uint8, the small picture.

    Returns:
        The sheet, and (H, W) uint8, None = opaque.

    Raises:
        BadInput: too large for that.
    """
    check_size(canvas.height, canvas.width)
    whole = canvas.whole()
    made = sheet(whole[..., :3], like=rgba[..., :3][rgba[..., 3] > 0])
    return made, whole[..., 3] if canvas.channels == 4 else None


def _passes(factor: float, scale: int) -> int:
    if not 1 < factor <= MOST:  # also catches NaN
        raise BadInput(f"{factor:g} is no factor to enlarge by.", hint=f"Choose more than 1 and up to {MOST:g}.")
    passes = 1
    while scale**passes < factor:
        passes += 1
    return passes
