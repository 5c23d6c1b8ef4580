"""A dancer who stays on the stage: a slow pull homeward once a path has strayed.

What the steps of a dance add up to is hardly ever nothing: a few centimetres a second, which are metres after a
minute. The slow part of a path keeps its direction from where it began, and its distance r becomes
HOME + (STAGE - HOME) tanh((r - HOME) / (STAGE - HOME)) beyond HOME; nearer nothing moves. The quick part, the steps,
stays; planting the feet afterwards makes each a little longer or shorter.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

HOME, STAGE = 1.0, 2.0  # [m] from where the dance began: nothing is pulled; nothing strays beyond
SLOW = 3.0  # [s] standard deviation of what counts as slow: most of a cycle


def homeward(path: np.ndarray, fps: float) -> np.ndarray:
    """(T, 2) by how much a path over the floor, (T, 2) [m], is to be shifted [m]; zeros where it stays near."""
    slow = gaussian_filter1d(path, SLOW * fps, axis=0, mode="nearest") - path[0]
    far = np.linalg.norm(slow, axis=1, keepdims=True)
    if far.max() <= HOME:
        return np.zeros_like(path)
    room = STAGE - HOME
    near = HOME + room * np.tanh(np.maximum(far - HOME, 0) / room)
    return np.where(far > HOME, slow * (near / np.maximum(far, HOME) - 1), 0.0)
