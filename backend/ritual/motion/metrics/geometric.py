"""The 32 geometric ("manual") features of AIST++: the share of frames in which the body is in some relation.

aistplusplus_api features/manual.py (Li et al. 2021, after fairmotion and Mueller et al. 2005). Lengths that it takes
from SMPL's rest pose are those of our skeleton. Two oddities of the original stay, so that the features mean the same:
a speed is the step at 60 fps times 120, and of `move` the fourth joint does not count.
"""

from __future__ import annotations

import numpy as np

from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON
from ritual.motion.metrics.track import at_rate

RATE = 60.0  # [Hz]
SIZE = 32
_PER_SECOND = 120.0
_UP = np.array([0.0, 0.0, 1.0])


def _at_rest() -> np.ndarray:
    place = np.zeros((len(JOINTS), 3))
    for j, joint in enumerate(SKELETON.joints):
        place[j] = np.array(joint.offset) + (place[joint.parent] if joint.parent >= 0 else 0.0)
    return place


def _apart(a: str, b: str) -> float:
    return float(np.linalg.norm(_REST[JOINT_INDEX[a]] - _REST[JOINT_INDEX[b]]))


_REST = _at_rest()
UPPER_ARM = _apart("left_shoulder", "left_elbow")
SHOULDERS = _apart("left_shoulder", "right_shoulder")
HIPS = _apart("left_hip", "right_hip")


def geometric_features(positions: np.ndarray, fps: float) -> np.ndarray:
    """(32,) shares of frames, 0..1, in the order of AIST++.

    Args:
        positions: (T, 24, 3) [m], world or heading frame, Z up. fps: frames per second.
    """
    return np.stack(_Relations(at_rate(positions, fps, RATE, 2)).all()).mean(1)


class _Relations:
    """(T - 1,) bool each, for every frame but the first; thresholds in metres and metres per second."""

    def __init__(self, track: np.ndarray) -> None:
        self.track = track

    def all(self) -> list[np.ndarray]:
        arm = UPPER_ARM
        sides = (("right", "left"), ("left", "right"))
        return [
            *(self.normal_move("neck", f"{a}_hip", f"{b}_hip", f"{a}_wrist", 1.8 * arm) for a, b in sides),
            *(self.beyond("spine3", "neck", "neck", f"{own}_wrist", 0.2 * arm) for own, _ in sides),
            *(self.move("spine1", "spine3", "spine3", 1.8 * arm) for _ in sides),
            *(self.bent(f"{own}_elbow", f"{own}_shoulder", f"{own}_wrist") for own, _ in sides),
            self.beyond("left_shoulder", "right_shoulder", "left_wrist", "right_wrist", 2.5 * SHOULDERS),
            self.move("left_wrist", "right_wrist", "right_wrist", 1.4 * arm),
            self.move("right_wrist", "pelvis", "left_wrist", 1.4 * arm),
            self.move("left_wrist", "pelvis", "right_wrist", 1.4 * arm),
            *(self.fast(f"{own}_wrist", 2.5 * arm) for own, _ in sides),
            self.above_plane("pelvis", "left_hip", "left_foot", "right_ankle", 0.38 * arm),
            self.above_plane("pelvis", "right_hip", "right_foot", "left_ankle", 0.38 * arm),
            *(self.height(f"{own}_ankle") > 1.2 * arm for own, _ in sides),
            self.beyond("left_hip", "right_hip", "left_ankle", "right_ankle", 2.1 * HIPS),
            *(self.bent(f"{own}_knee", f"{own}_hip", f"{own}_ankle") for own, _ in sides),
            *(self.fast(f"{own}_ankle", 2.5 * arm) for own, _ in sides),
            *(self.angle("neck", "pelvis", f"{own}_shoulder", f"{own}_elbow", 25, 180) for own, _ in sides),
            *(self.angle("neck", "pelvis", f"{own}_hip", f"{own}_knee", 50, 180) for own, _ in sides),
            self.above_plane("right_ankle", "neck", "left_ankle", "pelvis", 0.5 * arm),
            _between(self.line("neck", "pelvis"), _UP, 70, 110),
            *(self.height(f"{own}_wrist") < 1.2 * arm for own, _ in sides),
            self.fast("pelvis", 2.3 * arm),
        ]

    def at(self, joint: str) -> np.ndarray:
        return self.track[1:, JOINT_INDEX[joint]]

    def line(self, a: str, b: str) -> np.ndarray:
        return self.at(b) - self.at(a)

    def velocity(self, joint: str, of: str | None = None) -> np.ndarray:
        path = self.track[:, JOINT_INDEX[joint]] - (self.track[:, JOINT_INDEX[of]] if of else 0.0)
        return np.diff(path, axis=0) * _PER_SECOND

    def height(self, joint: str) -> np.ndarray:
        """Above the lowest joint."""
        return self.at(joint)[:, 2] - self.track[1:, :, 2].min(1)

    def fast(self, joint: str, speed: float) -> np.ndarray:
        return np.linalg.norm(self.velocity(joint), axis=-1) > speed

    def move(self, a: str, b: str, moving: str, speed: float) -> np.ndarray:
        """`moving` goes, seen from a, the way from a to b."""
        return _along(self.velocity(moving, a), self.line(a, b)) > speed

    def normal_move(self, a: str, b: str, c: str, moving: str, speed: float) -> np.ndarray:
        """`moving` goes, seen from a, out of the plane of a, b and c."""
        return _along(self.velocity(moving, a), np.cross(self.line(a, c), self.line(a, b))) > speed

    def above_plane(self, a: str, b: str, c: str, joint: str, distance: float) -> np.ndarray:
        return _along(self.line(a, joint), np.cross(self.line(a, c), self.line(a, b))) > distance

    def beyond(self, a: str, b: str, start: str, joint: str, distance: float) -> np.ndarray:
        """`joint` lies, seen from `start`, further the way from a to b."""
        return _along(self.line(start, joint), self.line(a, b)) > distance

    def angle(self, a: str, b: str, c: str, d: str, low: float, high: float) -> np.ndarray:
        return _between(self.line(a, b), self.line(c, d), low, high)

    def bent(self, joint: str, above: str, below: str) -> np.ndarray:
        return self.angle(joint, above, joint, below, 0, 110)


def _along(vector: np.ndarray, direction: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(direction, axis=-1)
    return np.divide((vector * direction).sum(-1), length, out=np.zeros(len(vector)), where=length > 1e-12)


def _between(u: np.ndarray, v: np.ndarray, low: float, high: float) -> np.ndarray:
    lengths = np.maximum(np.linalg.norm(u, axis=-1) * np.linalg.norm(v, axis=-1), 1e-12)
    degrees = np.degrees(np.arccos(np.clip((u * v).sum(-1) / lengths, -1.0, 1.0)))
    return (degrees > low) & (degrees < high)
