"""The body as a stick figure: tapered limbs in the world, with a side each, and where they meet the floor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from ritual.body.contact import soles
from ritual.body.kinematics import forward
from ritual.body.skeleton import JOINT_INDEX
from ritual.clip.clip import MotionClip

LEFT, MIDDLE, RIGHT = 0, 1, 2
TOUCHING = 0.02  # a sole this near to the floor stands on it [m]


@dataclass(frozen=True)
class Limb:
    """One tapered limb.

    Attributes:
        start, end: a joint, or a joint and a point in its frame [m].
        radii: at either end [m].
        side: LEFT, MIDDLE or RIGHT.
        joint: index of the joint whose angles move it.
        group: limbs of one group are drawn as one shape; those of the trunk share one, every other has its own.
        lit: whether light falls along it; the bars that give the trunk its breadth have none of their own.
    """

    start: tuple[int, tuple[float, float, float]]
    end: tuple[int, tuple[float, float, float]]
    radii: tuple[float, float]
    side: int
    joint: int
    group: str
    lit: bool = True


_HERE = (0.0, 0.0, 0.0)
# name, carrier and point of start, carrier and point of end, radii; a side is put before the joints of the second table
_TRUNK = (
    ("pelvis", ("left_hip", _HERE), ("right_hip", _HERE), (0.062, 0.062)),
    ("pelvis", ("left_hip", _HERE), ("spine1", _HERE), (0.062, 0.088)),
    ("pelvis", ("right_hip", _HERE), ("spine1", _HERE), (0.062, 0.088)),
    ("pelvis", ("pelvis", _HERE), ("spine1", _HERE), (0.088, 0.086)),
    ("spine1", ("spine1", _HERE), ("left_shoulder", _HERE), (0.088, 0.042)),
    ("spine1", ("spine1", _HERE), ("right_shoulder", _HERE), (0.088, 0.042)),
    ("spine3", ("spine3", (0.0, 0.0, 0.04)), ("left_shoulder", _HERE), (0.094, 0.042)),
    ("spine3", ("spine3", (0.0, 0.0, 0.04)), ("right_shoulder", _HERE), (0.094, 0.042)),
    ("spine1", ("spine1", _HERE), ("spine3", _HERE), (0.086, 0.094)),
    ("spine3", ("spine3", _HERE), ("spine3", (0.0, 0.0, 0.10)), (0.094, 0.070)),
    ("spine3", ("left_shoulder", _HERE), ("right_shoulder", _HERE), (0.042, 0.042)),
    ("neck", ("neck", (0.0, 0.0, -0.06)), ("neck", (0.0, 0.0, 0.05)), (0.036, 0.034)),
)
_HEAD = ("head", ("head", (0.0, -0.015, 0.025)), ("head", (0.0, -0.015, 0.115)), (0.068, 0.088))
_NOSE = ("head", ("head", (0.0, -0.090, 0.060)), ("head", (0.0, -0.125, 0.045)), (0.020, 0.014))  # tells the front
_SIDES = (
    ("hip", ("hip", _HERE), ("knee", _HERE), (0.062, 0.043)),
    ("knee", ("knee", _HERE), ("ankle", _HERE), (0.043, 0.028)),
    ("ankle", ("ankle", (0.0, 0.045, -0.05)), ("ankle", (0.0, -0.13, -0.055)), (0.030, 0.024)),
    ("ankle", ("ankle", (0.0, -0.13, -0.055)), ("ankle", (0.0, -0.185, -0.058)), (0.024, 0.019)),
    ("shoulder", ("shoulder", _HERE), ("elbow", _HERE), (0.041, 0.031)),
    ("elbow", ("elbow", _HERE), ("wrist", _HERE), (0.031, 0.022)),
    ("wrist", ("wrist", _HERE), ("wrist", (0.0, 0.0, -0.15)), (0.026, 0.012)),
)


def _limbs() -> tuple[Limb, ...]:
    def limb(name: str, start: tuple, end: tuple, radii: tuple, side: int, group: str, prefix: str = "") -> Limb:
        ends = [(JOINT_INDEX[f"{prefix}{joint}"], point) for joint, point in (start, end)]
        lit = side != MIDDLE or not any(joint.startswith(("left", "right")) for joint in (start[0], end[0]))
        return Limb(ends[0], ends[1], radii, side, JOINT_INDEX[f"{prefix}{name}"], group, lit)

    out = [limb(*row, MIDDLE, "trunk") for row in _TRUNK]
    out += [limb(*_HEAD, MIDDLE, "head"), limb(*_NOSE, MIDDLE, "nose")]
    for side, prefix in ((LEFT, "left_"), (RIGHT, "right_")):
        out += [limb(*row, side, f"{prefix}{row[0]}", prefix) for row in _SIDES]
    return tuple(out)


LIMBS = _limbs()
RADII = np.array([limb.radii for limb in LIMBS])
GROUPS = tuple(dict.fromkeys(limb.group for limb in LIMBS))
MEMBERS = tuple(tuple(n for n, limb in enumerate(LIMBS) if limb.group == group) for group in GROUPS)
HANDS = tuple(JOINT_INDEX[f"{side}_hand"] for side in ("left", "right"))


@dataclass(frozen=True, eq=False)
class Stick:
    """A clip as limbs; metres in the world, frames first.

    Attributes:
        ends: (T, L, 2, 3) where each limb starts and ends.
        hands: (T, 2, 3) left and right hand.
        pelvis: (T, 3).
        soles: (T, 2, 3, 3) heel, ball and toe of the left and right sole.
        fps: frames per second.
    """

    ends: np.ndarray
    hands: np.ndarray
    pelvis: np.ndarray
    soles: np.ndarray
    fps: float

    @staticmethod
    def of(clip: MotionClip) -> Stick:
        """The limbs of a clip: its own joint positions, so that a performer's bone lengths are kept."""
        angles, root, turn = (
            torch.from_numpy(np.asarray(a, np.float64))
            for a in (clip.angles, clip.root_translation, clip.root_rotation)
        )
        pose = forward(angles, root, turn)
        turns, joints = pose.rotations.numpy(), np.asarray(clip.positions, np.float64)
        ends = np.empty((clip.frames, len(LIMBS), 2, 3))
        for n, limb in enumerate(LIMBS):
            for k, (joint, point) in enumerate((limb.start, limb.end)):
                ends[:, n, k] = joints[:, joint] + turns[:, joint] @ np.array(point)
        ankles = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]
        moved = joints[:, ankles] - pose.positions.numpy()[:, ankles]  # not zero where bones have other lengths
        under = soles(angles, turn, root).numpy() + moved[:, :, None]
        return Stick(ends, joints[:, list(HANDS)], joints[:, 0], under, clip.fps)

    @property
    def frames(self) -> int:
        return len(self.ends)

    @cached_property
    def standing(self) -> np.ndarray:
        """(T, 2, 3) bool: which point of which sole is on the floor z = 0."""
        return np.abs(self.soles[..., 2]) < TOUCHING

    def held(self, frames: int) -> Stick:
        """The same motion, its last pose held until it has so many frames."""
        rows = np.minimum(np.arange(frames), self.frames - 1)
        return Stick(self.ends[rows], self.hands[rows], self.pelvis[rows], self.soles[rows], self.fps)
