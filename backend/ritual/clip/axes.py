"""Between the clip's axes (Z up, facing -Y) and those of BVH and glTF (Y up, facing +Z); left is +X in both."""

from __future__ import annotations

import numpy as np


def to_file_axes(vectors: np.ndarray) -> np.ndarray:
    """(..., 3) Z up -> Y up: (x, z, -y)."""
    return np.stack((vectors[..., 0], vectors[..., 2], -vectors[..., 1]), -1)


def from_file_axes(vectors: np.ndarray) -> np.ndarray:
    """(..., 3) Y up -> Z up: (x, -z, y)."""
    return np.stack((vectors[..., 0], -vectors[..., 2], vectors[..., 1]), -1)


BASIS = from_file_axes(np.eye(3)).T  # BASIS @ v takes a vector of the file into the clip's axes
