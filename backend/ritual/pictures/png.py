"""PNG: of a picture at hand, or written from top to bottom, so that a picture need never be held whole.

Source: Portable Network Graphics (PNG) Specification, third edition (W3C), §5 (chunks), §9 (filters).
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import BinaryIO

import numpy as np
from PIL import Image

_KINDS = {1: 0, 3: 2, 4: 6}  # channels -> colour type
_EFFORT = 4  # of 9: a few per cent larger than 6, twice as fast


def png(image: np.ndarray, *, small: bool = False) -> bytes:
    """The file of a (H, W), (H, W, 3) or (H, W, 4) uint8 picture.

    Args:
        small: whether time is spent to make it smaller.
    """
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=small)
    return file.getvalue()


class PngRows:
    """Args: file: where the bytes go. width, height: of the whole picture [px]. channels: 1 grey, 3 RGB or 4 RGBA."""

    def __init__(self, file: BinaryIO, width: int, height: int, channels: int) -> None:
        self._file, self._left = file, height
        self._above = np.zeros((1, width * channels), np.uint8)
        self._channels, self._packed = channels, zlib.compressobj(_EFFORT)
        file.write(b"\x89PNG\r\n\x1a\n")
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _KINDS[channels], 0, 0, 0))
        self._chunk(b"sRGB", b"\0")

    def write(self, rows: np.ndarray) -> None:
        """The next (h, width, channels) uint8 rows; after the last of `height` rows the file is whole."""
        flat = rows.reshape(len(rows), -1)
        if packed := self._packed.compress(self._filtered(flat).tobytes()):
            self._chunk(b"IDAT", packed)
        self._above, self._left = flat[-1:].copy(), self._left - len(flat)
        if self._left == 0:
            self._chunk(b"IDAT", self._packed.flush())
            self._chunk(b"IEND", b"")

    def _filtered(self, flat: np.ndarray) -> np.ndarray:
        """Each row less its left or upper neighbour, or as it is: whichever leaves the smallest numbers."""
        left = np.zeros_like(flat)
        left[:, self._channels :] = flat[:, : -self._channels]
        up = np.concatenate([self._above, flat[:-1]])
        ways = np.stack([flat, flat - left, flat - up])  # uint8 wraps round, as the format wants it
        best = np.abs(ways.view(np.int8).astype(np.int16)).sum(-1, dtype=np.int64).argmin(0)
        chosen = np.take_along_axis(ways, best[None, :, None], 0)[0]
        return np.concatenate([best[:, None].astype(np.uint8), chosen], axis=1)

    def _chunk(self, kind: bytes, data: bytes) -> None:
        self._file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
