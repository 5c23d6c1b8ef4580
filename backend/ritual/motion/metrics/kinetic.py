"""The 72 kinetic features of AIST++: how much each joint moves sideways, up and down, and how much it accelerates.

aistplusplus_api features/kinetic.py (Li et al. 2021, after fairmotion and Onuma et al. 2008): 60 fps, speeds and
accelerations averaged over five frames, fewer at the ends.
"""

from __future__ import annotations

import numpy as np

from ritual.motion.metrics.track import at_rate

RATE = 60.0  # [Hz] that AIST++ takes every motion to have
SIZE = 72
_REACH = 2  # frames before and after


def kinetic_features(positions: np.ndarray, fps: float) -> np.ndarray:
    """(72,) per joint, in the order of `skeleton.JOINTS`: horizontal and vertical energy, and expenditure.

    Energies are the mean over frames of the squared averaged velocity in the plan and upwards [m^2/s^2], expenditure
    the mean length of the averaged acceleration [m/s^2].

    Args:
        positions: (T, 24, 3) [m]: of the world as in AIST++, or of the heading frame, but both sets of a
            comparison alike. fps: frames per second.
    """
    x = at_rate(positions, fps, RATE, 4)
    last = len(x) - 1
    frame = np.arange(1, last + 1)
    a, b = np.maximum(frame - _REACH - 1, 0), np.minimum(frame + _REACH, last)
    velocity = (x[b] - x[a]) * (RATE / (b - a))[:, None, None]
    a, b = np.maximum(frame - _REACH, 1), np.minimum(frame + _REACH, last - 1)
    step = np.diff(x, axis=0)  # a sum of second differences is the difference of two first ones
    acceleration = (step[b] - step[a - 1]) * (RATE**2 / (b - a + 1))[:, None, None]
    parts = (
        (velocity[..., :2] ** 2).sum(-1),
        velocity[..., 2] ** 2,
        np.linalg.norm(acceleration, axis=-1),
    )
    return np.stack([part.mean(0) for part in parts], -1).reshape(-1)
