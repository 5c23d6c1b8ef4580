"""Bone rotations from joint positions, for files whose rotations cannot be believed.

A file rebuilt from positions has the right direction for each bone but any twist about it. Joints that carry several
bones (pelvis, chest, head, hand) are determined by them and kept; a joint with a single bone turns from its
parent with the least twist; thighs and upper arms are then twisted so that knee and elbow bend as hinges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.rotations import swing

SMOOTH_SECONDS = 0.1
STRAIGHT = 0.01  # weight of "no twist": outweighed once the limb bends by more than about 10 deg


@dataclass(frozen=True, eq=False)
class Bend:
    """A hinge below a joint.

    Attributes:
        bone: (3,) unit rest direction of the joint's bone, source axes.
        towards: (3,) unit rest direction, across the bone, into which the next bone bends.
        start, end: source joints between which the next bone runs.
    """

    bone: np.ndarray
    towards: np.ndarray
    start: int
    end: int


def hinge(motion: HierarchyMotion, joint: int) -> tuple[np.ndarray, float, float]:
    """Axis about which a joint turns most, its share of all turning, and how far it turns.

    Returns:
        unit axis (3,) in rest axes, signed so that the joint turns about it positively; the share (1 = a perfect
        hinge, 1/3 = any axis alike); root mean square of the sine of the turn.
    """
    m = motion.rotations[:, joint]
    turn = np.stack((m[:, 2, 1] - m[:, 1, 2], m[:, 0, 2] - m[:, 2, 0], m[:, 1, 0] - m[:, 0, 1]), -1) / 2
    energy, axes = np.linalg.eigh(turn.T @ turn)
    axis = axes[:, -1] * (1.0 if (turn @ axes[:, -1]).sum() >= 0 else -1.0)
    share = energy[-1] / energy.sum() if energy.sum() > 1e-9 else 1.0
    return axis, float(share), float(np.sqrt(energy.sum() / len(turn)))


def untwist(
    motion: HierarchyMotion, rotations: np.ndarray, positions: np.ndarray, bends: dict[int, Bend]
) -> np.ndarray:
    """(T, J, 3, 3) world rotations that agree with the (T, J, 3) positions and twist as a body does."""
    out = rotations.copy()
    for j, parent in enumerate(motion.parents):
        bones = _bones(motion, j)
        if parent < 0 or _determined(bones):
            continue
        out[:, j] = out[:, parent]
        if len(bones):
            bone = bones[0] / np.linalg.norm(bones[0])
            out[:, j] = swing(out[:, parent] @ bone, rotations[:, j] @ bone) @ out[:, parent]
        if j in bends:
            out[:, j] = out[:, j] @ _hinge_twist(out[:, j], positions, bends[j], motion.fps)
    return out


def _bones(motion: HierarchyMotion, joint: int) -> np.ndarray:
    """(n, 3) rest offsets that the joint carries, none of them of no length."""
    offsets = [motion.offsets[c] for c, p in enumerate(motion.parents) if p == joint]
    offsets += [np.asarray(motion.ends[joint])] if joint in motion.ends else []
    lengths = [np.linalg.norm(o) for o in offsets]
    return np.array([o for o, n in zip(offsets, lengths, strict=True) if n > 1e-6 * max(lengths)])


def _determined(bones: np.ndarray) -> bool:
    """Whether the directions of the bones leave no twist open."""
    if len(bones) < 2:
        return False
    values = np.linalg.svd(bones / np.linalg.norm(bones, axis=1, keepdims=True), compute_uv=False)
    return bool(values[1] > 0.1 * values[0])


def _hinge_twist(turned: np.ndarray, positions: np.ndarray, bend: Bend, fps: float) -> np.ndarray:
    """(T, 3, 3) turns about the rest bone after which the next bone bends the right way, steadied over time."""
    following = positions[:, bend.end] - positions[:, bend.start]
    following = following / np.maximum(np.linalg.norm(following, axis=1, keepdims=True), 1e-12)
    local = (turned.swapaxes(1, 2) @ following[:, :, None])[:, :, 0]
    across = np.cross(bend.bone, bend.towards)
    pull = local @ bend.towards + 1j * (local @ across)  # its length is the sine of the bend
    pull = pull * np.abs(pull)
    steady = gaussian_filter1d(pull.real, SMOOTH_SECONDS * fps, mode="nearest")
    steady = steady + 1j * gaussian_filter1d(pull.imag, SMOOTH_SECONDS * fps, mode="nearest")
    angle = np.angle(steady + STRAIGHT)
    k = np.array([[0, -bend.bone[2], bend.bone[1]], [bend.bone[2], 0, -bend.bone[0]], [-bend.bone[1], bend.bone[0], 0]])
    s, c = np.sin(angle)[:, None, None], np.cos(angle)[:, None, None]
    return np.eye(3) + s * k + (1 - c) * (k @ k)
