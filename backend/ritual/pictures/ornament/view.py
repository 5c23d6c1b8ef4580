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
    x, y = np.meshgrid(np.linspace(-1, 1, size, dtype=np.float32), np.linspace(-1, 1, size, dtype=np.float32))
    tilt = rng.normal(0, 0.11, 2)
    light = 1 + tilt[0] * x + tilt[1] * y + 0.06 * noise(size, 3, rng)
    warm = rng.normal(1, 0.03, 3)
    posed = posed * (light * rng.uniform(0.85, 1.12))[..., None] * warm
    if rng.random() < 0.35:
        posed = blurred(posed, rng.uniform(0.3, 0.8))
    posed = posed + rng.normal(0, rng.uniform(0.004, 0.03), (size, size, 1))
    return (np.clip(posed, 0, 1) * 255).astype(np.uint8)


def _posed(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turned by a few degrees, nearer or farther, its corners out of square; what lies beyond it is background."""
    size = len(image)
    turn, scale = rng.normal(0, 0.09), rng.uniform(0.84, 1.08)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)
    cos, sin = np.cos(turn), np.sin(turn)
    seen_at = corners @ np.array([[cos, sin], [-sin, cos]]) * scale + rng.normal(0, 0.035, (4, 2)) + rng.normal(0, 0.03, 2)
    picture = Image.fromarray((np.clip(image, 0, 1) * 255).astype(np.uint8))
    to_px = lambda points: (points + 1) * (size / 2)  # noqa: E731
    return _over(picture, _homography(to_px(seen_at), to_px(corners)), _background(image, rng))


def _over(picture: Image.Image, matrix: np.ndarray, background: np.ndarray) -> np.ndarray:
    size = picture.size
    moved = picture.convert("RGBA").transform(size, Image.Transform.PERSPECTIVE, matrix.tolist(), Image.Resampling.BILINEAR)
    rgba = np.asarray(moved, np.float32) / 255
    alpha = rgba[..., 3:]
    return rgba[..., :3] * alpha + background * (1 - alpha)


def _background(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size, kind = len(image), rng.integers(4)
    if kind == 0:
        return np.full((size, size, 3), image[0, 0], np.float32)
    colour = rng.uniform(0.15, 0.95, 3) * 0.35 + rng.uniform(0.1, 0.65)
    plain = np.broadcast_to(colour.astype(np.float32), (size, size, 3))
    return plain if kind == 1 else plain * (1 + 0.2 * noise(size, 4 if kind == 2 else size // 3, rng))[..., None]


def _homography(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(8,) coefficients of Pillow's PERSPECTIVE: from a pixel of the result to one of the picture."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    return np.linalg.solve(np.array(rows), target.reshape(-1))
