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
    data = (_packed(image) or _file(image)) if image.source == "FILE" and not image.is_dirty else b""
    data = data or _pixels(image)
    if len(data) > MAX_PICTURE:
        raise ValueError(f"'{image.name}' has {len(data) / 2**20:.0f} MiB; at most {MAX_PICTURE // 2**20} are sent.")
    return data


def _packed(image: bpy.types.Image) -> bytes:
    readable = image.packed_file is not None and image.filepath.lower().endswith(_READABLE)
    return bytes(image.packed_file.data) if readable else b""


def _file(image: bpy.types.Image) -> bytes:
    if image.packed_file is not None:
        return b""
    path = Path(bpy.path.abspath(image.filepath, library=image.library))
    try:
        size = path.stat().st_size
        if size > MAX_PICTURE:
            raise ValueError(f"{path.name} has {size / 2**20:.0f} MiB; at most {MAX_PICTURE // 2**20} are sent.")
        return path.read_bytes() if path.suffix.lower() in _READABLE or not size else b""
    except OSError as error:
        raise ValueError(f"The file of '{image.name}' cannot be read: {error.strerror}.") from error


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
