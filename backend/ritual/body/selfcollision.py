"""Hands inside the own body: how deep, and where they should be instead.

The trunk is wide and flat, so each of its parts is a board with a round skin: what is nearer to an upright rectangle
than a radius. Head and neck are capsules, boards of no width. Measures are the performer's (half-width and depth of
the top's slices, the head's slices), less a centimetre of cloth; a hand is three balls: wrist, knuckles, fingertips.
"""

from __future__ import annotations

import numpy as np

from ritual.body.skeleton import JOINT_INDEX

# carrier, half-width, y, z from and to [m] of the rectangle in the carrier's frame, radius [m]
_PARTS = (
    ("pelvis", 0.050, 0.005, -0.03, 0.06, 0.100),
    ("spine1", 0.030, 0.0, -0.02, 0.12, 0.085),
    ("spine3", 0.045, -0.005, -0.02, 0.10, 0.100),
    ("neck", 0.0, 0.0, 0.0, 0.10, 0.050),
    ("head", 0.0, -0.012, 0.025, 0.095, 0.078),
)
PARTS = tuple(name for name, *_ in _PARTS)
SKIN = 0.001  # [m]: a hand this deep touches
_HAND = ((0.0, 0.024), (-0.09, 0.018), (-0.16, 0.008))  # z in the wrist's frame, radius [m]
HAND_JOINTS = np.array([JOINT_INDEX[f"{side}_wrist"] for side in ("left", "right") for _ in _HAND], dtype=np.int64)
HAND_OFFSETS = np.array([(0.0, 0.0, z) for _ in range(2) for z, _ in _HAND])
_HAND_RADII = np.array([radius for _ in range(2) for _, radius in _HAND])


def hand_points(positions: np.ndarray, rotations: np.ndarray) -> np.ndarray:
    """(T, 6, 3) wrist, knuckles and fingertips, left then right [m], of (T, 24, 3) joints and (T, 24, 3, 3) turns."""
    return positions[:, HAND_JOINTS] + (rotations[:, HAND_JOINTS] @ HAND_OFFSETS[:, :, None])[..., 0]


def depths(positions: np.ndarray, rotations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How deep each hand point lies in each part, (T, 6, P) [m], negative outside; and (T, 6, P, 3) the way out."""
    points = hand_points(positions, rotations)
    depth, ways = [], []
    for name, half, y, low, high, radius in _PARTS:
        joint = JOINT_INDEX[name]
        turn = rotations[:, joint]
        own = (points - positions[:, joint, None]) @ turn
        arm = own - np.clip(own, (-half, y, low), (half, y, high))
        far = np.linalg.norm(arm, axis=-1, keepdims=True)
        way = np.where(far > 1e-6, arm / np.maximum(far, 1e-9), (0.0, -1.0, 0.0))  # from the very middle to the front
        depth.append(radius + _HAND_RADII - far[..., 0])
        ways.append(way @ turn.transpose(0, 2, 1))
    return np.stack(depth, 2), np.stack(ways, 2)


def pushed_out(
    positions: np.ndarray, rotations: np.ndarray, allowed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(T, 6, 3) where the hand points should be [m], and (T, 6) bool which of them have to go there.

    A hand that has gone in beyond the middle of a part comes out on the side of its wrist, not on the other.

    Args:
        allowed: (6, P) depth that is no collision [m].
    """
    depth, ways = depths(positions, rotations)
    wrists = np.repeat(ways[:, :: len(_HAND)], len(_HAND), axis=1)
    through = ((ways * wrists).sum(-1) < 0) & (depth > 0)
    reach = np.array([radius for *_, radius in _PARTS]) + _HAND_RADII[:, None]
    depth = np.where(through, 2 * reach - depth, depth)
    ways = np.where(through[..., None], wrists, ways)
    over = depth - allowed
    worst = over.argmax(2)
    much = np.take_along_axis(over, worst[..., None], 2)[..., 0]
    way = np.take_along_axis(ways, worst[..., None, None], 2)[:, :, 0]
    return hand_points(positions, rotations) + np.maximum(much, 0)[..., None] * way, much > SKIN
