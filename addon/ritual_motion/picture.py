"""The bytes of an image that Blender holds: its file as it is, or its pixels as PNG where there is no such file."""

from __future__ import annotations

import os
import tempfile
from array import array
from pathlib import Path

import bpy

from .backend_client import MAX_PICTURE

_READABLE = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm")  # by the backend


def read(image: bpy.types.Image | None) -> bytes:
    """The image's bytes, as a file of a kind that the backend reads.

    Raises:
        ValueError: there is none, its file cannot be read, or it is larger than the backend takes.
    """
    if image is None:
        raise ValueError("No picture is chosen: open an image first.")
    data = _file(image) if image.source == "FILE" and not image.is_dirty else None
    if data is None:
        data = _pixels(image)
    if len(data) > MAX_PICTURE:
        raise ValueError(_too_large(image.name, len(data)))
    return data


def bare_name(image: bpy.types.Image) -> str:
    """The image's name without the ending of a file; a number that Blender gave it stays."""
    stem, ending = os.path.splitext(image.name)
    return stem if ending.lower() in _READABLE else image.name


def _file(image: bpy.types.Image) -> bytes | None:
    """The file, packed or on disk; None where the backend reads no such format."""
    if not image.filepath.lower().endswith(_READABLE):
        return None
    if image.packed_file is not None:
        return bytes(image.packed_file.data)
    path = Path(bpy.path.abspath(image.filepath, library=image.library))
    try:
        if path.stat().st_size > MAX_PICTURE:
            raise ValueError(_too_large(path.name, path.stat().st_size))
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"The file of '{image.name}' cannot be read: {error.strerror}.") from error


def _too_large(name: str, size: int) -> str:
    return f"'{name}' has {size / 2**20:.0f} MiB; at most {MAX_PICTURE // 2**20} are sent: make it smaller first."


def _pixels(image: bpy.types.Image) -> bytes:
    """What Blender shows of it, painted, packed, generated or of another format."""
    width, height = image.size
    if not width or not height:
        raise ValueError(f"'{image.name}' has no pixels; open its file again.")
    values = array("f", bytes(4 * width * height * image.channels))
    image.pixels.foreach_get(values)
    copy = bpy.data.images.new(f"{image.name} sent", width, height, alpha=True, float_buffer=image.is_float)
    handle, path = tempfile.mkstemp(".png")
    os.close(handle)
    try:
        if image.channels == 4:
            copy.pixels.foreach_set(values)
        else:
            copy.pixels.foreach_set(_four(values, image.channels))
        copy.filepath_raw, copy.file_format = path, "PNG"
        copy.save()
        return Path(path).read_bytes()
    finally:
        bpy.data.images.remove(copy)
        os.unlink(path)


def _four(values: array, channels: int) -> array:
    """Red, green, blue, alpha of pixels with fewer channels."""
    out = array("f", [1.0]) * (len(values) // channels * 4)
    for channel in range(3):
        out[channel::4] = values[min(channel, channels - 1) :: channels]
    return out
