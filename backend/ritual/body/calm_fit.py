"""A track fitted so that no angle leaps where the source's joint does not.

Near the poles of its Euler angles, and where a limit makes a joint change to the other branch of them, a fit may move
an angle by half a turn between two frames although the limb hardly moves. Around such a frame a step is made to cost
more, until the angle takes the frames that it needs; the frames farther off stay as they are.

Source: spec §1; iteratively reweighted smoothness, as in Nocedal and Wright (2006) §10 for robust terms.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ritual.body.pose_fit import COUNT, fit_track
from ritual.body.skeleton import SKELETON

JUMP = 18.0  # [rad/s] of one angle: no limb does that, an Euler pole or a tracking fault does
AROUND = 0.13  # [s] before and after a jump, in which a step costs more
FOLLOWS = 2.0  # an angle that moves so many times as far as its joint does not follow it
DEARER, ROUNDS = 8.0, 4
JOINT = [angle.joint for angle in SKELETON.angles]
SISTERS = torch.tensor([[float(a == b) for b in JOINT] for a in JOINT], dtype=torch.float64)  # angles of one joint


def fit_calmly(
    start: Tensor, translation: Tensor, rotation: Tensor, positions: Tensor, orientations: Tensor, fps: float
) -> Tensor:
    """`pose_fit.fit_track` (same arguments, and frames per second), without leaps that the orientations do not make."""
    angles = fit_track(start, translation, rotation, positions, orientations)
    asked = joint_steps(orientations.numpy())
    ties = torch.ones(max(len(angles) - 1, 0), COUNT, dtype=torch.float64)
    reach = max(1, round(AROUND * fps))
    for _ in range(ROUNDS):
        _, leaps = jumps_and_leaps(angles.numpy(), asked, fps)
        if not leaps.any():
            break
        joints = (torch.from_numpy(leaps).double() @ SISTERS).clamp(max=1)
        near = torch.nn.functional.max_pool1d(joints.T[None], 2 * reach + 1, 1, reach)[0].T
        ties = ties * torch.where(near > 0, DEARER, 1.0)
        angles = angles.clone()
        for a, b in _spans(near.any(1).numpy(), margin := 4 * reach):
            parts = (x[a:b] for x in (angles, translation, rotation, positions, orientations))
            kept = slice(margin // 2 if a else 0, b - a - margin // 2 if b < len(angles) else b - a)
            angles[a:b][kept] = fit_track(*parts, ties=ties[a : b - 1])[kept]
    return angles


def jumps_and_leaps(angles: np.ndarray, asked: np.ndarray, fps: float) -> tuple[np.ndarray, np.ndarray]:
    """(T - 1, 36) where an angle is faster than 18 rad/s, and where its joint does not ask for that.

    Args:
        angles: (T, 36) [rad]; asked: (T - 1, 24) how far each joint of the source turns, as `joint_steps`.
    """
    steps, turns = np.abs(np.diff(angles, axis=0)), asked[:, JOINT]
    jumps = steps * fps > JUMP
    return jumps, jumps & ~((turns * fps > JUMP) & (steps <= FOLLOWS * turns))


def _spans(steps: np.ndarray, margin: int) -> list[tuple[int, int]]:
    """Frames [a, b) around the steps that are marked, with a margin; spans that meet are one."""
    spans: list[tuple[int, int]] = []
    for t in np.flatnonzero(steps):
        a, b = max(0, int(t) - margin), min(len(steps) + 1, int(t) + 2 + margin)
        if spans and a <= spans[-1][1]:
            spans[-1] = spans[-1][0], b
        else:
            spans.append((a, b))
    return spans


def joint_steps(rotations: np.ndarray) -> np.ndarray:
    """(T - 1, 24) how far [rad] each joint of (T, 24, 3, 3) world rotations turns in its parent between frames."""
    local = rotations.copy()
    for j, parent in enumerate(SKELETON.parents):
        if parent >= 0:
            local[:, j] = rotations[:, parent].swapaxes(1, 2) @ rotations[:, j]
    trace = (local[1:] * local[:-1]).sum((-1, -2))
    return np.arccos(np.clip((trace - 1) / 2, -1, 1))
