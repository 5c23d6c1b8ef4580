"""A motion on another skeleton, with another rest pose, in other axes and units, is the same motion on ours."""

from pathlib import Path

import numpy as np
import pytest
import torch

import ritual.clip
from ritual.body.hierarchy import HierarchyMotion
from ritual.body.joint_map import map_joints
from ritual.body.joint_names import plain
from ritual.body.kinematics import forward
from ritual.body.pose_fit import choose_branches, within_limits
from ritual.body.retarget import retarget
from ritual.body.rotations import about_z, axis_rotation, continuous, slerp, swing
from ritual.body.skeleton import ANGLE_INDEX, JOINT_INDEX, JOINTS, SKELETON
from ritual.clip import bvh
from ritual.errors import BadMotion

LOW, HIGH = np.array(SKELETON.limits).T
MOCAP = Path(__file__).parents[2].parent / "shared" / "data" / "mocap"
needs_mocap = pytest.mark.skipif(not MOCAP.is_dir(), reason="the mocap folder ../shared/data/mocap is not there")
Y_UP = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
Z_UP_FACING_X = about_z(np.pi / 2)
MIXAMO = {
    "pelvis": "Hips", "spine1": "Spine", "spine2": "Spine1", "spine3": "Spine2", "neck": "Neck", "head": "Head",
    "hip": "UpLeg", "knee": "Leg", "ankle": "Foot", "foot": "ToeBase", "collar": "Shoulder", "shoulder": "Arm",
    "elbow": "ForeArm", "wrist": "Hand", "hand": "HandMiddle1",
}  # fmt: skip


def mixamo(name: str) -> str:
    side, _, bare = name.rpartition("_")
    return f"mixamorig:{side.capitalize()}{MIXAMO[bare]}"


def smooth_angles(frames: int = 60, reach: float = 0.35, seed: int = 1) -> np.ndarray:
    """(T, 36) slow waves well inside the limits."""
    random = np.random.default_rng(seed)
    t = np.linspace(0, 2 * np.pi, frames)[:, None]
    wave = np.sin(random.integers(1, 3, 36) * t + random.uniform(0, 6, 36))
    return (LOW + HIGH) / 2 + reach * (HIGH - LOW) / 2 * wave


def rest_pose(arms: float, legs: float = 0.0) -> np.ndarray:
    """(24, 3, 3) world rotations of a body with arms and legs spread [rad]."""
    out = np.broadcast_to(np.eye(3), (24, 3, 3)).copy()
    for side, sign in (("left", -1), ("right", 1)):
        for names, angle in ((("shoulder", "elbow", "wrist", "hand"), arms), (("hip", "knee"), legs)):
            for name in names:
                out[JOINT_INDEX[f"{side}_{name}"]] = axis_rotation(1, np.array([sign * angle]))[0]
    return out


def foreign(angles, rest, axes=Y_UP, unit=100.0, rename=mixamo, spin=0.0, twist=None) -> HierarchyMotion:
    """Our body's motion as a skeleton resting in `rest` would record it."""
    frames = len(angles)
    t = np.linspace(0, 1, frames)
    half = spin * t / 2 + 0.4
    rotation = np.stack((np.cos(half), 0 * t, 0 * t, np.sin(half)), 1)
    root = np.stack((t, 0.3 * np.sin(t), 0.92 + 0 * t), 1)
    pose = forward(*(torch.from_numpy(x) for x in (angles, root, rotation)))
    world = pose.rotations.numpy() @ rest.swapaxes(1, 2)
    if twist is not None:
        world = twist(world, rest)
    local, offsets = world.copy(), np.zeros((24, 3))
    for j, parent in enumerate(SKELETON.parents):
        if parent >= 0:
            local[:, j] = world[:, parent].swapaxes(1, 2) @ world[:, j]
            offsets[j] = unit * axes @ rest[parent] @ np.array(SKELETON.joints[j].offset)
    names = tuple(map(rename, JOINTS))
    return HierarchyMotion(names, SKELETON.parents, offsets, axes @ local @ axes.T, unit * root @ axes.T, 30.0)


@pytest.mark.parametrize("arms", [0.0, np.pi / 4, np.pi / 2])
@pytest.mark.parametrize("axes", [Y_UP, Z_UP_FACING_X, np.eye(3)])
def test_rest_pose_axes_and_units_do_not_matter(arms, axes):
    angles = smooth_angles()
    clip, report = retarget(foreign(angles, rest_pose(arms), axes, unit=17.0))
    assert report.position_error_mm_p95 < 2 and report.angle_error_deg_p95 < 0.5
    assert np.degrees(np.abs(clip.angles - angles)).mean() < 1.0
    assert report.metres_per_unit == pytest.approx(1 / 17)


def test_a_splayed_rest_pose_does_not_tilt_the_feet():
    angles = 0.2 * smooth_angles()
    angles[:, [ANGLE_INDEX[f"left_{n}"] for n in ("hip_abduction", "hip_rotation", "ankle_inversion")]] = 0
    angles[:, [ANGLE_INDEX[f"right_{n}"] for n in ("hip_abduction", "hip_rotation", "ankle_inversion")]] = 0
    rest = rest_pose(np.pi / 2, legs=0.35)
    for side in ("left", "right"):
        rest[JOINT_INDEX[f"{side}_ankle"]] = rest[JOINT_INDEX[f"{side}_foot"]] = rest[JOINT_INDEX[f"{side}_knee"]]
    clip, _ = retarget(foreign(angles, rest))
    assert np.degrees(np.abs(clip.angles[:, ANGLE_INDEX["left_ankle_inversion"]])).max() < 3


def test_the_clip_starts_over_the_origin_facing_minus_y_and_stands_on_the_floor():
    clip, _ = retarget(foreign(smooth_angles(), rest_pose(1.5), Z_UP_FACING_X))
    left = clip.positions[0, JOINT_INDEX["left_hip"]] - clip.positions[0, JOINT_INDEX["right_hip"]]
    assert abs(left[1]) < 0.02 and left[0] > 0.1
    assert np.allclose(clip.root_translation[0, :2], 0)
    assert abs(clip.positions[:, [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]], 2].min() - 0.02) < 0.03


def test_angles_stay_inside_the_limits_whatever_the_source_does():
    angles = smooth_angles(reach=2.5)
    clip, report = retarget(foreign(angles, rest_pose(1.5)))
    assert (clip.angles >= LOW).all() and (clip.angles <= HIGH).all()
    assert report.clamped_share > 0.02


def test_a_dancer_who_spins_does_not_jump():
    clip, _ = retarget(foreign(smooth_angles(), rest_pose(1.5), spin=6 * np.pi))
    assert ((clip.root_rotation[1:] * clip.root_rotation[:-1]).sum(1) > 0.9).all()


def test_a_smaller_dancer_is_scaled_by_the_legs():
    angles = smooth_angles()
    big, small = (retarget(foreign(angles, rest_pose(1.5), unit=u))[0] for u in (100.0, 55.0))
    assert np.allclose(big.positions, small.positions, atol=1e-6)


def test_rebuilt_twist_is_not_believed_but_positions_are():
    random = np.random.default_rng(3)

    def twist(world, rest):  # about each limb bone, which no position shows
        for side in ("left", "right"):
            for name in ("hip", "knee", "shoulder", "elbow"):
                j = JOINT_INDEX[f"{side}_{name}"]
                spin = axis_rotation(2, random.uniform(-3, 3, len(world)))
                world[:, j] = world[:, j] @ rest[j] @ spin @ rest[j].T
        return world

    angles = smooth_angles(reach=0.25)
    clip, report = retarget(foreign(angles, rest_pose(1.5), twist=twist))
    assert not report.trusted_rotations
    assert report.position_error_mm_p95 < 15
    knee = ANGLE_INDEX["left_knee_flexion"]
    assert np.degrees(np.abs(clip.angles[:, knee] - angles[:, knee])).max() < 3
    believed, _ = retarget(foreign(angles, rest_pose(1.5)), trust_rotations=True)
    assert np.degrees(np.abs(np.diff(clip.angles, axis=0))).max() < 40
    assert np.abs(clip.positions - believed.positions).mean() < 0.02


@pytest.mark.parametrize(
    "rename",
    [mixamo, str, lambda n: {"left": "L_", "right": "R_"}.get(n.split("_")[0], "") + n.split("_")[-1].capitalize()],
)
def test_the_usual_families_of_names_are_known(rename):
    motion = foreign(smooth_angles(2), rest_pose(1.5), rename=rename)
    assert {motion.names[i]: ours for ours, i in map_joints(motion).joints.items()} == {rename(n): n for n in JOINTS}


@pytest.mark.parametrize("name", ["mixamorig:LeftUpLeg", "mixamorig1:LeftUpLeg", "Armature|Left_UpLeg", "left-up leg"])
def test_prefixes_and_spelling_do_not_matter(name):
    assert plain(name) == "leftupleg"


def test_a_rest_pose_that_is_no_body_is_refused():
    motion = foreign(smooth_angles(2), rest_pose(1.5))
    motion.offsets[1:] = np.abs(motion.offsets[1:].sum(1, keepdims=True)) * (1.0, 0, 0)  # all in one line
    motion.rotations[:] = np.eye(3)
    with pytest.raises(BadMotion, match=r"no standing body .* and no frame is one"):
        retarget(motion)


def test_branches_are_chosen_inside_the_limits():
    shoulder = [ANGLE_INDEX[f"left_shoulder_{n}"] for n in ("abduction", "flexion", "rotation")]
    angles = np.zeros((20, 36))
    angles[:, shoulder] = np.radians((30, 120, 20))
    twin = angles.copy()
    twin[:, shoulder] = np.radians((210, 60, 200))
    assert np.allclose(choose_branches(torch.from_numpy(twin)).numpy(), angles)


def test_an_angle_half_a_turn_from_its_range_stays_at_one_end():
    turn = ANGLE_INDEX["head_rotation"]
    angles = np.zeros((50, 36))
    angles[:, turn] = np.pi + 0.1 * np.sin(np.arange(50.0))
    track = within_limits(torch.from_numpy(angles)).numpy()[:, turn]
    assert np.ptp(track) == 0 and abs(track[0]) == pytest.approx(np.radians(80))


def test_swing_takes_any_direction_onto_any_other():
    random = np.random.default_rng(0)
    a, b = (v / np.linalg.norm(v, axis=-1, keepdims=True) for v in random.normal(size=(2, 100, 3)))
    b[:3] = -a[:3]
    turn = swing(a, b)
    assert np.allclose((turn @ a[..., None])[..., 0], b)
    assert np.allclose(turn @ turn.swapaxes(1, 2), np.eye(3)) and np.allclose(np.linalg.det(turn), 1)


def test_slerp_goes_the_short_way_at_a_steady_rate():
    a, b = np.array([[1.0, 0, 0, 0]]), -np.array([[np.cos(0.5), np.sin(0.5), 0, 0]])
    third = slerp(a, b, np.array([1 / 3]))
    assert np.allclose(np.abs(third), [[np.cos(0.5 / 3), np.sin(0.5 / 3), 0, 0]])
    assert (continuous(np.concatenate((a, b)))[1] == -b).all()


@needs_mocap
@pytest.mark.parametrize(
    ("file", "millimetres", "degrees", "trusted"),
    [
        ("cmu/05_01.bvh", 5, 3, True),
        ("cmu/49_02.bvh", 7, 4, True),
        ("cmu_indian/13.bvh", 6, 4, True),
        ("cmu_martial/04.bvh", 10, 5, True),
        ("cmu_indian_15fps/02.bvh", 6, 4, False),
    ],
)
def test_real_clips_keep_their_shape(file, millimetres, degrees, trusted):
    motion = bvh.read(MOCAP / file).motion()
    clip, report = retarget(motion)
    assert report.position_error_mm < millimetres and report.angle_error_deg < degrees
    assert report.trusted_rotations is trusted
    assert len(clip.angles) == motion.frames and clip.fps == motion.fps
    again = forward(*(torch.from_numpy(x) for x in (clip.angles, clip.root_translation, clip.root_rotation)))
    assert np.allclose(again.positions.numpy(), clip.positions)
    assert np.degrees(np.percentile(np.abs(np.diff(clip.angles, axis=0)).max(1), 95)) < 45


@needs_mocap
def test_both_cmu_skeletons_bend_elbows_and_knees_the_human_way():
    for file in ("cmu/05_01.bvh", "cmu_salsa/10.bvh"):
        clip = ritual.clip.read(MOCAP / file)
        for side in ("left", "right"):
            knee = clip.angles[:, ANGLE_INDEX[f"{side}_knee_flexion"]]
            elbow = clip.angles[:, ANGLE_INDEX[f"{side}_elbow_flexion"]]
            assert np.degrees(knee).max() > 40 and np.degrees(elbow).max() > 20
        assert clip.positions[:, JOINT_INDEX["head"], 2].mean() > 1.2
