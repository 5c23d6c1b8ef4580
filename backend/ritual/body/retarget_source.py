"""Somebody else's motion with all that was found out about its skeleton, and what it asks of our body.

The rest pose is shared: our body takes the source's by turning its limbs along the source's rest bones with the least
twist. From there on each of our bones turns in the world as the source's does.

Source: spec §1; the rest-pose transfer is what Blender's and Unreal's retargeters do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.joint_names import SIDES
from ritual.body.rest_pose import leg_length, rest_axes, world_axes
from ritual.body.rotations import about_z, axis_rotation, swing
from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON
from ritual.body.untwist import Bend, hinge, untwist

OFFSETS = np.array([joint.offset for joint in SKELETON.joints])
LEG = float(np.linalg.norm(OFFSETS[[JOINT_INDEX["left_knee"], JOINT_INDEX["left_ankle"]]], axis=1).sum())
LIMBS = ("hip", "knee"), ("shoulder", "elbow", "wrist")
NEXT = {"hip": "knee", "knee": "ankle", "ankle": "foot", "shoulder": "elbow", "elbow": "wrist", "wrist": "hand"}
HINGE = 0.8  # share of knee and elbow turns about one axis, under which rotations are not believed
LEAST_BEND = np.sin(np.radians(10))  # a hinge that hardly moves does not show its axis
RESTING = np.radians(10)  # median deviation of a wrist that is believed
DOWN = np.array([0.0, 0.0, -1.0])


@dataclass(frozen=True, eq=False)
class Source:
    """The motion with what was found out about it.

    Attributes:
        joints: our joint name -> the source's index.
        rest: (J, 3) rest positions, source axes.
        rotations, positions: (T, J, 3, 3) and (T, J, 3) world, source axes.
        from_rest: (3, 3) rest axes -> ours (Z up, facing -Y).
        from_world: (3, 3) world axes of the motion -> Z up.
        scale: metres per unit.
    """

    motion: HierarchyMotion
    joints: dict[str, int]
    rest: np.ndarray
    rotations: np.ndarray
    positions: np.ndarray
    from_rest: np.ndarray
    from_world: np.ndarray
    scale: float
    trusted: bool
    soles_follow_shins: bool = False

    @staticmethod
    def of(motion: HierarchyMotion, joints: dict[str, int], trusted: bool | None) -> Source:
        rest = motion.rest()
        rotations, positions = motion.world()
        from_rest = rest_axes(rest, joints, motion.name)
        from_world = from_rest if motion.stands else world_axes(positions, joints, from_rest)
        leg = np.mean([leg_length(rest, joints, side) for side in SIDES])
        if trusted is None:
            hinges = [hinge(motion, joints[f"{s}_{n}"])[1] for n in ("knee", "elbow") for s in SIDES]
            trusted = float(np.mean(hinges)) > HINGE
        source = Source(motion, joints, rest, rotations, positions, from_rest, from_world, float(LEG / leg), trusted)
        if not trusted:
            source = replace(source, rotations=source.untwisted())
        if motion.stands:
            return source
        square = replace(source, soles_follow_shins=True)
        return min(source, square, key=Source.sole_tilt)

    def sole_tilt(self) -> float:
        """Mean sideways tilt of the lower foot while it is low, which says how the rest pose holds its soles."""
        rotations, tilts = self.body_rotations(), []
        for side in SIDES:
            height = self.scale * (self.positions[:, self.joints[f"{side}_ankle"]] @ self.from_world[2])
            low = height < np.percentile(height, 5) + 0.05
            tilts.append(np.abs(rotations[low, JOINT_INDEX[f"{side}_ankle"], 2, 0]).mean())
        return float(np.mean(tilts))

    def untwisted(self) -> np.ndarray:
        """(T, J, 3, 3) the rotations that positions alone justify."""
        shared, bends = self.shared_pose(), {}
        for side in SIDES:
            for top, middle, low, bend in (("hip", "knee", "ankle", 1.0), ("shoulder", "elbow", "wrist", -1.0)):
                to_rest = self.from_rest.T @ shared[JOINT_INDEX[f"{side}_{top}"]]
                start, end = self.joints[f"{side}_{middle}"], self.joints[f"{side}_{low}"]
                bends[self.carrier(f"{side}_{top}")] = Bend(to_rest @ DOWN, to_rest @ (0, bend, 0), start, end)
        return untwist(self.motion, self.rotations, self.positions, bends)

    def carrier(self, name: str) -> int:
        """The source joint whose rotation carries the bone that our joint carries."""
        parents, bare = self.motion.parents, name.split("_")[-1]
        if name == "spine2" and name not in self.joints:
            return self.joints["spine1"]
        if name == "neck":
            return parents[self.joints["head"]]
        following = NEXT.get(bare) if bare != "collar" else "shoulder"
        if following:
            end = f"{name.removesuffix(bare)}{following}"
            return self.above(self.joints[end], name) if end in self.joints else self.joints[name]
        if bare in ("foot", "hand"):
            return self.carrier(name.replace("foot", "ankle").replace("hand", "wrist"))
        return self.joints[name]

    def above(self, end: int, name: str) -> int:
        """The joint that carries the bone to `end`: its parent, but for joints that lie where `end` itself lies."""
        least = 1e-6 * float(np.abs(self.rest).max())
        joint = end
        while np.linalg.norm(self.motion.offsets[joint]) <= least and joint != self.joints.get(name):
            if self.motion.parents[joint] < 0:
                break
            joint = self.motion.parents[joint]
        return self.motion.parents[joint] if joint not in (0, self.joints.get(name)) else joint

    def rest_bone(self, name: str) -> np.ndarray | None:
        """Unit direction, in our axes, of the rest bone from our joint to the next of its limb."""
        side, bare = name.split("_")
        start, end = self.joints[name], self.joints.get(f"{side}_{NEXT[bare]}")
        bone = self.motion.ends.get(start) if end is None else self.rest[end] - self.rest[start]
        length = 0.0 if bone is None else np.linalg.norm(bone)
        return self.from_rest @ np.asarray(bone) / length if length > 0 else None

    def shared_pose(self) -> np.ndarray:
        """(24, 3, 3) world rotations with which our body takes the source's rest pose.

        Trunk and collars stay straight, for how they are built is not how they are held; limbs turn with the
        least twist, then so that their hinges agree; feet keep their soles flat, or square to the shins where a
        splayed rest pose tilts them.
        """
        out = np.broadcast_to(np.eye(3), (len(JOINTS), 3, 3)).copy()
        for side in SIDES:
            for limb in LIMBS:
                turn = np.eye(3)
                for bare in limb:
                    bone = self.rest_bone(f"{side}_{bare}")
                    if bone is not None:
                        turn = swing(turn @ DOWN, bone) @ turn
                    out[JOINT_INDEX[f"{side}_{bare}"]] = turn
            out[JOINT_INDEX[f"{side}_hand"]] = turn
            for top, middle, axis in (("hip", "knee", 1.0), ("shoulder", "elbow", -1.0)):
                out[JOINT_INDEX[f"{side}_{top}"]] @= self.hinge_twist(side, middle, axis, out)
            foot = self.rest_bone(f"{side}_ankle")
            shin = out[JOINT_INDEX[f"{side}_knee"]] if self.soles_follow_shins else np.eye(3)
            sole = shin
            if foot is not None:
                ahead = shin.T @ foot
                sole = shin @ about_z(np.arctan2(ahead[0], -ahead[1])) if np.hypot(*ahead[:2]) > 0.3 else shin
            out[JOINT_INDEX[f"{side}_ankle"]] = out[JOINT_INDEX[f"{side}_foot"]] = sole
        return out

    def hinge_twist(self, side: str, middle: str, axis: float, pose: np.ndarray) -> np.ndarray:
        """(3, 3) twist of an upper arm or thigh after which our hinge is where the source's is.

        The elbows of both CMU skeletons, for one, bend 30 deg off the plane in which ours would from the same T-pose.
        """
        bend, share, amount = hinge(self.motion, self.joints[f"{side}_{middle}"])
        upper = pose[JOINT_INDEX[f"{side}_{'hip' if middle == 'knee' else 'shoulder'}"]]
        own = axis * (upper.T @ self.from_rest @ bend)
        if not self.trusted or share < HINGE or amount < LEAST_BEND or own[0] < 0.5:
            return np.eye(3)
        return about_z(np.arctan2(own[1], own[0]))

    def body_rotations(self) -> np.ndarray:
        """(T, 24, 3, 3) world rotations of our joints, relative to the zero pose, before any limit."""
        shared = self.shared_pose()
        out = np.empty((self.motion.frames, len(JOINTS), 3, 3))
        for j, name in enumerate(JOINTS):
            out[:, j] = (self.from_world @ self.rotations[:, self.carrier(name)]) @ (
                self.from_rest.T @ shared[j]
            )
        for side in SIDES:
            _roll_forearm(out, side)
            _steady_wrist(out, side)
            _roll_forearm(out, side)
        return out

    def pelvis_track(self, rotations: np.ndarray) -> np.ndarray:
        """(T, 3) where our pelvis is [m]: placed by the hip joints, for pelvis origins differ most of all."""
        hips = [JOINT_INDEX[f"{side}_hip"] for side in SIDES]
        middle = self.positions[:, [self.joints[JOINTS[h]] for h in hips]].mean(1)
        return self.scale * middle @ self.from_world.T - rotations[:, 0] @ OFFSETS[hips].mean(0)


def _roll_forearm(rotations: np.ndarray, side: str) -> None:
    """Turn the forearm about itself as the hand says, in place: our wrist cannot twist."""
    elbow, wrist = JOINT_INDEX[f"{side}_elbow"], JOINT_INDEX[f"{side}_wrist"]
    hand = rotations[:, wrist]
    rotations[:, elbow] = swing(hand @ DOWN, rotations[:, elbow] @ DOWN) @ hand


def _steady_wrist(rotations: np.ndarray, side: str) -> None:
    """Take out, in place, a deviation of the wrist that lasts the whole clip.

    Markers on the hand are few, and most CMU subjects seem to hold one wrist bent by 20 to 50 deg to the thumb's
    side and the other to the little finger's from first to last; no wrist rests there.
    """
    elbow, wrist, hand = (JOINT_INDEX[f"{side}_{n}"] for n in ("elbow", "wrist", "hand"))
    local = rotations[:, elbow].swapaxes(1, 2) @ rotations[:, wrist]
    fore = np.arctan2(local[:, 2, 1], local[:, 1, 1])  # about X; the deviation is innermost, about -X
    median = float(np.median(fore))
    excess = median - np.clip(median, -RESTING, RESTING)
    rotations[:, wrist] = rotations[:, hand] = rotations[:, wrist] @ axis_rotation(0, np.array([-excess]))
