"""Which way the pelvis faces in the plan, and turning a clip that is done without making its feet slide."""

from __future__ import annotations

import numpy as np
import torch

from ritual.body.contact import SHARPNESS, soles
from ritual.body.rotations import continuous

_UPRIGHT = 0.05  # cosine of half the tilt squared; below it (153 deg) the pelvis hangs upside down and faces nowhere


def heading(rotation: np.ndarray) -> np.ndarray:
    """(T,) yaw [rad] of (T, 4) rotations w, x, y, z: counter-clockwise from above, continuous over the frames.

    The turn about the vertical that comes nearest to the rotation: it weighs the forward and the side axis of the
    pelvis together, so it stays where it is when the dancer bows or lies. Where the pelvis is upside down it is
    drawn straight from the frame before to the frame after.
    """
    w, _, _, z = rotation.T / np.linalg.norm(rotation, axis=1)
    upright = w * w + z * z > _UPRIGHT
    if not upright.any():
        return np.zeros(len(rotation))
    frames = np.flatnonzero(upright)
    yaw = np.unwrap(2 * np.arctan2(z[upright], w[upright]))
    return yaw if upright.all() else np.interp(np.arange(len(rotation)), frames, yaw)


def turned(
    angles: np.ndarray, translation: np.ndarray, rotation: np.ndarray, by: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The root of a clip that is turned about the vertical by another angle in every frame.

    The sole that bears the weight moves over the floor as it did before, turned along; so a foot that stood still
    stands still, and the path is what the turned steps make of it.

    Args:
        angles: (T, 36) [rad].
        translation: (T, 3) [m].
        rotation: (T, 4) w, x, y, z.
        by: (T,) [rad]; frames before the first that is not zero stay as they are, bit for bit.

    Returns:
        translation (T, 3) and rotation (T, 4).
    """
    if not by.any():
        return translation, rotation
    spun = continuous(about_vertical(by, rotation))
    spun = spun if (spun[0] * rotation[0]).sum() >= 0 else -spun
    before, after = (_soles(angles, r) for r in (rotation, spun))
    step = np.diff(translation[:, :2], axis=0)
    weight = _weight(before)
    slide = step + (weight * np.diff(before[..., :2], axis=0)).sum(1)
    middle = (by[1:] + by[:-1]) / 2
    moved = _in_plan(slide, middle) - (weight * np.diff(after[..., :2], axis=0)).sum(1)
    moved = np.where(((by[1:] == 0) & (by[:-1] == 0))[:, None], step, moved)
    out = translation.copy()
    out[1:, :2] += np.cumsum(moved - step, axis=0)
    return out, spun


def about_vertical(by: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """(T, 4) rotations w, x, y, z turned about the vertical by (T,) angles [rad]."""
    c, s = np.cos(by / 2), np.sin(by / 2)
    w, x, y, z = rotation.T
    return np.stack((c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w), -1)


def _in_plan(vectors: np.ndarray, by: np.ndarray) -> np.ndarray:
    c, s = np.cos(by), np.sin(by)
    x, y = vectors.T
    return np.stack((c * x - s * y, s * x + c * y), -1)


def _soles(angles: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """(T, 6, 3) points of the two soles from the pelvis [m]."""
    q, r = (torch.from_numpy(np.asarray(a, float)) for a in (angles, rotation))
    return soles(q, r, torch.zeros_like(q[:, :3])).flatten(1, 2).numpy()


def _weight(points: np.ndarray) -> np.ndarray:
    """(T - 1, 6, 1) how much of the weight each point of the soles bears between two frames, as in `contact.ground`."""
    low = np.exp((points[..., 2].min(1, keepdims=True) - points[..., 2]) / SHARPNESS)
    share = low / low.sum(1, keepdims=True)
    return ((share[1:] + share[:-1]) / 2)[..., None]
