"""The body: 24 joints, 36 angles, written down once.

Frame: metres, Z up, right-handed, facing -Y; the dancer's left is +X.
Zero pose: standing, arms hanging, palms to the thighs (thumbs forward), feet forward. Every angle turns
about a world axis of the zero pose; the angles of one joint compose in the order listed (first = outermost),
R = R_1 R_2 R_3, so linear interpolation of angles is what an Euler F-curve in Blender does.

Orders are chosen so that the pole of the middle angle lies where dancers rarely hold a limb: the shoulder's
straight ahead (its other choice would be straight sideways), the hip's straight sideways.

Source: spec §1; joints named and ordered as SMPL (Loper et al. 2015). Ranges: AAOS normal ranges of motion
(Greene and Heckman 1994), widened where `ANGLES` says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
Axis = tuple[float, float, float]

AAOS = "AAOS (Greene and Heckman 1994)"
DANCER = "AAOS (Greene and Heckman 1994), widened to what the CMU dance clips reach"
SHARED = "AAOS range of the whole trunk or neck, shared out over its joints"


@dataclass(frozen=True)
class Joint:
    """A joint: its parent's index (-1 for the root) and its rest offset from the parent [m]."""

    name: str
    parent: int
    offset: tuple[float, float, float]


@dataclass(frozen=True)
class Angle:
    """One degree of freedom.

    Attributes:
        name: `right_wrist_flexion`.
        joint: index into the skeleton's joints.
        axis: unit vector in the zero pose; positive angle = right-hand turn about it.
        min_deg, max_deg: physiological range [deg].
        positive: what a positive angle does, in words.
        source: where the range comes from.
    """

    name: str
    joint: int
    axis: Axis
    min_deg: float
    max_deg: float
    positive: str
    source: str


@dataclass(frozen=True)
class Skeleton:
    """Joints in parent-before-child order and the angles that move them."""

    joints: tuple[Joint, ...]
    angles: tuple[Angle, ...]

    @cached_property
    def joint_names(self) -> tuple[str, ...]:
        return tuple(joint.name for joint in self.joints)

    @cached_property
    def angle_names(self) -> tuple[str, ...]:
        return tuple(angle.name for angle in self.angles)

    @cached_property
    def parents(self) -> tuple[int, ...]:
        return tuple(joint.parent for joint in self.joints)

    @cached_property
    def joint_angles(self) -> tuple[tuple[int, ...], ...]:
        """For each joint the indices of its angles, outermost first."""
        return tuple(
            tuple(i for i, angle in enumerate(self.angles) if angle.joint == j)
            for j in range(len(self.joints))
        )

    @cached_property
    def limits(self) -> tuple[tuple[float, float], ...]:
        """Physiological (min, max) per angle [rad]."""
        return tuple((math.radians(a.min_deg), math.radians(a.max_deg)) for a in self.angles)

    def to_dict(self) -> dict:
        """Plain data for readers that must not import this package (the Blender add-on)."""
        return {
            "joints": [
                {"name": j.name, "parent": j.parent, "offset": list(j.offset)} for j in self.joints
            ],
            "angles": [
                {
                    "name": a.name,
                    "joint": a.joint,
                    "axis": list(a.axis),
                    "min_deg": a.min_deg,
                    "max_deg": a.max_deg,
                }
                for a in self.angles
            ],
        }


def _minus(axis: Axis) -> Axis:
    return tuple(-c if c else 0.0 for c in axis)  # type: ignore[return-value]


# name, parent, offset of the left or middle joint [m]; a person of about 1.66 m
_JOINTS = (
    ("pelvis", None, (0.0, 0.0, 0.92)),
    ("left_hip", "pelvis", (0.09, 0.0, -0.06)),
    ("right_hip", "pelvis", None),
    ("spine1", "pelvis", (0.0, 0.0, 0.11)),
    ("left_knee", "left_hip", (0.0, 0.0, -0.39)),
    ("right_knee", "right_hip", None),
    ("spine2", "spine1", (0.0, 0.0, 0.13)),
    ("left_ankle", "left_knee", (0.0, 0.0, -0.39)),
    ("right_ankle", "right_knee", None),
    ("spine3", "spine2", (0.0, 0.0, 0.06)),
    ("left_foot", "left_ankle", (0.0, -0.13, -0.06)),
    ("right_foot", "right_ankle", None),
    ("neck", "spine3", (0.0, 0.0, 0.20)),
    ("left_collar", "spine3", (0.06, 0.0, 0.12)),
    ("right_collar", "spine3", None),
    ("head", "neck", (0.0, 0.0, 0.10)),
    ("left_shoulder", "left_collar", (0.11, 0.0, 0.02)),
    ("right_shoulder", "right_collar", None),
    ("left_elbow", "left_shoulder", (0.0, 0.0, -0.27)),
    ("right_elbow", "right_shoulder", None),
    ("left_wrist", "left_elbow", (0.0, 0.0, -0.24)),
    ("right_wrist", "right_elbow", None),
    ("left_hand", "left_wrist", (0.0, 0.0, -0.09)),
    ("right_hand", "right_wrist", None),
)

# joint, suffix, axis on the left or middle, mirrored on the right?, min, max, positive, source
_FLEX_BACK, _FLEX_FORE = X, _minus(X)
_ANGLES = (
    ("hip", "hip_flexion", _FLEX_FORE, False, -45, 140, "thigh forward", DANCER),
    ("hip", "hip_abduction", _minus(Y), True, -30, 85, "thigh outward", DANCER),
    ("hip", "hip_rotation", _minus(Z), True, -70, 50, "kneecap inward", DANCER),
    ("spine1", "spine1_flexion", X, None, -25, 50, "bend forward", SHARED),
    ("spine1", "spine1_lateral", Y, None, -25, 25, "bend to the left", SHARED),
    ("spine1", "spine1_rotation", Z, None, -25, 25, "turn to the left", SHARED),
    ("knee", "knee_flexion", _FLEX_BACK, False, 0, 150, "heel to the seat", DANCER),
    ("ankle", "ankle_dorsiflexion", _FLEX_FORE, False, -60, 35, "toes up", DANCER),
    ("ankle", "ankle_inversion", Y, True, -20, 35, "sole inward", AAOS),
    ("spine3", "spine3_flexion", X, None, -30, 45, "bend forward", SHARED),
    ("spine3", "spine3_lateral", Y, None, -25, 25, "bend to the left", SHARED),
    ("spine3", "spine3_rotation", Z, None, -30, 30, "turn to the left", SHARED),
    ("neck", "neck_flexion", X, None, -40, 45, "chin to the chest", SHARED),
    ("neck", "neck_lateral", Y, None, -40, 40, "ear to the left shoulder", SHARED),
    ("head", "head_rotation", Z, None, -80, 80, "look to the left", SHARED),
    ("head", "head_flexion", X, None, -35, 35, "nod down", SHARED),
    ("shoulder", "shoulder_abduction", _minus(Y), True, 0, 180, "arm outward", AAOS),
    ("shoulder", "shoulder_flexion", _FLEX_FORE, False, -60, 180, "arm forward", AAOS),
    ("shoulder", "shoulder_rotation", _minus(Z), True, -90, 90, "elbow pit inward", AAOS),
    ("elbow", "elbow_flexion", _FLEX_FORE, False, 0, 150, "hand to the shoulder", AAOS),
    ("elbow", "forearm_pronation", _minus(Z), True, -80, 80, "palm backward", AAOS),
    ("wrist", "wrist_flexion", Y, True, -70, 80, "towards the palm", AAOS),
    ("wrist", "wrist_deviation", _FLEX_FORE, False, -30, 20, "towards the thumb", AAOS),
)


def _build() -> Skeleton:
    index = {name: i for i, (name, _, _) in enumerate(_JOINTS)}
    joints, left = [], {}
    for name, parent, offset in _JOINTS:
        if offset is None:
            x, y, z = left[name.removeprefix("right_")]
            offset = (-x, y, z)
        left[name.removeprefix("left_")] = offset
        joints.append(Joint(name, -1 if parent is None else index[parent], offset))
    angles = []
    for name, joint in ((n, i) for n, i in index.items()):
        side = name.split("_")[0] if name.startswith(("left_", "right_")) else ""
        bare = name.removeprefix(f"{side}_") if side else name
        for part, suffix, axis, mirrored, low, high, positive, source in _ANGLES:
            if part != bare:
                continue
            signed = _minus(axis) if side == "right" and mirrored else axis
            full = f"{side}_{suffix}" if side else suffix
            angles.append(Angle(full, joint, signed, low, high, positive, source))
    return Skeleton(tuple(joints), tuple(angles))


SKELETON = _build()
JOINTS = SKELETON.joint_names
ANGLES = SKELETON.angle_names
ANGLE_INDEX = {name: i for i, name in enumerate(ANGLES)}
JOINT_INDEX = {name: i for i, name in enumerate(JOINTS)}
