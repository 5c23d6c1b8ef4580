"""A picture that is still being made: its size is known, its rows come from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from PIL import Image

from ritual.pictures.png import PngRows

_SUPPORT = 3  # of Lanczos, in pixels of the coarser picture


@dataclass(frozen=True)
class Canvas:
    """Attributes: height, width [px]. channels: 3 or 4. rows: (h, width, channels) uint8 each, `height` in all."""

    height: int
    width: int
    channels: int
    rows: Iterator[np.ndarray]

    def write(self, file: BinaryIO, look: Callable[[np.ndarray], None] | None = None) -> None:
        """As PNG. Args: look: is shown the rows as they pass."""
        png = PngRows(file, self.width, self.height, self.channels)
        for rows in self.rows:
            png.write(rows)
            if look is not None:
                look(rows)

    def whole(self) -> np.ndarray:
        """(height, width, channels) uint8."""
        return np.concatenate(list(self.rows))


def bytes_of(strip: np.ndarray) -> np.ndarray:
    """0..1 -> uint8."""
    return (strip * 255 + 0.5).astype(np.uint8)


def coloured(strips: Iterator[np.ndarray], rgba: np.ndarray, scale: int) -> Canvas:
    """New colours under a picture's own alpha, enlarged where they are larger.

    Args:
        strips: (h, scale W, 3) float32 in 0..1. rgba: (H, W, 4) uint8, the picture that they were made of.
    """
    height, width = rgba.shape[0] * scale, rgba.shape[1] * scale
    if (rgba[..., 3] == 255).all():
        return Canvas(height, width, 3, map(bytes_of, strips))
    return Canvas(height, width, 4, _under(strips, rgba[..., 3], scale))


def _under(strips: Iterator[np.ndarray], alpha: np.ndarray, scale: int) -> Iterator[np.ndarray]:
    image, top = Image.fromarray(np.ascontiguousarray(alpha)), 0
    for strip in strips:
        here = alpha[top : top + len(strip)]
        if scale > 1:
            box = (0, top / scale, alpha.shape[1], (top + len(strip)) / scale)
            size = (alpha.shape[1] * scale, len(strip))
            here = np.asarray(image.resize(size, Image.Resampling.BICUBIC, box=box))
        yield np.dstack([bytes_of(strip), here])
        top += len(strip)


def resampled(canvas: Canvas, height: int, width: int) -> Canvas:
    """The same picture, smaller or a little larger, by Lanczos; only the rows that are needed are held."""
    if (height, width) == (canvas.height, canvas.width):
        return canvas
    return Canvas(height, width, canvas.channels, _resampled(canvas, height, width))


def _resampled(canvas: Canvas, height: int, width: int) -> Iterator[np.ndarray]:
    """A band of the result as soon as all rows that its filter reaches are there; those above it are let go.

    Down first, then across, in two calls: in one call Pillow takes the order that is cheaper for the shape at hand, and
    as it rounds in between, bands of other shapes would not fit together.
    """
    ratio = canvas.height / height
    reach = int(np.ceil(_SUPPORT * max(ratio, 1))) + 1
    held, first, done, seen = np.empty((0, canvas.width, canvas.channels), np.uint8), 0, 0, 0
    for rows in canvas.rows:
        held, seen = np.concatenate([held, rows]), seen + len(rows)
        ready = height if seen == canvas.height else int((seen - reach) / ratio)
        if ready <= done:
            continue
        box = (0, done * ratio - first, canvas.width, min(ready * ratio - first, len(held)))
        down = Image.fromarray(held).resize((canvas.width, ready - done), Image.Resampling.LANCZOS, box=box)
        yield np.asarray(down.resize((width, ready - done), Image.Resampling.LANCZOS))
        done = ready
        keep = max(0, int(done * ratio) - reach)
        held, first = held[keep - first :], keep
