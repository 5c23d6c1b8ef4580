"""A motion as one row of numbers, for Frechet distances, retrieval and the dance classifier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ritual.errors import BadInput
from ritual.motion.metrics import geometric, kinetic
from ritual.motion.metrics.track import at_rate

POSE_RATE = 25.0  # [Hz] of the pose statistics
POSES = 2 * 72
SIZE = kinetic.SIZE + geometric.SIZE + POSES
KINETIC = slice(0, kinetic.SIZE)
GEOMETRIC = slice(kinetic.SIZE, kinetic.SIZE + geometric.SIZE)


def motion_features(positions: np.ndarray, fps: float) -> np.ndarray:
    """(248,) kinetic (72) and geometric (32) features and the mean and spread of the 72 coordinates (144).

    Args:
        positions: (T, 24, 3) [m], heading frame. fps: frames per second.
    """
    poses = at_rate(positions, fps, POSE_RATE).reshape(-1, 72)
    return np.concatenate(
        (kinetic.kinetic_features(positions, fps), geometric.geometric_features(positions, fps),
         poses.mean(0), poses.std(0))
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Standard:
    """Mean and spread, (D,) each, of the features of real motion; a feature that never changes there has spread 1."""

    mean: np.ndarray
    spread: np.ndarray

    @staticmethod
    def of(real: np.ndarray) -> Standard:
        """The standard of (N, D) features of real motion, N >= 2."""
        rows = np.asarray(real, float)
        if rows.ndim != 2 or len(rows) < 2:
            raise BadInput(f"A standard needs at least 2 rows of features; the array has shape {rows.shape}.")
        spread = rows.std(0)
        return Standard(rows.mean(0), np.where(spread > 1e-9, spread, 1.0))

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """(..., D) z-scores."""
        return (np.asarray(features, float) - self.mean) / self.spread
