"""Reads the OpenEXR files that Blender writes without compression: scan lines of half, float or unsigned numbers.

Layout: https://openexr.com/en/latest/OpenEXRFileLayout.html. Only what our own scripts write is read; all else is
refused in a sentence.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from ritual.errors import BadInput

_MAGIC = 20000630
_TYPES = {0: "<u4", 1: "<f2", 2: "<f4"}
_MAX_SIDE = 1 << 14


def read_exr(path: Path) -> dict[str, np.ndarray]:
    """Channels by name (`ViewLayer.Combined.R` ...), each (H, W) float32.

    Raises:
        BadInput: the file cannot be read, is cut short, or is of another kind than uncompressed scan lines.
    """
    try:
        data = path.read_bytes()
        return _channels(data, path)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from None
    except (struct.error, ValueError, IndexError):
        raise BadInput(f"{path} is cut short or no OpenEXR file.", hint="Render it again.") from None


def _channels(data: bytes, path: Path) -> dict[str, np.ndarray]:
    magic, version = struct.unpack_from("<II", data)
    if magic != _MAGIC or version & 0x1A00:  # tiled, deep or of many parts
        raise BadInput(f"{path} is not an OpenEXR file of scan lines.")
    header, start = _header(data)
    if header["compression"] != b"\0":
        raise BadInput(f"{path} is compressed; only uncompressed OpenEXR is read here.")
    x0, y0, x1, y1 = struct.unpack("<4i", header["dataWindow"])
    width, height = x1 - x0 + 1, y1 - y0 + 1
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise ValueError
    names = _names(header["channels"])
    bytes_per_line = sum(np.dtype(kind).itemsize * width for _, kind in names)
    offsets = np.frombuffer(data, "<u8", height, start)
    found = {name: np.empty((height, width), np.float32) for name, _ in names}
    for offset in offsets.tolist():
        y, length = struct.unpack_from("<iI", data, offset)
        if length != bytes_per_line:
            raise ValueError
        at = offset + 8
        for name, kind in names:
            row = np.frombuffer(data, kind, width, at)
            found[name][y - y0] = row
            at += row.nbytes
    return found


def _header(data: bytes) -> tuple[dict[str, bytes], int]:
    """Attributes by name, and where the table of offsets begins."""
    at, found = 8, {}
    while data[at] != 0:
        name, at = _text(data, at)
        _, at = _text(data, at)
        (size,) = struct.unpack_from("<I", data, at)
        found[name] = data[at + 4 : at + 4 + size]
        at += 4 + size
    return found, at + 1


def _names(data: bytes) -> list[tuple[str, str]]:
    at, found = 0, []
    while data[at] != 0:
        name, at = _text(data, at)
        (kind,) = struct.unpack_from("<I", data, at)
        found.append((name, _TYPES[kind]))
        at += 16
    return found


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\0", at)
    return data[at:end].decode("utf-8", "replace"), end + 1
