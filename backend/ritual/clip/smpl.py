"""Poses of the SMPL body, as AIST++ and AMASS hold them: one rotation vector per joint, relative to SMPL's zero pose.

The zero pose is a T-pose, Y up, facing +Z, left is +X: palms down, thighs a little apart, toes a little out. What is
needed of it are the directions of its bones, noted below to two decimals (left and middle; the right mirrors the left).
The model itself (mesh, shapes, joint regressor) may not be passed on and is not needed: bones get our lengths, and the
path is scaled from legs of 0.81 m, those of SMPL's mean body, to ours. A dancer's own measures (`betas`) are not read.

Source: Loper et al. (2015), "SMPL: a skinned multi-person linear model"; names and order as in smplx/joint_names.py.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON
from ritual.clip.axes import BASIS, to_file_axes
from ritual.errors import BadMotion

BODY = 22  # joints that every member of the SMPL family has, in one order; hands and faces differ
LEGS = 0.81  # [m] thigh and shin of the mean body
_REST = {
    "hip": (0.56, -0.81, -0.15), "knee": (0.11, -0.99, 0.00), "ankle": (-0.04, -1.00, -0.09),
    "foot": (0.26, -0.42, 0.87),
    "spine1": (0.00, 0.96, -0.30), "spine2": (0.00, 0.98, 0.19), "spine3": (0.00, 1.00, 0.05),
    "neck": (0.00, 0.99, -0.16), "head": (0.00, 0.87, 0.49),
    "collar": (0.56, 0.82, -0.15), "shoulder": (0.93, 0.36, -0.11), "elbow": (0.99, -0.06, -0.10),
    "wrist": (1.00, 0.04, -0.03), "hand": (0.98, -0.11, -0.14),
}  # fmt: skip


def _directions() -> np.ndarray:
    """(24, 3) unit direction of the bone to each joint in the zero pose; the root's is zero."""
    out = np.zeros((len(JOINTS), 3))
    for j, name in enumerate(JOINTS[1:], 1):
        side, _, bare = name.rpartition("_")
        out[j] = np.array(_REST[bare]) * ((-1 if side == "right" else 1), 1, 1)
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)


DIRECTIONS = _directions()
_LENGTHS = np.array([np.linalg.norm(joint.offset) for joint in SKELETON.joints])
_OUR_LEGS = float(_LENGTHS[[JOINT_INDEX["left_knee"], JOINT_INDEX["left_ankle"]]].sum())


def motion(
    poses: np.ndarray, translation: np.ndarray, fps: float, name: str, z_up: bool = False
) -> HierarchyMotion:
    """Rotation vectors on a skeleton of our measures in SMPL's zero pose.

    Args:
        poses: (T, 66 or more) [rad], three numbers per joint in SMPL's order; what follows the 22 joints of the
            body (hands, fingers, jaw, eyes) is not read.
        translation: (T, 3) of the root [m].
        fps: frames per second. name: shown to people, and in messages.
        z_up: the world's up, into which the root's rotation turns the zero pose, is Z instead of Y.

    Raises:
        BadMotion: shapes do not fit, there are no frames, or a number is not finite.
    """
    if poses.ndim != 2 or poses.shape[1] < 3 * BODY or translation.shape != (len(poses), 3):
        raise BadMotion(f"{name}: poses {poses.shape} and translation {translation.shape} are no track of SMPL poses.")
    if not len(poses):
        raise BadMotion(f"{name} has no frames.")
    if not (np.isfinite(fps) and fps > 0):
        raise BadMotion(f"{name}: {fps} frames per second is no frame rate.")
    turns = np.asarray(poses[:, : 3 * BODY], np.float64).reshape(-1, BODY, 3)
    bad = ~np.isfinite(turns).all((1, 2)) | ~np.isfinite(translation).all(1)
    if bad.any():
        raise BadMotion(f"{name}: a value in frame {int(bad.argmax())} is not a finite number.")
    rotations = np.broadcast_to(np.eye(3), (len(turns), len(JOINTS), 3, 3)).copy()
    rotations[:, :BODY] = Rotation.from_rotvec(turns.reshape(-1, 3)).as_matrix().reshape(-1, BODY, 3, 3)
    root = np.asarray(translation, np.float64) * (_OUR_LEGS / LEGS)
    if z_up:
        rotations[:, 0], root = BASIS.T @ rotations[:, 0], to_file_axes(root)
    offsets = DIRECTIONS * _LENGTHS[:, None]
    return HierarchyMotion(JOINTS, SKELETON.parents, offsets, rotations, root, float(fps), name, stands=True)
