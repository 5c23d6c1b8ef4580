"""Physical foot contact (PFC): a body that changes its momentum must have a foot that stands."""

from __future__ import annotations

import numpy as np

from ritual.body.skeleton import JOINT_INDEX
from ritual.motion.metrics.track import at_rate

RATE = 30.0  # [Hz] of EDGE; the foot terms are steps per frame, so another rate changes the score by its square
_FEET = [[JOINT_INDEX[f"{side}_ankle"], JOINT_INDEX[f"{side}_foot"]] for side in ("left", "right")]


def physical_foot_contact(positions: np.ndarray, fps: float) -> float:
    """PFC of one clip, lower is better (EDGE, Tseng et al. 2023, eval_pfc.py), at 30 fps.

    10^4 mean over frames of |a| / max |a| times the step of the slower joint of the left foot times that of the right
    [m per frame, in the plan], a the pelvis' acceleration without its downward part.

    Args:
        positions: (T, 24, 3) world [m]. fps: frames per second.

    Returns:
        the score; 0 where the pelvis never accelerates.
    """
    track = at_rate(positions, fps, RATE, 3)
    push = np.diff(track[:, 0], n=2, axis=0) * RATE**2
    push[:, 2] = np.maximum(push[:, 2], 0.0)
    force = np.linalg.norm(push, axis=-1)
    if force.max() < 1e-9:
        return 0.0
    step = np.linalg.norm(np.diff(track[1:, :, :2], axis=0), axis=-1)
    left, right = (step[:, joints].min(-1) for joints in _FEET)
    return float(1e4 * (force / force.max() * left * right).mean())
