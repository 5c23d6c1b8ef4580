"""From what Cycles wrote to a photograph and the passes that stylising needs."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ritual.errors import BadInput
from ritual.files import write_bytes
from ritual.scenes.exr import read_exr

PARTS = ("sky", "ground", "hill", "plant", "wall", "plinth", "wood", "roof", "window", "door", "prop", "lantern",
         "person")  # fmt: skip
"""What a pixel of the pass `part` says, as addon/scripts/houses/shapes.py numbers it."""
_FORMER = {"DiffCol": "Diffuse Color", "IndexOB": "Object Index"}


@dataclass(frozen=True)
class Passes:
    """What is known of every pixel.

    Attributes:
        photo: (H, W, 3) uint8 sRGB.
        part: (H, W) uint8, a place in `PARTS`.
        depth: (H, W) float32 [m] from the camera's plane; the sky is 1e3.
        normal: (H, W, 3) float32, of the world; 0 in the sky.
        albedo: (H, W, 3) uint8 sRGB, the colour of the thing without light; the sky has the photo's.
    """

    photo: np.ndarray
    part: np.ndarray
    depth: np.ndarray
    normal: np.ndarray
    albedo: np.ndarray

    def shows(self, x: float, y: float, depth: float) -> bool:
        """Whether a point of the scene at (x, y) in 0..1, so deep [m], is in the picture with nothing before it."""
        height, width = self.depth.shape
        column, row = int(x * width), int(y * height)
        if not (0 <= column < width and 0 <= row < height and depth > 0):
            return False
        near = self.depth[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        return bool(near.max() > depth - 0.35)


def developed(path: Path) -> Passes:
    """The passes of a multilayer OpenEXR of `build_houses.py`; colours through the ACES curve of Narkowicz (2015).

    Raises:
        BadInput: the file cannot be read, or lacks a pass.
    """
    channels = {_today(name): values for name, values in read_exr(path).items()}
    try:
        colour = np.stack([channels[f"Combined.{c}"] for c in "RGB"], -1)
        albedo = np.stack([channels[f"Diffuse Color.{c}"] for c in "RGB"], -1)
        normal = np.stack([channels[f"Normal.{c}"] for c in "XYZ"], -1)
        depth, index = _single(channels, "Depth"), _single(channels, "Object Index")
    except KeyError as error:
        raise BadInput(f"{path} lacks the pass {error.args[0]}.", hint="Render it again.") from None
    part = np.clip(np.rint(index), 0, len(PARTS) - 1).astype(np.uint8)
    photo = encoded(_toned(colour))
    sky = part == 0
    flat = encoded(np.clip(albedo, 0, 1))
    flat[sky] = photo[sky]
    normal = np.where(sky[..., None], 0, normal)
    return Passes(photo, part, np.minimum(depth, 1e3).astype(np.float32), normal.astype(np.float32), flat)


def encoded(linear: np.ndarray) -> np.ndarray:
    """sRGB in uint8 of linear values in 0..1."""
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055)
    return np.rint(np.clip(curve, 0, 1) * 255).astype(np.uint8)


def write_passes(path: Path, passes: Passes) -> Path:
    """Passes but for the photo, compressed."""
    data = io.BytesIO()
    np.savez_compressed(
        data, part=passes.part, depth=passes.depth.astype(np.float16), albedo=passes.albedo,
        normal=np.rint(passes.normal * 127).astype(np.int8), photo=passes.photo,
    )  # fmt: skip
    return write_bytes(path, data.getvalue())


def read_passes(path: Path) -> Passes:
    """What `write_passes` wrote.

    Raises:
        BadInput: the file is missing or broken.
    """
    try:
        with np.load(path, allow_pickle=False) as found:
            return Passes(
                found["photo"], found["part"], found["depth"].astype(np.float32),
                found["normal"].astype(np.float32) / 127, found["albedo"],
            )  # fmt: skip
    except (OSError, ValueError, KeyError, EOFError):
        raise BadInput(f"{path} is missing or broken.", hint="Delete the .json beside it and render again.") from None


def _toned(colour: np.ndarray, exposure: float = 0.95) -> np.ndarray:
    x = np.maximum(colour, 0) * exposure
    return np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)


def _today(name: str) -> str:
    """A channel without its layer, its pass by the name that it has since Blender 4."""
    _, found, channel = name.split(".", 2) if name.count(".") > 1 else ("", "", name)
    return f"{_FORMER.get(found, found)}.{channel}"


def _single(channels: dict[str, np.ndarray], name: str) -> np.ndarray:
    """A pass of one channel, whose last letter differs between versions."""
    for key, values in channels.items():
        if key.startswith(f"{name}."):
            return values
    raise KeyError(name)
