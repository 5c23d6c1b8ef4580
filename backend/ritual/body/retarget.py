"""A motion of any named-joint skeleton, put on our body.

What crosses over is not the joints' own rotations, whose axes and rest pose are the file's business, but how
each bone is turned relative to a pose that both skeletons share: the source's rest pose, which our body takes
by turning its limbs along the source's rest bones with the least twist. Then a fit on positions makes up for
what our body cannot do (no collar, no second spine joint), inside the limits of every angle.

Source: spec §1; the rest-pose transfer is what Blender's and Unreal's retargeters do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.joint_map import map_joints
from ritual.body.kinematics import angles_from_local, forward, matrix_to_quaternion
from ritual.body.pose_fit import fit_track, within_limits
from ritual.body.rotations import about_z, axis_rotation, continuous, swing
from ritual.body.skeleton import JOINT_INDEX, JOINTS, SKELETON
from ritual.body.untwist import Bend, hinge, untwist
from ritual.errors import BadMotion

OFFSETS = np.array([joint.offset for joint in SKELETON.joints])
LEG = float(np.linalg.norm(OFFSETS[[JOINT_INDEX["left_knee"], JOINT_INDEX["left_ankle"]]], axis=1).sum())
LIMBS = ("hip", "knee"), ("shoulder", "elbow", "wrist")
NEXT = {"hip": "knee", "knee": "ankle", "ankle": "foot", "shoulder": "elbow", "elbow": "wrist", "wrist": "hand"}
SIDES = ("left", "right")
HINGE = 0.8  # share of knee and elbow turns about one axis, under which rotations are not believed
LEAST_BEND = np.sin(np.radians(10))  # a hinge that hardly moves does not show its axis
RESTING = np.radians(10)  # median deviation of a wrist that is believed
DOWN = np.array([0.0, 0.0, -1.0])


class BodyTrack(NamedTuple):
    """Our body's motion: angles (T, 36) [rad], root_translation (T, 3) [m], root_rotation (T, 4) w x y z,
    positions (T, 24, 3) [m], frames per second and the source's name."""

    angles: np.ndarray
    root_translation: np.ndarray
    root_rotation: np.ndarray
    positions: np.ndarray
    fps: float
    name: str


@dataclass(frozen=True)
class RetargetReport:
    """How near the clip came to its source.

    Attributes:
        position_error_mm, position_error_mm_p95: distance of each joint from where the source's bone directions
            put it on our bone lengths (mean and 95th percentile over joints and frames).
        angle_error_deg, angle_error_deg_p95: angle between corresponding limb bones.
        clamped_share: share of angle values that lie on a limit of the body.
        mapped: our joint -> the source's joint.
        metres_per_unit: the scale that makes the source's legs as long as ours.
        trusted_rotations: False where only positions were believed.
    """

    position_error_mm: float
    position_error_mm_p95: float
    angle_error_deg: float
    angle_error_deg_p95: float
    clamped_share: float
    mapped: dict[str, str]
    metres_per_unit: float
    trusted_rotations: bool


def retarget(
    motion: HierarchyMotion, trust_rotations: bool | None = None
) -> tuple[BodyTrack, RetargetReport]:
    """Our body dancing the source's motion; first frame over the origin facing -Y, floor at z = 0.

    Args:
        motion: any skeleton with the joints that `map_joints` needs.
        trust_rotations: False takes only joint positions from the source (for files whose bone twist was
            rebuilt from positions); None decides by how well its knees and elbows behave as hinges.

    Raises:
        BadMotion: joints are missing, or the rest pose is no body.
    """
    mapped = map_joints(motion)
    source = _Source.of(motion, mapped, trust_rotations)
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
    angles = fit_track(start, root, quaternion, torch.from_numpy(targets), torch.from_numpy(rotations))
    pose = forward(angles, root, quaternion)
    report = _report(source, angles, pose.positions.numpy(), targets)
    height = _floor(pose.positions.numpy())
    positions = pose.positions.numpy() - [0, 0, height]
    track = BodyTrack(
        angles.numpy(), root.numpy() - [0, 0, height], quaternion.numpy(), positions, motion.fps, motion.name
    )
    return track, report


@dataclass(frozen=True, eq=False)
class _Source:
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
    def of(motion: HierarchyMotion, joints: dict[str, int], trusted: bool | None) -> _Source:
        rest = motion.rest()
        rotations, positions = motion.world()
        from_rest = _rest_axes(rest, joints, motion.name)
        from_world = _world_axes(positions, joints, from_rest)
        leg = np.mean([_leg(rest, joints, side) for side in SIDES])
        if trusted is None:
            hinges = [hinge(motion, joints[f"{s}_{n}"])[1] for n in ("knee", "elbow") for s in SIDES]
            trusted = float(np.mean(hinges)) > HINGE
        source = _Source(motion, joints, rest, rotations, positions, from_rest, from_world, LEG / leg, trusted)
        if not trusted:
            source = replace(source, rotations=source.untwisted())
        square = replace(source, soles_follow_shins=True)
        return min(source, square, key=_Source.sole_tilt)

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
        if name in ("spine2", "neck") and name not in self.joints:
            return self.joints["spine1"] if name == "spine2" else parents[self.joints["head"]]
        if name == "neck":
            return parents[self.joints["head"]]
        following = NEXT.get(bare) if bare != "collar" else "shoulder"
        if following:
            end = f"{name.removesuffix(bare)}{following}"
            return parents[self.joints[end]] if end in self.joints else self.joints[name]
        if bare in ("foot", "hand"):
            return self.carrier(name.replace("foot", "ankle").replace("hand", "wrist"))
        return self.joints[name]

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
        bend, share, amount = hinge(self.motion, self.carrier(f"{side}_{middle}"))
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


def _leg(rest: np.ndarray, joints: dict[str, int], side: str) -> float:
    hip, knee, ankle = (rest[joints[f"{side}_{n}"]] for n in ("hip", "knee", "ankle"))
    return float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))


def _rest_axes(rest: np.ndarray, joints: dict[str, int], name: str) -> np.ndarray:
    """Rotation from the rest pose's axes to ours, from where head, ankles and hips lie."""
    up = rest[joints["head"]] - (rest[joints["left_ankle"]] + rest[joints["right_ankle"]]) / 2
    left = rest[joints["left_hip"]] - rest[joints["right_hip"]]
    tall, wide = np.linalg.norm(up), np.linalg.norm(left)
    if not tall > 0 or not wide > 0 or min(_leg(rest, joints, s) for s in SIDES) < 0.2 * tall:
        raise BadMotion(
            f"{name}: the rest pose is no standing body (head, hips and ankles do not lie apart).",
            hint="Export the skeleton with its bone lengths, in a T-pose, an A-pose or arms hanging.",
        )
    up, left = _snap(up / tall), _snap(left / wide)
    left = left - up * (left @ up)
    if np.linalg.norm(left) < 0.5:
        raise BadMotion(f"{name}: the hips of the rest pose do not lie side by side.")
    left /= np.linalg.norm(left)
    return np.stack((left, np.cross(up, left), up))


def _world_axes(positions: np.ndarray, joints: dict[str, int], from_rest: np.ndarray) -> np.ndarray:
    """Rotation from the motion's world to Z up: as at rest, unless the body is mostly upright along another axis."""
    hips = positions[:, [joints["left_hip"], joints["right_hip"]]].mean(1)
    trunk = positions[:, joints["head"]] - hips
    up = (trunk / np.maximum(np.linalg.norm(trunk, axis=-1, keepdims=True), 1e-9)).mean(0)
    if (from_rest @ up)[2] > 0.5 or np.linalg.norm(up) < 0.6:
        return from_rest
    return swing(_snap(up / np.linalg.norm(up)), np.array([0.0, 0.0, 1.0]))


def _snap(direction: np.ndarray) -> np.ndarray:
    """The nearest coordinate axis, if within 30 deg; else the direction itself."""
    axis = np.zeros(3)
    axis[np.abs(direction).argmax()] = np.sign(direction[np.abs(direction).argmax()])
    return axis if axis @ direction > np.cos(np.radians(30)) else direction


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


def _report(
    source: _Source, angles: torch.Tensor, positions: np.ndarray, targets: np.ndarray
) -> RetargetReport:
    distance = 1000 * np.linalg.norm(positions - targets, axis=-1)
    starts = [JOINT_INDEX[f"{s}_{n}"] for n in NEXT for s in SIDES]
    ends = [JOINT_INDEX[f"{s}_{n}"] for n in NEXT.values() for s in SIDES]
    bones = [(x[:, ends] - x[:, starts]) for x in (positions, targets)]
    ours, theirs = (b / np.linalg.norm(b, axis=-1, keepdims=True) for b in bones)
    turn = np.degrees(np.arccos(np.clip((ours * theirs).sum(-1), -1, 1)))
    lower, upper = np.array(SKELETON.limits).T
    on_limit = (angles.numpy() <= lower) | (angles.numpy() >= upper)
    return RetargetReport(
        float(distance.mean()), float(np.percentile(distance, 95)),
        float(turn.mean()), float(np.percentile(turn, 95)), float(on_limit.mean()),
        {ours: source.motion.names[i] for ours, i in source.joints.items()},
        source.scale, source.trusted,
    )  # fmt: skip
