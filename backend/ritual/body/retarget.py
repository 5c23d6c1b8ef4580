"""A motion of any named-joint skeleton, put on our body.

What crosses over is not the joints' own rotations, whose axes and rest pose are the file's business, but how
each bone is turned relative to a pose that both skeletons share: the source's rest pose, which our body takes
by turning its limbs along the source's rest bones with the least twist. Then a fit on positions makes up for
what our body cannot do (no collar, no second spine joint), inside the limits of every angle.

Source: spec §1; the rest-pose transfer is what Blender's and Unreal's retargeters do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch

from ritual.body.calm_fit import fit_calmly
from ritual.body.hierarchy import HierarchyMotion
from ritual.body.joint_map import map_joints
from ritual.body.joint_names import SIDES
from ritual.body.kinematics import angles_from_local, forward, matrix_to_quaternion
from ritual.body.pose_fit import within_limits
from ritual.body.rest_pose import standing
from ritual.body.retarget_report import RetargetReport, measured
from ritual.body.retarget_source import OFFSETS, Source
from ritual.body.rotations import about_z, continuous
from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON
from ritual.errors import BadMotion

SQUARE = 1e-3  # how far a rotation matrix may be from one


class BodyTrack(NamedTuple):
    """Our body's motion: angles (T, 36) [rad], root_translation (T, 3) [m], root_rotation (T, 4) w x y z,
    positions (T, 24, 3) [m], frames per second and the source's name."""

    angles: np.ndarray
    root_translation: np.ndarray
    root_rotation: np.ndarray
    positions: np.ndarray
    fps: float
    name: str


def retarget(
    motion: HierarchyMotion, trust_rotations: bool | None = None, own_map: Mapping[str, str] | None = None
) -> tuple[BodyTrack, RetargetReport]:
    """Our body dancing the source's motion; first frame over the origin facing -Y, floor at z = 0.

    Args:
        motion: any skeleton in which `map_joints` finds a body.
        trust_rotations: False takes only joint positions from the source (for files whose bone twist was
            rebuilt from positions); None decides by how well its knees and elbows behave as hinges.
        own_map: our joint -> the source's, where its user knows better than names and shape.

    Raises:
        BadInput: `own_map` names joints that are not there.
        BadMotion: joints are missing, a value is no number, or the body stands nowhere.
    """
    _check(motion)
    mapped = map_joints(motion, own_map)
    motion, note = standing(motion, mapped.joints)
    source = Source.of(motion, mapped.joints, trust_rotations)
    rotations = source.body_rotations()
    pelvis = source.pelvis_track(rotations)
    targets = _re_pose(rotations, pelvis)
    yaw = _heading(rotations[0, 0])
    turn = about_z(-yaw)
    rotations, targets = turn @ rotations, (targets - [*targets[0, 0, :2], 0]) @ turn.T
    start = _start_angles(rotations)
    root = torch.from_numpy(targets[:, 0].copy())
    quaternion = matrix_to_quaternion(torch.from_numpy(rotations[:, 0].copy()))
    quaternion = torch.from_numpy(continuous(quaternion.numpy()))
    angles = fit_calmly(
        start, root, quaternion, torch.from_numpy(targets), torch.from_numpy(rotations), motion.fps
    )
    positions = forward(angles, root, quaternion).positions.numpy()
    report = measured(source, mapped, angles.numpy(), positions, targets, rotations, (note,) if note else ())
    height = _floor(positions)
    track = BodyTrack(
        angles.numpy(), root.numpy() - [0, 0, height], quaternion.numpy(), positions - [0, 0, height], motion.fps,
        motion.name,
    )  # fmt: skip
    return track, report


def _check(motion: HierarchyMotion) -> None:
    """Refuse what no reader of ours makes, but a caller may: every one of these would be a wrong pose, silently."""
    late = [j for j, parent in enumerate(motion.parents) if parent >= j or (parent < 0) != (j == 0)]
    if late:
        raise BadMotion(
            f"{motion.name}: joint '{motion.names[late[0]]}' does not come after its parent, or is a second root."
        )
    for what, values in (("root position", motion.root), ("rotation", motion.rotations)):
        bad = ~np.isfinite(values).reshape(motion.frames, -1).all(1)
        if bad.any():
            raise BadMotion(f"{motion.name}: a {what} in frame {int(bad.argmax())} is not a finite number.")
    if not np.isfinite(motion.offsets).all():
        joint = int((~np.isfinite(motion.offsets)).any(1).argmax())
        raise BadMotion(f"{motion.name}: the bone to '{motion.names[joint]}' has a length that is no number.")
    turns = motion.rotations
    off = np.abs(turns @ turns.swapaxes(-1, -2) - np.eye(3)).max((-1, -2)) > SQUARE
    off |= np.linalg.det(turns) < 0
    if off.any():
        frame, joint = np.argwhere(off)[0]
        raise BadMotion(
            f"{motion.name}: the rotation of '{motion.names[joint]}' in frame {frame} is none: it mirrors or shears.",
            hint="Apply negative and uneven scales before exporting.",
        )


def _heading(pelvis: np.ndarray) -> float:
    """Yaw [rad] of a (3, 3) pelvis rotation away from facing -Y, steady even where the trunk lies flat."""
    left, front = pelvis[:2, 0], pelvis[:2, 1]
    return float(np.arctan2(left[1] - front[0], left[0] + front[1]))


def _re_pose(rotations: np.ndarray, pelvis: np.ndarray) -> np.ndarray:
    """(T, 24, 3) joints of our bones, each along the source's direction, from (T, 24, 3, 3) and (T, 3)."""
    out = np.empty((*rotations.shape[:2], 3))
    out[:, 0] = pelvis
    for j in range(1, len(JOINTS)):
        parent = SKELETON.parents[j]
        out[:, j] = out[:, parent] + rotations[:, parent] @ OFFSETS[j]
    return out


def _start_angles(rotations: np.ndarray) -> torch.Tensor:
    """(T, 36) angles of given world rotations; where a joint has no angles its parent speaks for it."""
    local = np.empty_like(rotations)
    world = rotations.copy()
    for j, parent in enumerate(SKELETON.parents):
        if parent >= 0 and not SKELETON.joint_angles[j]:
            world[:, j] = world[:, parent]
        local[:, j] = world[:, j] if parent < 0 else world[:, parent].transpose(0, 2, 1) @ world[:, j]
    return within_limits(angles_from_local(torch.from_numpy(local)))


def _floor(positions: np.ndarray) -> float:
    """Height [m] of the floor under (T, 24, 3): the lowest sole but for outliers (2nd percentile of frames)."""
    feet = [JOINT_INDEX[f"{s}_{n}"] for n in ("ankle", "foot") for s in SIDES]
    standing = _re_pose(np.broadcast_to(np.eye(3), (1, len(JOINTS), 3, 3)), OFFSETS[:1])[0, feet, 2]
    return float(np.percentile((positions[:, feet, 2] - standing).min(1), 2))
