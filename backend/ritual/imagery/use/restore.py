"""A damaged picture made whole; where a mask says what is damaged, nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ritual.brief import CancelCheck, ProgressCallback
from ritual.errors import BadInput
from ritual.imagery.use.canvas import Canvas
from ritual.imagery.use.network import Network
from ritual.imagery.use.tiles import Tiling
from ritual.imagery.use.translate import translated
from ritual.pictures.reading import read_pixels


def restored(
    network: Network,
    rgba: np.ndarray,
    mask: np.ndarray | None = None,
    tiling: Tiling | None = None,
    tell: ProgressCallback | None = None,
    cancelled: CancelCheck | None = None,
) -> Canvas:
    """The picture as the network believes that it was, its own alpha.

    Args:
        network: of restoration. rgba: (H, W, 4) uint8.
        mask: (H, W) bool, what is damaged: every other pixel stays bit for bit; None = the network judges.

    Raises (while the rows come):
        Cancelled: `cancelled` said so.
        BadInput: the memory does not suffice.
    """
    canvas = translated(network, rgba, tiling, tell, cancelled)
    if mask is None:
        return canvas
    return Canvas(canvas.height, canvas.width, canvas.channels, _only_within(canvas, rgba, mask))


def read_mask(path: Path, picture: np.ndarray) -> np.ndarray:
    """(H, W) bool of an image file, white where the picture is damaged, as `ritual image damage` writes it.

    Raises:
        BadInput: the file cannot be read, or is not as large as the picture.
    """
    rgba = read_pixels(path).rgba
    if rgba.shape[:2] != picture.shape[:2]:
        (tall, wide), (height, width) = rgba.shape[:2], picture.shape[:2]
        raise BadInput(f"The mask {path} is {wide} x {tall} pixels, its picture {width} x {height}.")
    return (rgba[..., :3].max(-1) > 127) & (rgba[..., 3] > 127)


def _only_within(canvas: Canvas, rgba: np.ndarray, mask: np.ndarray) -> Iterator[np.ndarray]:
    top = 0
    for rows in canvas.rows:
        here = slice(top, top + len(rows))
        yield np.where(mask[here, :, None], rows, rgba[here, :, : canvas.channels])
        top += len(rows)
