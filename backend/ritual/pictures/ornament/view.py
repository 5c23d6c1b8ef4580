"""How a thing of cloth or bronze comes before the camera: a little turned, unevenly lit, on some background."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ritual.pictures.ornament.crafts import blurred, noise


def seen(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A slight pose, light, blur and grain.

    Args:
        image: (S, S, 3) float in 0..1.

    Returns:
        (S, S, 3) uint8.
    """
    size = len(image)
    posed = _posed(image, rng)
    x = np.linspace(-1, 1, size, dtype=np.float32)
    tilt = rng.normal(0, 0.11, 2).astype(np.float32)
    light = (1 + tilt[0] * x + tilt[1] * x[:, None] + 0.06 * noise(size, 3, rng)) * np.float32(rng.uniform(0.85, 1.12))
    posed *= light[..., None] * rng.normal(1, 0.03, 3).astype(np.float32)
    if rng.random() < 0.35:
        posed = blurred(posed, rng.uniform(0.3, 0.8))
    posed += rng.standard_normal((size, size, 1), np.float32) * np.float32(rng.uniform(0.004, 0.03))
    return (np.clip(posed, 0, 1) * 255).astype(np.uint8)


def _posed(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turned by a few degrees, nearer or farther, its corners out of square; what lies beyond it is background."""
    size = len(image)
    turn, scale = rng.normal(0, 0.09), rng.uniform(0.84, 1.08)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)
    cos, sin = np.cos(turn), np.sin(turn)
    posed = corners @ np.array([[cos, sin], [-sin, cos]]) * scale
    posed += rng.normal(0, 0.035, (4, 2)) + rng.normal(0, 0.03, 2)
    picture = Image.fromarray((np.clip(image, 0, 1) * 255).astype(np.uint8))
    half = size / 2
    return _over(picture, _homography((posed + 1) * half, (corners + 1) * half), _background(image, rng))


def _over(picture: Image.Image, matrix: np.ndarray, background: np.ndarray) -> np.ndarray:
    size = picture.size
    how = Image.Transform.PERSPECTIVE, matrix.tolist(), Image.Resampling.BILINEAR
    rgba = np.asarray(picture.convert("RGBA").transform(size, *how), np.float32) / np.float32(255)
    return background + (rgba[..., :3] - background) * rgba[..., 3:]


def _background(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size, kind = len(image), rng.integers(4)
    if kind == 0:
        return np.full((size, size, 3), image[0, 0], np.float32)
    colour = (rng.uniform(0.15, 0.95, 3) * 0.35 + rng.uniform(0.1, 0.65)).astype(np.float32)
    plain = np.broadcast_to(colour, (size, size, 3))
    if kind == 1:
        return plain
    return plain * (1 + np.float32(0.2) * noise(size, 4 if kind == 2 else size // 3, rng))[..., None]


def _homography(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(8,) coefficients of Pillow's PERSPECTIVE: from a pixel of the result to one of the picture."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    return np.linalg.solve(np.array(rows), target.reshape(-1))
