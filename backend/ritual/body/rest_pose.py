"""Where up, left and front are in a foreign skeleton's rest pose, and what stands for it where it is no body.

Source: spec §1; every skeleton's own axes, units and pose of rest are the file's business.
"""

from __future__ import annotations

import numpy as np

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.joint_names import SIDES
from ritual.body.rotations import swing
from ritual.errors import BadMotion

UPRIGHT = 0.6  # how much of its length a leg or the trunk of a standing body measures upwards
MOST_LOOKED_AT = 500  # frames


def leg_length(rest: np.ndarray, joints: dict[str, int], side: str) -> float:
    """Thigh and shin of (J, 3) rest positions, in the file's unit."""
    hip, knee, ankle = (rest[..., joints[f"{side}_{n}"], :] for n in ("hip", "knee", "ankle"))
    return float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))


def standing(motion: HierarchyMotion, joints: dict[str, int]) -> tuple[HierarchyMotion, str]:
    """The motion with a rest pose in which the body stands, and a note if that is not the file's own.

    Files whose zero rotations are no pose at all (every bone along its parent's axis) are common; there the frame in
    which the body stands straightest takes its place.

    Raises:
        BadMotion: the body stands neither at rest nor in any frame.
    """
    if _upright(motion.rest()[None], joints)[0] > UPRIGHT:
        return motion, ""
    frames = np.unique(np.linspace(0, motion.frames - 1, MOST_LOOKED_AT).astype(int))
    _, positions = motion.world()
    upright = _upright(positions[frames], joints)
    best = int(frames[upright.argmax()])
    if upright.max() < UPRIGHT:
        raise BadMotion(
            f"{motion.name}: the rest pose is no standing body (head, hips and ankles do not lie apart), "
            "and no frame is one.",
            hint="Export the skeleton with its bone lengths, in a T-pose, an A-pose or arms hanging.",
        )
    return rebased(motion, best), f"The rest pose is no standing body; frame {best} was taken for it."


def rebased(motion: HierarchyMotion, frame: int) -> HierarchyMotion:
    """The same motion, told relative to its pose in `frame` instead of its rest pose."""
    rotations, positions = motion.world()
    at, offsets = rotations[frame], motion.offsets.copy()
    world = rotations @ at.swapaxes(1, 2)
    local = world.copy()
    for j, parent in enumerate(motion.parents):
        if parent >= 0:
            offsets[j] = positions[frame, j] - positions[frame, parent]
            local[:, j] = world[:, parent].swapaxes(1, 2) @ world[:, j]
    ends = {j: tuple(map(float, at[j] @ np.asarray(end))) for j, end in motion.ends.items()}
    return HierarchyMotion(
        motion.names, motion.parents, offsets, local, motion.root, motion.fps, motion.name, ends
    )


def _upright(positions: np.ndarray, joints: dict[str, int]) -> np.ndarray:
    """(T,) the least share of its length that a leg or the trunk measures upwards; 0 where hips do not lie abreast."""
    at = {name: positions[:, j] for name, j in joints.items()}
    up = at["head"] - (at["left_ankle"] + at["right_ankle"]) / 2
    up = up / np.maximum(np.linalg.norm(up, axis=-1, keepdims=True), 1e-12)
    left = at["left_hip"] - at["right_hip"]
    wide = np.linalg.norm(left, axis=-1)
    least = np.where((wide > 0) & (np.abs((left * up).sum(-1)) < 0.5 * wide), 1.0, 0.0)
    for side in SIDES:
        hip, knee, ankle = (at[f"{side}_{n}"] for n in ("hip", "knee", "ankle"))
        length = np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)
        least = np.minimum(least, ((hip - ankle) * up).sum(-1) / np.maximum(length, 1e-12))
    hips = (at["left_hip"] + at["right_hip"]) / 2
    trunk = np.linalg.norm(at["spine3"] - hips, axis=-1) + np.linalg.norm(at["head"] - at["spine3"], axis=-1)
    return np.minimum(least, ((at["head"] - hips) * up).sum(-1) / np.maximum(trunk, 1e-12))


def rest_axes(rest: np.ndarray, joints: dict[str, int], name: str) -> np.ndarray:
    """Rotation from the rest pose's axes to ours, from where head, ankles and hips lie."""
    up = rest[joints["head"]] - (rest[joints["left_ankle"]] + rest[joints["right_ankle"]]) / 2
    left = rest[joints["left_hip"]] - rest[joints["right_hip"]]
    tall, wide = np.linalg.norm(up), np.linalg.norm(left)
    up, left = _snap(up / tall), _snap(left / wide)
    left = left - up * (left @ up)
    if np.linalg.norm(left) < 0.5:
        raise BadMotion(f"{name}: the hips of the rest pose do not lie side by side.")
    left /= np.linalg.norm(left)
    return np.stack((left, np.cross(up, left), up))


def world_axes(positions: np.ndarray, joints: dict[str, int], from_rest: np.ndarray) -> np.ndarray:
    """Rotation from the motion's world to Z up: as at rest, unless the body is mostly upright along another axis."""
    hips = positions[:, [joints["left_hip"], joints["right_hip"]]].mean(1)
    trunk = positions[:, joints["head"]] - hips
    up = (trunk / np.maximum(np.linalg.norm(trunk, axis=-1, keepdims=True), 1e-9)).mean(0)
    if (from_rest @ up)[2] > 0.5 or np.linalg.norm(up) < 0.6:
        return from_rest
    return swing(_snap(up / np.linalg.norm(up)), np.array([0.0, 0.0, 1.0]))


def _snap(direction: np.ndarray) -> np.ndarray:
    """The nearest coordinate axis, if within 30 deg; else the direction itself."""
    axis = np.zeros(3)
    axis[np.abs(direction).argmax()] = np.sign(direction[np.abs(direction).argmax()])
    return axis if axis @ direction > np.cos(np.radians(30)) else direction
