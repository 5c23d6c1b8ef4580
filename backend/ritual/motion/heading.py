"""The heading frame: a pose without its place and its yaw, as 39 numbers from which its 72 coordinates follow.

State of a frame = 36 joint angles [rad], the pelvis' tilt as a rotation vector about X and Y [rad] (its rotation
with the yaw taken off has no part about Z), and the clearance [m]: how far the lowest point of the body is
above the floor. In the heading frame the pelvis stands over the origin, the body faces -Y, the floor is z = 0.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLES, JOINTS

ANGLE_COUNT = len(ANGLES)
TILT = slice(ANGLE_COUNT, ANGLE_COUNT + 2)
CLEARANCE = ANGLE_COUNT + 2
STATE_SIZE = ANGLE_COUNT + 3
COORDINATES = 3 * len(JOINTS)

# height of a joint above the floor when the flesh around it touches: foot and ankle as in the zero pose [m]
_FLESH = {"foot": 0.02, "ankle": 0.08, "knee": 0.06, "hand": 0.02, "wrist": 0.03, "elbow": 0.04}
_OTHER_FLESH = 0.10
FLESH = tuple(_FLESH.get(name.split("_")[-1], _OTHER_FLESH) for name in JOINTS)
_SHARPNESS = 100.0  # [1/m] of the smooth maximum: exact when both feet stand, under 5 mm low when one lifts


def split_yaw(rotation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Yaw and tilt of root rotations: rotation = yaw about Z, then tilt about a horizontal axis (swing-twist).

    Args:
        rotation: (T, 4) unit quaternions w, x, y, z.

    Returns:
        (T,) yaw [rad], continuous over the frames, and (T, 2) tilt, a rotation vector about X and Y [rad].
    """
    w, x, y, z = rotation.T
    yaw = np.unwrap(2 * np.arctan2(z, w))
    c, s = np.cos(yaw / 2), np.sin(yaw / 2)
    cosine = c * w + s * z
    sign = np.where(cosine < 0, -1.0, 1.0)
    sine = np.stack((c * x + s * y, c * y - s * x), -1) * sign[:, None]
    length = np.linalg.norm(sine, axis=-1, keepdims=True)
    angle = 2 * np.arctan2(length, (sign * cosine)[:, None])
    return yaw, sine * np.where(length > 1e-9, angle / np.maximum(length, 1e-9), 2.0)


def tilt_quaternion(tilt: Tensor) -> Tensor:
    """(..., 2) tilt [rad] -> (..., 4) quaternion w, x, y, 0."""
    half = (tilt.square().sum(-1, keepdim=True) + 1e-12).sqrt() / 2
    vector = tilt * torch.sinc(half / torch.pi) / 2
    return torch.cat((half.cos(), vector, torch.zeros_like(half)), -1)


def positions(state: Tensor) -> Tensor:
    """(..., 39) states -> (..., 24, 3) joint positions in the heading frame [m]; differentiable."""
    placed, shift = _over_origin(state)
    lift = (shift + state[..., CLEARANCE])[..., None]
    return torch.cat((placed[..., :2], (placed[..., 2] + lift)[..., None]), -1)


def clearance_of(state: Tensor, pelvis_height: Tensor) -> Tensor:
    """(...,) clearance [m] of a pose whose pelvis is at a given height above the floor [m]."""
    return pelvis_height - _over_origin(state)[1]


def _over_origin(state: Tensor) -> tuple[Tensor, Tensor]:
    """Positions with the pelvis at the origin, and the pelvis' height when the body stands on the floor."""
    angles = state[..., :ANGLE_COUNT]
    origin = torch.zeros_like(angles[..., :3])
    placed = forward(angles, origin, tilt_quaternion(state[..., TILT])).positions
    need = placed.new_tensor(FLESH) - placed[..., 2]
    return placed, ((need * _SHARPNESS).softmax(-1) * need).sum(-1)
