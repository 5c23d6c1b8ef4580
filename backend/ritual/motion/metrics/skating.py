"""Feet that slide while they stand, by three definitions in use; all in the world, floor at `floor` [m].

Joints differ: ours of the foot lies 2 cm above the floor when it stands, of the ankle 8 cm (`heading.FLESH`), as
SMPL's do to within a centimetre. Each definition is taken at the frame rate that its authors have.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d

from ritual.body.skeleton import JOINT_INDEX
from ritual.motion.metrics.track import at_rate

FEET = [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]
ANKLES = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]
STANDS = 0.05  # [m] above the floor: a foot joint below it touches
_ANKLE_STANDS = 0.11  # [m]: Lodge has 0.08 for an ankle that rests at 0.05; ours rests at 0.08


def skating_ratio(positions: np.ndarray, fps: float, floor: float = 0.0) -> float:
    """Share of frames in which a foot skates (GMD, Karunratanakul et al. 2023, as coded, 20 fps).

    A foot skates where it is below 5 cm in two frames that follow each other and its plan speed is above 0.5 m/s
    between them and on average over the five such steps around.

    Args:
        positions: (T, 24, 3) world [m]. fps: frames per second. floor: its height [m].
    """
    rate = 20.0
    feet = at_rate(positions, fps, rate, 2)[:, FEET]
    speed = _plan_speed(feet, rate)
    even = uniform_filter1d(speed, 5, axis=0, mode="constant")
    skates = _stands(feet[..., 2] - floor) & (speed > 0.5) & (even > 0.5)
    return float(skates.any(1).mean())


def contact_skating(positions: np.ndarray, fps: float, floor: float = 0.0) -> tuple[float, float]:
    """How feet move while they touch (Kimodo's foot_skate, 30 fps).

    Returns:
        the share of contacts (foot below 5 cm in two frames that follow each other) at more than 0.2 m/s in the
        plan, and the mean plan speed in contact [m/s]; both 0 where no foot ever touches.
    """
    rate = 30.0
    feet = at_rate(positions, fps, rate, 2)[:, FEET]
    speed = _plan_speed(feet, rate)[_stands(feet[..., 2] - floor)]
    return (float((speed > 0.2).mean()), float(speed.mean())) if speed.size else (0.0, 0.0)


def slide_ratio(positions: np.ndarray, fps: float, floor: float = 0.0) -> float:
    """Share of contacts that slide more than 1 cm a frame at 30 fps (Lodge's FSR, Li et al. 2024).

    Contact: foot joint at most 5 cm and ankle at most 11 cm above the floor. Lodge takes the signed mean of the two
    plan steps, so that slides across cancel; here it is the length of the step.
    """
    rate = 30.0
    track = at_rate(positions, fps, rate, 2)
    feet = track[:, FEET]
    touches = (feet[..., 2] - floor <= STANDS) & (track[:, ANKLES, 2] - floor <= _ANKLE_STANDS)
    step = np.linalg.norm(np.diff(feet[..., :2], axis=0), axis=-1)[touches[:-1]]
    return float((step > 0.01).mean()) if step.size else 0.0


def _plan_speed(feet: np.ndarray, rate: float) -> np.ndarray:
    return np.linalg.norm(np.diff(feet[..., :2], axis=0), axis=-1) * rate


def _stands(height: np.ndarray) -> np.ndarray:
    return (height[:-1] < STANDS) & (height[1:] < STANDS)
