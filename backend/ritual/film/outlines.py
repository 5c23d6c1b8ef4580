"""The outline of a tapered limb in the picture, and of its shadow on the floor."""

from __future__ import annotations

import numpy as np

ARC = 10  # points to each end


def tapered(starts: np.ndarray, ends: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """The hull of two discs.

    Args:
        starts, ends: (..., 2) their centres.
        radii: (..., 2) of the first and the second.

    Returns:
        (..., 2 * ARC, 2) polygon; the larger disc alone where it covers the other.
    """
    along = ends - starts
    length = np.linalg.norm(along, axis=-1)
    turn = np.arctan2(along[..., 1], along[..., 0])
    slope = (radii[..., 0] - radii[..., 1]) / np.maximum(length, 1e-9)
    touch = np.arccos(np.clip(slope, -1.0, 1.0))[..., None]  # where both outer tangents touch, from the axis
    share = np.linspace(0.0, 1.0, ARC)
    around = [turn[..., None] + touch + share * 2 * (np.pi - touch), turn[..., None] - touch + share * 2 * touch]
    parts = [
        centre[..., None, :] + radius[..., None, None] * np.stack((np.cos(angle), np.sin(angle)), -1)
        for centre, radius, angle in zip((starts, ends), np.moveaxis(radii, -1, 0), around, strict=True)
    ]
    return np.concatenate(parts, -2)


def on_floor(ends: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """(..., 2, 3) limbs of (..., 2) radii [m] -> (..., 2 * ARC, 3) outline of their shadows [m], light from above."""
    flat = tapered(ends[..., 0, :2], ends[..., 1, :2], np.broadcast_to(radii, ends.shape[:-1]))
    return np.concatenate((flat, np.zeros_like(flat[..., :1])), -1)
