"""A motion that is already on our skeleton is read exactly instead of being retargeted."""

from __future__ import annotations

import numpy as np
import torch

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.kinematics import angles_from_local, forward, local_rotations, matrix_to_quaternion
from ritual.body.pose_fit import choose_branches
from ritual.body.rotations import continuous
from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON
from ritual.clip.axes import BASIS, to_file_axes
from ritual.clip.clip import MotionClip

TOLERANCE = 1e-3  # [m] of a bone, and of the entries of a rotation


def clip_of(
    motion: HierarchyMotion, metres: float, angles: np.ndarray | None = None, meta: dict | None = None
) -> MotionClip | None:
    """The clip of a Y-up motion on our skeleton; None if it is another skeleton or bends where ours cannot.

    Args:
        motion: a motion in file axes.
        metres: metres per unit of the file.
        angles: (T, 36) [rad] as the writer stored them; used if they still agree with the rotations.
        meta: what else the file says about the clip.
    """
    if not _same_bones(motion, metres):
        return None
    order = [motion.names.index(name) for name in JOINTS]
    local = BASIS @ motion.rotations[:, order] @ BASIS.T
    if angles is None or angles.shape != (motion.frames, len(SKELETON.angles)) or not _agrees(angles, local):
        angles = choose_branches(angles_from_local(torch.from_numpy(local))).numpy()
        if not _agrees(angles, local):
            return None
    root = motion.root @ BASIS.T * metres
    rotation = continuous(matrix_to_quaternion(torch.from_numpy(local[:, 0].copy())).numpy())
    positions = forward(*(torch.from_numpy(x) for x in (angles, root, rotation))).positions.numpy()
    return MotionClip(angles, root, rotation, positions, motion.fps, motion.name, meta or {})


def _same_bones(motion: HierarchyMotion, metres: float) -> bool:
    if sorted(motion.names) != sorted(JOINTS):
        return False
    for j, name in enumerate(motion.names):
        ours = SKELETON.joints[JOINT_INDEX[name]]
        parent = motion.names[motion.parents[j]] if motion.parents[j] >= 0 else None
        if parent != (JOINTS[ours.parent] if ours.parent >= 0 else None):
            return False
        if parent and np.abs(metres * motion.offsets[j] - to_file_axes(np.array(ours.offset))).max() > TOLERANCE:
            return False
    return True


def _agrees(angles: np.ndarray, local: np.ndarray) -> bool:
    return bool(np.abs(local_rotations(torch.from_numpy(angles)).numpy()[:, 1:] - local[:, 1:]).max() < TOLERANCE)
