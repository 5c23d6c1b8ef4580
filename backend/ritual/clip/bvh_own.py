"""Our body as BVH: every channel is an angle, so the way back is exact.

The file is Y up, facing +Z, in centimetres: (x, y, z) of the file = 100 (x, z, -y) of the clip. Its rest pose is the
zero pose. Each joint has three rotation channels, outermost first: its own angles, up to sign, in their own
order, then the axes that it lacks, held at 0 (some readers insist on three). The root has its position and
yaw, pitch, roll.
"""

from __future__ import annotations

import numpy as np
import torch

from ritual.body.kinematics import forward, matrix_to_quaternion
from ritual.body.rotations import axis_rotation, continuous
from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON
from ritual.clip.axes import BASIS, from_file_axes, to_file_axes
from ritual.clip.bvh import BvhFile
from ritual.clip.clip import MotionClip

CENTIMETRES = 100.0
_ROOT = (("position", 0), ("position", 1), ("position", 2), ("rotation", 1), ("rotation", 0), ("rotation", 2))
# how far the last bones reach [m], for display only
_TIPS = {"foot": (0.0, -0.06, 0.0), "head": (0.0, 0.0, 0.18), "hand": (0.0, 0.0, -0.08)}


def _turns() -> tuple[tuple[tuple[int, float, int], ...], ...]:
    """Per joint three (axis of the file, sign, angle index or -1), outermost first."""
    out = []
    for angles in SKELETON.joint_angles:
        row = []
        for i in angles:
            x, y, z = SKELETON.angles[i].axis
            axis, sign = next((n, c) for n, c in enumerate((x, z, -y)) if c)
            row.append((axis, sign, i))
        used = {axis for axis, _, _ in row}
        out.append((*row, *((axis, 1.0, -1) for axis in (2, 0, 1) if axis not in used)))
    return tuple(out)


TURNS = _turns()


def to_text(clip: MotionClip) -> str:
    """The clip as BVH, nine decimals to a number."""
    lines, columns = ["HIERARCHY"], []
    _write_joint(lines, columns, clip, 0, 0)
    values = np.stack(columns, 1) + 0.0  # turns -0 into 0
    lines += ["MOTION", f"Frames: {clip.frames}", f"Frame Time: {1 / clip.fps:.12g}"]
    lines += [" ".join(f"{v:.9f}" for v in row) for row in values]
    return "\n".join(lines) + "\n"


def is_ours(file: BvhFile) -> bool:
    """Whether joints, zero pose and channels are those that `to_text` writes; joint order is free."""
    if sorted(file.names) != sorted(JOINTS):
        return False
    for j, name in enumerate(file.names):
        ours = JOINT_INDEX[name]
        parent = file.names[file.parents[j]] if file.parents[j] >= 0 else None
        above = JOINTS[SKELETON.parents[ours]] if SKELETON.parents[ours] >= 0 else None
        channels = _ROOT if above is None else tuple(("rotation", axis) for axis, _, _ in TURNS[ours])
        if parent != above or file.channels[j] != channels:
            return False
        if above and np.abs(file.offsets[j] - CENTIMETRES * _rest_offset(ours)).max() > 1e-3:
            return False
    return True


def to_clip(file: BvhFile) -> MotionClip:
    """The clip that `to_text` wrote; `is_ours` must hold."""
    angles = np.zeros((len(file.values), len(SKELETON.angles)))
    for j, name in enumerate(file.names):
        block = file.values[:, file.columns(j)]
        if file.parents[j] < 0:
            root = from_file_axes(block[:, :3]) / CENTIMETRES
            yaw, pitch, roll = np.radians(block[:, 3:]).T
            turn = axis_rotation(1, yaw) @ axis_rotation(0, pitch) @ axis_rotation(2, roll)
            continue
        for value, (_, sign, i) in zip(block.T, TURNS[JOINT_INDEX[name]], strict=True):
            if i >= 0:
                angles[:, i] = sign * np.radians(value)
    rotation = continuous(matrix_to_quaternion(torch.from_numpy(BASIS @ turn @ BASIS.T)).numpy())
    pose = forward(*(torch.from_numpy(x) for x in (angles, root, rotation)))
    return MotionClip(angles, root, rotation, pose.positions.numpy(), file.fps, file.name)


def yaw_pitch_roll(rotation: np.ndarray) -> np.ndarray:
    """(T, 4) pelvis quaternions -> (T, 3) degrees about the file's Y, X, Z, outermost first, without jumps."""
    w, x, *rest = (rotation / np.linalg.norm(rotation, axis=1, keepdims=True)).T
    y, z = rest[1], -rest[0]
    yaw = np.arctan2(2 * (w * y + x * z), 1 - 2 * (x * x + y * y))
    pitch = np.arcsin(np.clip(2 * (w * x - y * z), -1, 1))
    roll = np.arctan2(2 * (w * z + x * y), 1 - 2 * (x * x + z * z))
    out = np.stack((yaw, pitch, roll), 1)
    for t in range(1, len(out)):  # a triple has a twin, and both repeat every turn: take whichever is nearest
        options = np.stack((out[t], out[t] * (1, -1, 1) + np.pi))
        options += 2 * np.pi * np.round((out[t - 1] - options) / (2 * np.pi))
        out[t] = options[np.abs(options - out[t - 1]).sum(1).argmin()]
    return np.degrees(out)


def _rest_offset(joint: int) -> np.ndarray:
    return to_file_axes(np.array(SKELETON.joints[joint].offset))


def _write_joint(lines: list[str], columns: list[np.ndarray], clip: MotionClip, joint: int, depth: int) -> None:
    """Append the joint's block and its channels' columns, then its children's (depth first, as BVH wants)."""
    pad, name = "\t" * depth, JOINTS[joint]
    if joint:
        title, offset = "JOINT", CENTIMETRES * _rest_offset(joint)
        channels = "3 " + " ".join(f"{'XYZ'[axis]}rotation" for axis, _, _ in TURNS[joint])
        still = np.zeros(clip.frames)
        columns += [sign * np.degrees(clip.angles[:, i]) if i >= 0 else still for _, sign, i in TURNS[joint]]
    else:
        title, offset = "ROOT", np.zeros(3)
        channels = "6 " + " ".join(f"{'XYZ'[axis]}{kind}" for kind, axis in _ROOT)
        columns += [*(CENTIMETRES * to_file_axes(clip.root_translation)).T, *yaw_pitch_roll(clip.root_rotation).T]
    lines += [f"{pad}{title} {name}", f"{pad}{{"]
    lines += [f"{pad}\tOFFSET {_numbers(offset)}", f"{pad}\tCHANNELS {channels}"]
    children = [j for j, parent in enumerate(SKELETON.parents) if parent == joint]
    for child in children:
        _write_joint(lines, columns, clip, child, depth + 1)
    if not children:
        tip = CENTIMETRES * to_file_axes(np.array(_TIPS[name.split("_")[-1]]))
        lines += [f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET {_numbers(tip)}", f"{pad}\t}}"]
    lines.append(f"{pad}}}")


def _numbers(vector: np.ndarray) -> str:
    return " ".join(f"{v + 0.0:.6f}" for v in vector)
