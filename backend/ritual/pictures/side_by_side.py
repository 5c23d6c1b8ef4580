"""Pictures of one size side by side, to be looked at together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def side_by_side(pictures: Sequence[np.ndarray], gap: int = 4, ground: int = 255) -> np.ndarray:
    """(H, W, 3) uint8: (h, w, 3) uint8 pictures in a square of rows.

    Args:
        gap: between them and around them [px]. ground: grey value of what lies there.
    """
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    tall, wide = (side + gap for side in pictures[0].shape[:2])
    whole = np.full((rows * tall + gap, columns * wide + gap, 3), ground, np.uint8)
    for n, picture in enumerate(pictures):
        top, left = n // columns * tall + gap, n % columns * wide + gap
        whole[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return whole
