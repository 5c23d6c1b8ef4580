"""What stitches, weft, wax, chisel or brush make of a flat drawing. Each craft is a function of numpy arrays.

A craft gets the map of parts (twice the wanted size, hard edges) and gives an image; nothing here knows what is drawn.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from ritual.pictures.ornament.drawing import GROUND, LINE
from ritual.pictures.ornament.layout import flat
from ritual.pictures.ornament.style import Style

_LAID = np.array([0.0, 0.9, 2.0, 2.8, 1.4], np.float32)
"""How far the stitches of each part are turned against those of the ground [rad]."""

Craft = Callable[[np.ndarray, Style, int, np.random.Generator], np.ndarray]


def rendered(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """The drawing in its craft.

    Args:
        parts: (2 size, 2 size) map of parts.
        style: palette and craft.
        size: side of the image [px].
        rng: for threads, cracks and grain.

    Returns:
        (size, size, 3) float32 in 0..1, sRGB.
    """
    return np.clip(RENDERERS[style.craft](parts, style, size, rng), 0, 1)


def _painting(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """A brush: washes that are not even, on paper or plaster with a tooth."""
    image = _even(parts, style, size)
    wash = 1 + 0.14 * noise(size, 5, rng) + 0.05 * noise(size, size // 2, rng)
    return image * wash[..., None]


def _embroidery(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """Satin stitch: short bright threads, laid another way in each part, raised from the cloth."""
    image = _even(parts, style, size)
    small = parts[::2, ::2]
    turn = np.float32(rng.uniform(0, np.pi)) + _LAID[small] + 0.5 * noise(size, 3, rng)
    x, y = _grid(size)
    thread = np.sin((x * np.cos(turn) + y * np.sin(turn)) * np.float32(rng.uniform(1.5, 2.2)))
    stitch = np.where(small == GROUND, _weave(size, 1.6, rng) * 0.05, 0.13 * thread)
    return image * (1 + stitch + 0.22 * relief(small != GROUND, size))[..., None]


def _brocade(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """Weft over warp on a grid: what is woven has steps for slants."""
    step = int(rng.integers(3, 6))
    coarse = parts[step // 2 :: step, step // 2 :: step]
    stepped = coarse.repeat(step, 0).repeat(step, 1)
    missing = max(0, len(parts) - len(stepped))
    stepped = np.pad(stepped, (0, missing), mode="edge")[: len(parts), : len(parts)]
    image = _even(stepped, style, size)
    x, y = _grid(size)
    pitch = 2 * np.pi / (step / 2)
    return image * (1 + 0.1 * np.sin(x * pitch) * np.sin(y * pitch) + 0.07 * np.sin(y * pitch * 2))[..., None]


def _batik(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """Dye that creeps under the wax's edge, and runs into its cracks."""
    image = blurred(_even(parts, style, size), rng.uniform(0.4, 1.1))
    cracks = np.abs(noise(size, 9, rng)) < 0.045
    cracks &= noise(size, 5, rng) > -0.2
    image[cracks] = image[cracks] * 0.45 + style.palette[LINE].astype(np.float32) / 255 * 0.55
    return image * (1 + 0.13 * noise(size, 6, rng))[..., None]


def _casting(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """Bronze: raised lines, and a patina that gathers in the hollows."""
    small = parts[::2, ::2]
    image = _even(parts, style, size)
    patina = np.clip(noise(size, 7, rng) + np.float32(0.2) * (small == GROUND), 0, 1)[..., None]
    image = image * (1 - 0.4 * patina) + np.array([0.35, 0.56, 0.47], np.float32) * 0.4 * patina
    return image * (1 + 0.6 * relief(small != GROUND, size) + 0.05 * noise(size, size // 2, rng))[..., None]


def _carving(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """Wood, bark or bone: grain that runs one way, edges that catch the light."""
    image = _even(parts, style, size)
    grain = noise(size, 26, rng, across=3)
    return image * (1 + 0.16 * grain + 0.55 * relief(parts[::2, ::2] != GROUND, size))[..., None]


def _silver(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """Wire and sheet: every edge a highlight, on dark cloth."""
    small = parts[::2, ::2]
    image = _even(parts, style, size)
    metal = small != GROUND
    shine = relief(metal, size) + 0.4 * relief(small == LINE, size)
    polish = 0.12 * np.sin(noise(size, 3, rng) * 9)
    lit = image * (1 + np.where(metal, 0.75 * shine + polish, 0.3 * np.minimum(shine, 0)))[..., None]
    return lit + 0.35 * np.clip(shine - 0.35, 0, 1)[..., None] * metal[..., None]


def _lacquer(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """Gloss: a broad sheen over even colour."""
    image = _even(parts, style, size)
    x, y = _grid(size) - size * rng.uniform(0.2, 0.8, (2, 1, 1)).astype(np.float32)
    sheen = np.exp(-((x * 0.8 + y * 0.6) ** 2) / np.float32(size * rng.uniform(0.15, 0.3)) ** 2)
    return image * 0.97 + 0.22 * sheen[..., None] + 0.02 * noise(size, 4, rng)[..., None]


def _paper_cut(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """One sheet on another: a fine shadow, fibres."""
    image = _even(parts, style, size)
    sheet = (parts[::2, ::2] != GROUND).astype(np.float32)
    shadow = np.clip(np.roll(blurred(sheet, 0.8), (2, 1), (0, 1)) - sheet, 0, 1)
    return image * (1 - 0.35 * shadow + 0.05 * noise(size, size // 2, rng))[..., None]


def _applique(parts: np.ndarray, style: Style, size: int, rng: np.random.Generator) -> np.ndarray:
    """Felt or hide sewn on: a nap, a thick edge, and a seam along it."""
    small = parts[::2, ::2]
    image = _even(parts, style, size)
    shape = small != GROUND
    inside = blurred(shape.astype(np.float32), 1.3)
    x, y = _grid(size)
    seam = (np.abs(inside - 0.78) < 0.07) & (np.sin((x + y) * 1.5) > 0)
    image[seam & shape] = image[seam & shape] * 0.4 + (1 - image[seam & shape]) * 0.5
    nap = 0.1 * noise(size, size // 2, rng) + 0.06 * noise(size, size // 5, rng)
    return image * (1 + nap + 0.35 * relief(shape, size))[..., None]


RENDERERS: dict[str, Craft] = {
    "applique": _applique,
    "batik": _batik,
    "brocade": _brocade,
    "carving": _carving,
    "casting": _casting,
    "embroidery": _embroidery,
    "lacquer": _lacquer,
    "painting": _painting,
    "paper-cut": _paper_cut,
    "silver-wire": _silver,
}


def noise(size: int, cells: int, rng: np.random.Generator, across: int | None = None) -> np.ndarray:
    """(size, size) float32 about -1..1: random values on a grid of `cells`, smoothly between."""
    shape = (max(2, across or cells), max(2, cells))
    grid = Image.fromarray(rng.uniform(-1, 1, shape).astype(np.float32))
    return np.asarray(grid.resize((size, size), Image.Resampling.BICUBIC))


def relief(shape: np.ndarray, size: int) -> np.ndarray:
    """(size, size) light from the upper left on what stands out, about -1..1."""
    height = blurred(shape.astype(np.float32), max(0.8, size / 110))
    light = np.zeros_like(height)
    light[1:-1, 1:-1] = height[2:, 1:-1] - height[:-2, 1:-1] + height[1:-1, 2:] - height[1:-1, :-2]
    return light


def blurred(image: np.ndarray, radius: float) -> np.ndarray:
    """A Gaussian blur of (H, W) or (H, W, 3) floats in 0..1, to 8 bits."""
    small = Image.fromarray((np.clip(image, 0, 1) * 255).astype(np.uint8))
    return np.asarray(small.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def _even(parts: np.ndarray, style: Style, size: int) -> np.ndarray:
    return flat(parts, style.palette, size).astype(np.float32) / 255


def _grid(size: int) -> np.ndarray:
    return np.mgrid[:size, :size][::-1].astype(np.float32)


def _weave(size: int, pitch: float, rng: np.random.Generator) -> np.ndarray:
    x, y = _grid(size)
    return np.sin(x * pitch + np.float32(rng.uniform(0, 6))) * np.sin(y * pitch)
