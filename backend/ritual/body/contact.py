"""Ground contact: where the pelvis must be for the feet to stand on the floor and not to slide.

The motion so far lives in the heading frame (pelvis over the origin, yaw removed). Here the yaw is put back, the
lowest sole is set on the floor and whichever foot bears the weight stays where it is, so that travel is what the
steps make of it.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.ndimage import median_filter

from ritual.body.kinematics import forward, matrix_to_quaternion, quaternion_to_matrix
from ritual.body.skeleton import JOINT_INDEX

# points of each sole in the frame of its ankle [m]: heel, ball, toe tip
SOLE = torch.tensor([[0.0, 0.05, -0.08], [0.0, -0.13, -0.08], [0.0, -0.19, -0.07]], dtype=torch.float64)
ANKLES = (JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"])
BALL_HEIGHT = 0.02  # the ball joint above its sole [m]
HOP = 0.03  # [m]
TOUCHES = 1.2  # [s]: no leap of a dancer is as long
GLITCH = 0.12  # [s]: what is recorded lower for a shorter time is no floor
SHARPNESS = 0.012  # [m]: a sole this much higher bears e times less of the weight


def yaw_quaternion(heading: torch.Tensor) -> torch.Tensor:
    """(T,) yaw [rad], counter-clockwise from above -> (T, 4) w, x, y, z."""
    zero = torch.zeros_like(heading)
    return torch.stack(((heading / 2).cos(), zero, zero, (heading / 2).sin()), -1)


def soles(angles: torch.Tensor, rotation: torch.Tensor, translation: torch.Tensor) -> torch.Tensor:
    """(..., 2, 3, 3) world positions [m] of heel, ball and toe of the left and right sole."""
    pose = forward(angles, translation, rotation)
    ankles = list(ANKLES)
    turned = pose.rotations[..., ankles, None, :, :] @ SOLE.to(angles)[None, :, :, None]
    return pose.positions[..., ankles, None, :] + turned.squeeze(-1)


def floor_under(lowest: np.ndarray, fps: float) -> np.ndarray:
    """(T,) the height of the floor under a recorded motion [m]: recorded floors slope, and lie centimetres off.

    A body touches the floor at least once in `TOUCHES`; between the touches the floor is even.

    Args:
        lowest: (T,) height of the body's lowest point [m].
    """
    reach = max(1, round(TOUCHES * fps / 2))
    lowest = median_filter(lowest, 2 * round(GLITCH * fps / 2) + 1, mode="nearest")
    padded = np.pad(lowest, reach, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    touches = np.unique(np.clip(around.argmin(1) + np.arange(len(lowest)) - reach, 0, len(lowest) - 1))
    return np.interp(np.arange(len(lowest)), touches, lowest[touches])


def lift(targets: torch.Tensor) -> torch.Tensor:
    """(T,) how high the lower foot is held above the floor [m] in (T, 24, 3) positions over the floor z = 0.

    Only what exceeds `HOP` counts: less is the model's uncertainty about a foot that stands.
    """
    ankles = targets[:, list(ANKLES), 2] + SOLE[:, 2].min()
    balls = targets[:, [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]], 2] - BALL_HEIGHT
    lowest = torch.minimum(ankles, balls).amin(1)
    return (lowest - HOP).clamp(min=0)


def ground(
    angles: torch.Tensor, tilt: torch.Tensor, heading: torch.Tensor, lift: torch.Tensor, fps: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Root of a clip that stands on the floor z = 0.

    Args:
        angles: (T, 36) [rad].
        tilt: (T, 4) pelvis rotation without yaw, quaternion w, x, y, z.
        heading: (T,) yaw [rad].
        lift: (T,) height of the lower sole above the floor [m]; 0 = standing.
        fps: frames per second.

    Returns:
        translation (T, 3) [m] and rotation (T, 4) of the pelvis in world frame; the clip starts over the origin.
    """
    rotation = matrix_to_quaternion(quaternion_to_matrix(yaw_quaternion(heading)) @ quaternion_to_matrix(tilt))
    rotation = _continuous(rotation)
    points = soles(angles, rotation, torch.zeros_like(angles[:, :3]))
    height = lift - points[..., 2].flatten(1).amin(1)
    lowest = points[..., 2].flatten(1)
    weight = torch.softmax((lowest.amin(1, keepdim=True) - lowest) / SHARPNESS, -1)
    pair = (weight[1:] + weight[:-1]) / 2
    step = points[1:, ..., :2].flatten(1, 2) - points[:-1, ..., :2].flatten(1, 2)
    travel = -(pair[..., None] * step).sum(1)
    path = torch.cat((torch.zeros_like(travel[:1]), travel.cumsum(0)))
    return torch.cat((path, height[:, None]), -1), rotation


def foot_sliding(angles: np.ndarray, translation: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """(T - 1,) horizontal movement [m] of the sole point that bears the weight in both frames."""
    points = soles(*(torch.from_numpy(np.asarray(a)) for a in (angles, rotation, translation)))
    flat = points.flatten(1, 2)
    bearer = (flat[1:, :, 2] + flat[:-1, :, 2]).argmin(1)
    row = torch.arange(len(bearer))
    return (flat[1:][row, bearer, :2] - flat[:-1][row, bearer, :2]).norm(dim=-1).numpy()


def _continuous(q: torch.Tensor) -> torch.Tensor:
    """Flip signs so that neighbouring quaternions lie in the same half-sphere."""
    turned = (q[1:] * q[:-1]).sum(-1) < 0
    sign = torch.cat((turned.new_zeros(1), turned)).cumsum(0) % 2
    return torch.where(sign[:, None] == 1, -q, q)
