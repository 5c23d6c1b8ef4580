"""Hands inside the own body: how deep, and where they should be instead.

The trunk is wide and flat, so each of its parts is two upright capsules side by side; head and neck are one each.
Radii are the performer's (half-width and depth of the top's slices, the head's slices), less a centimetre of cloth; a
hand is three balls: wrist, knuckles and fingertips.
"""

from __future__ import annotations

import numpy as np

from ritual.body.skeleton import JOINT_INDEX

# carrier, half the distance of the pair, y, z from and to [m] in the carrier's frame, radius [m]
_TRUNK = (
    ("pelvis", 0.050, 0.005, -0.03, 0.06, 0.100),
    ("spine1", 0.030, 0.0, -0.02, 0.12, 0.085),
    ("spine3", 0.045, -0.005, -0.02, 0.10, 0.100),
    ("neck", 0.0, 0.0, 0.0, 0.10, 0.050),
    ("head", 0.0, -0.012, 0.025, 0.095, 0.078),
)
CAPSULES = tuple(
    (JOINT_INDEX[name], np.array((x, y, low)), np.array((x, y, high)), radius)
    for name, half, y, low, high, radius in _TRUNK
    for x in ((-half, half) if half else (0.0,))
)
_HAND = ((0.0, 0.024), (-0.09, 0.018), (-0.16, 0.008))  # z in the wrist's frame, radius [m]
HAND_JOINTS = np.array([JOINT_INDEX[f"{side}_wrist"] for side in ("left", "right") for _ in _HAND], dtype=np.int64)
HAND_OFFSETS = np.array([(0.0, 0.0, z) for _ in range(2) for z, _ in _HAND])
_HAND_RADII = np.array([radius for _ in range(2) for _, radius in _HAND])


def hand_points(positions: np.ndarray, rotations: np.ndarray) -> np.ndarray:
    """(T, 6, 3) wrist, knuckles and fingertips, left then right [m], of (T, 24, 3) joints and (T, 24, 3, 3) turns."""
    return positions[:, HAND_JOINTS] + (rotations[:, HAND_JOINTS] @ HAND_OFFSETS[:, :, None])[..., 0]


def depths(positions: np.ndarray, rotations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How deep each hand point lies in each capsule, (T, 6, C) [m], negative outside; and (T, 6, C, 3) the way out."""
    points = hand_points(positions, rotations)
    depth, ways = [], []
    for joint, start, end, radius in CAPSULES:
        turn = rotations[:, joint]
        a, b = (positions[:, joint] + turn @ x for x in (start, end))
        axis = (b - a)[:, None]
        share = np.clip(((points - a[:, None]) * axis).sum(-1) / (axis**2).sum(-1), 0, 1)
        arm = points - (a[:, None] + share[..., None] * axis)
        far = np.linalg.norm(arm, axis=-1)
        front = -turn[:, :, 1][:, None]  # a point on the very axis leaves by the front
        ways.append(np.where(far[..., None] > 1e-6, arm / np.maximum(far, 1e-9)[..., None], front))
        depth.append(radius + _HAND_RADII - far)
    return np.stack(depth, 2), np.stack(ways, 2)


def pushed_out(
    positions: np.ndarray, rotations: np.ndarray, allowed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(T, 6, 3) where the hand points should be [m], and (T, 6) bool which of them have to go there.

    Args:
        allowed: (6, C) depth that is no collision [m].
    """
    depth, ways = depths(positions, rotations)
    over = depth - allowed
    worst = over.argmax(2)
    much = np.take_along_axis(over, worst[..., None], 2)[..., 0]
    way = np.take_along_axis(ways, worst[..., None, None], 2)[:, :, 0]
    return hand_points(positions, rotations) + np.maximum(much, 0)[..., None] * way, much > 0
