"""SMPL poses, from AIST++ or AMASS, are the same motion on our body: left stays left, forward stays forward."""

import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import ritual.clip
from ritual.body.kinematics import forward
from ritual.body.retarget import retarget
from ritual.body.rotations import about_z, quaternion_matrix
from ritual.body.skeleton import ANGLE_INDEX, ANGLES, JOINT_INDEX, JOINTS
from ritual.clip import aist, amass, smpl
from ritual.clip.conversion import convert
from ritual.clip.files import is_foreign
from ritual.clip.resample import resample
from ritual.errors import BadMotion

TWIST = [ANGLE_INDEX[f"{side}_forearm_pronation"] for side in ("left", "right")]
OTHERS = [i for i in range(len(ANGLES)) if i not in TWIST]
X, Y, Z = np.eye(3)
MOCAP = Path(__file__).parents[2].parent / "shared" / "data" / "mocap"
needs_mocap = pytest.mark.skipif(not MOCAP.is_dir(), reason="the mocap folder ../shared/data/mocap is not there")


def one_pose(turns, root=(0.0, 0.0, 0.0), frames=30, z_up=False):
    """The zero pose with some joints turned by rotation vectors [deg], as a clip of ours."""
    poses = np.zeros((frames, 66))
    for joint, turn in turns.items():
        poses[:, 3 * JOINT_INDEX[joint] :][:, :3] = np.radians(turn)
    return retarget(smpl.motion(poses, np.tile(root, (frames, 1)), 30.0, "pose", z_up))[0]


def degrees(track, angle):
    return float(np.degrees(track.angles[0, ANGLE_INDEX[angle]]))


def direction(track, start, end):
    bone = track.positions[0, JOINT_INDEX[end]] - track.positions[0, JOINT_INDEX[start]]
    return bone / np.linalg.norm(bone)


def test_the_zero_pose_is_a_t_pose_that_faces_front():
    track = one_pose({})
    for side, sign in (("left", 1), ("right", -1)):
        assert direction(track, f"{side}_shoulder", f"{side}_wrist") @ (sign, 0, 0) > 0.98
        assert direction(track, f"{side}_hip", f"{side}_ankle") @ (0, 0, -1) > 0.99
        assert direction(track, f"{side}_ankle", f"{side}_foot")[1] < -0.8
    assert direction(track, "pelvis", "head") @ (0, 0, 1) > 0.98


@pytest.mark.parametrize(
    ("joint", "turn", "angle", "expected"),
    [
        ("left_knee", 70 * X, "left_knee_flexion", 75), ("right_knee", 70 * X, "right_knee_flexion", 75),
        ("left_hip", -60 * X, "left_hip_flexion", 60), ("right_hip", -60 * X, "right_hip_flexion", 60),
        ("left_hip", 30 * Z, "left_hip_abduction", 36), ("right_hip", -30 * Z, "right_hip_abduction", 36),
        ("left_elbow", -80 * Y, "left_elbow_flexion", 84), ("right_elbow", 80 * Y, "right_elbow_flexion", 84),
        ("left_shoulder", -60 * Z, "left_shoulder_abduction", 27),
        ("right_shoulder", 60 * Z, "right_shoulder_abduction", 27),
        ("head", 40 * Y, "head_rotation", 40), ("neck", 30 * X, "neck_flexion", 30),
        ("spine3", 25 * X, "spine3_flexion", 25), ("spine1", -20 * Z, "spine1_lateral", 20),
    ],
)  # fmt: skip
def test_a_turn_of_one_joint_is_the_turn_of_that_angle(joint, turn, angle, expected):
    """From SMPL's axes (Y up, facing +Z, left +X); its knees rest bent by 5 deg, elbows by 4, thighs spread by 6."""
    track = one_pose({joint: turn})
    assert degrees(track, angle) == pytest.approx(expected, abs=4)
    other = angle.replace("left", "#").replace("right", "left").replace("#", "right")
    if other != angle:
        assert abs(degrees(track, other) - degrees(one_pose({}), other)) < 2


def test_the_palms_face_down_in_the_zero_pose():
    """Half a turn of the upper arms about themselves away from this, every elbow would bend the wrong way."""
    track = one_pose({"left_elbow": -80 * Y, "right_elbow": 80 * Y})
    for side in ("left", "right"):
        assert direction(track, f"{side}_elbow", f"{side}_wrist") @ (0, -1, 0) > 0.95


def test_amass_stands_on_z_and_aist_on_y():
    lying = {"pelvis": -90 * X}  # SMPL on its back in a world that is Y up; upright in one that is Z up
    flat = one_pose(lying)
    upright = one_pose({"pelvis": 90 * X}, z_up=True)
    assert abs(direction(flat, "pelvis", "head")[2]) < 0.2
    assert direction(upright, "pelvis", "head")[2] > 0.98
    assert direction(upright, "left_ankle", "left_foot")[1] < -0.8


@pytest.mark.parametrize("z_up", [False, True])
def test_the_way_goes_ahead_where_the_body_faces(z_up, smpl_writing):
    clip = smpl_writing.smooth_clip(turn=0.0)
    poses, trans = smpl_writing.as_smpl(clip, z_up)
    motion = smpl.motion(poses, trans, clip.fps, "walk", z_up)
    track = retarget(motion)[0]
    way = track.root_translation[-1] - track.root_translation[0]
    assert way[1] < -0.7 and abs(way[0] - (clip.root_translation[-1] - clip.root_translation[0])[0]) < 0.1


def as_read(clip):
    """Our clip as any retargeted one: its first frame over the origin and facing front."""
    left, front = quaternion_matrix(clip.root_rotation[:1])[0, :2, :2].T
    turn = about_z(-np.arctan2(left[1] - front[0], left[0] + front[1]))
    return (clip.positions - clip.root_translation[:1, None] * (1, 1, 0)) @ turn.T


@pytest.mark.parametrize("kind", ["aist", "smplh", "smplx", "smpl"])
def test_our_clip_comes_back_from_every_member_of_the_family(kind, tmp_path, smpl_writing):
    clip = smpl_writing.smooth_clip()
    if kind == "aist":
        path = smpl_writing.write_aist(tmp_path / "a.pkl", clip)
    else:
        rate = "mocap_frame_rate" if kind == "smplx" else "mocap_framerate"
        width = {"smplh": 156, "smplx": 165, "smpl": 72}[kind]
        path = smpl_writing.write_amass(tmp_path / "a.npz", clip, rate, width)
    back = ritual.clip.read(path)
    assert back.fps == 60 and back.frames == clip.frames and back.name == "a"
    off = np.degrees(np.abs(back.angles - clip.angles))
    assert off[:, OTHERS].mean() < 1.0 and np.percentile(off[:, OTHERS], 99) < 5.0
    assert off[:, TWIST].mean() < 8.0
    apart = back.positions - as_read(clip)
    apart[..., 2] -= apart[..., 2].mean()  # the floor is found anew
    assert np.linalg.norm(apart, axis=-1).mean() < 0.01


@needs_mocap
@pytest.mark.parametrize("name", ["cmu/02_01.bvh", pytest.param("cmu_salsa/05.bvh", marks=pytest.mark.slow)])
def test_a_real_motion_comes_back_from_both(name, tmp_path, smpl_writing):
    clip = ritual.clip.read(MOCAP / name)
    paths = smpl_writing.write_aist(tmp_path / "a.pkl", resample(clip, 60)), tmp_path / "a.npz"
    smpl_writing.write_amass(paths[1], clip)
    for path in paths:
        back = resample(ritual.clip.read(path), clip.fps)
        off = np.degrees(np.abs(back.angles[: clip.frames] - clip.angles[: back.frames]))
        assert off[:, OTHERS].mean() < 1.0 and off[:, TWIST].mean() < 9.0
        apart = np.linalg.norm(back.positions[: clip.frames] - clip.positions[: back.frames], axis=-1)
        assert apart.mean() < 0.005


def test_a_longer_legged_dancer_covers_as_many_of_our_steps(smpl_writing):
    clip = smpl_writing.smooth_clip()
    poses, trans = smpl_writing.as_smpl(clip)
    motion = smpl.motion(poses, trans, 60.0, "a")
    ours = np.linalg.norm(clip.root_translation[-1] - clip.root_translation[0])
    assert np.linalg.norm(motion.root[-1] - motion.root[0]) == pytest.approx(ours, rel=0.05)
    assert np.linalg.norm(trans[-1] - trans[0]) > 1.02 * ours


def test_bones_are_ours_in_length_and_stand_as_smpl_does(smpl_writing):
    motion = smpl.motion(np.zeros((1, 66)), np.zeros((1, 3)), 30.0, "a")
    theirs = smpl_writing.bones() @ smpl_writing.Z_TO_Y_UP.T
    assert motion.names == JOINTS
    np.testing.assert_allclose(np.linalg.norm(motion.offsets, axis=1), np.linalg.norm(theirs, axis=1), atol=1e-9)
    cosines = (motion.offsets * theirs).sum(1)[1:] / (theirs**2).sum(1)[1:]
    assert np.degrees(np.arccos(np.clip(cosines, -1, 1))).max() < 2


@pytest.mark.parametrize("key", ["smpl_poses", "smpl_trans", "smpl_scaling"])
def test_a_pickle_without_a_key_says_which(key, tmp_path):
    held = {"smpl_poses": np.zeros((5, 72)), "smpl_trans": np.zeros((5, 3)), "smpl_scaling": np.ones(1)}
    del held[key]
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(held))
    with pytest.raises(BadMotion, match=f"lacks {key}"):
        aist.read(tmp_path / "a.pkl")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"smpl_scaling": np.array([0.0])}, "one positive number"),
        ({"smpl_scaling": np.ones(2)}, "one positive number"),
        ({"smpl_poses": np.zeros((5, 63))}, "no track"), ({"smpl_trans": np.zeros((4, 3))}, "no track"),
        ({"smpl_poses": np.full((5, 72), np.nan)}, "frame 0 is not a finite"),
        ({"smpl_poses": "text"}, "not all numbers"),
        ({"smpl_poses": np.zeros((0, 72)), "smpl_trans": np.zeros((0, 3))}, "no frames"),
        ({"smpl_poses": np.zeros(72)}, "no track"),
    ],
)  # fmt: skip
def test_a_pickle_of_other_numbers_is_one_sentence(change, said, tmp_path):
    held = {"smpl_poses": np.zeros((5, 72)), "smpl_trans": np.zeros((5, 3)), "smpl_scaling": np.ones(1)} | change
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(held))
    with pytest.raises(BadMotion, match=said):
        aist.read(tmp_path / "a.pkl")


def test_poses_may_be_told_joint_by_joint(tmp_path):
    held = {"smpl_poses": np.zeros((5, 24, 3)), "smpl_trans": np.zeros((5, 3)), "smpl_scaling": np.ones(1)}
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(held))
    assert aist.read(tmp_path / "a.pkl").frames == 5


def test_a_pickle_that_would_run_something_runs_nothing_when_read_as_a_clip(tmp_path):
    class Call:
        def __reduce__(self):
            return os.system, (f"touch '{tmp_path / 'it-ran'}'",)

    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"smpl_poses": Call()}))
    with pytest.raises(BadMotion, match="refused"):
        ritual.clip.read(tmp_path / "a.pkl")
    assert not (tmp_path / "it-ran").exists()


def test_our_npz_is_told_from_that_of_amass(tmp_path, smpl_writing):
    clip = smpl_writing.smooth_clip(seconds=0.5)
    ours = ritual.clip.write(tmp_path / "ours.npz", clip)
    theirs = smpl_writing.write_amass(tmp_path / "theirs.npz", clip)
    assert not amass.is_amass(ours) and not is_foreign(ours)
    assert amass.is_amass(theirs) and is_foreign(theirs)
    np.testing.assert_array_equal(ritual.clip.read(ours).angles, clip.angles)


def test_a_folder_of_both_is_converted_and_our_own_clips_in_it_are_let_be(tmp_path, smpl_writing):
    clip, folder = smpl_writing.smooth_clip(seconds=0.5), tmp_path / "in"
    folder.mkdir()
    smpl_writing.write_aist(folder / "dance.pkl", clip)
    smpl_writing.write_amass(folder / "walk.npz", clip)
    ritual.clip.write(folder / "ours.npz", clip)
    done = convert(folder, tmp_path / "out")
    assert {one.source: one.error for one in done} == {"dance.pkl": "", "walk.npz": ""}
    assert all(ritual.clip.read(one.written).frames == clip.frames for one in done)


def test_no_python_object_of_amass_is_opened(tmp_path, smpl_writing):
    path = smpl_writing.write_amass(tmp_path / "a.npz", smpl_writing.smooth_clip(seconds=0.2))
    with pytest.raises(ValueError, match="allow_pickle"), np.load(path) as held:
        held["gender"]  # it is one
    assert amass.read(path).frames == 12


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mocap_framerate": None}, "frame rate"), ({"mocap_framerate": np.array(0.0)}, "no frame rate"),
        ({"mocap_framerate": np.zeros(2)}, "one rate"), ({"poses": np.zeros((6, 30))}, "no track"),
        ({"trans": np.zeros((5, 3))}, "no track"), ({"poses": np.array(["a"])}, "numbers"),
        ({"poses": np.array([None])}, "Python objects"), ({"poses": np.full((6, 156), np.inf)}, "not a finite"),
    ],
)  # fmt: skip
def test_an_npz_of_other_numbers_is_one_sentence(change, said, tmp_path):
    held = {"poses": np.zeros((6, 156)), "trans": np.zeros((6, 3)), "mocap_framerate": np.array(120.0)} | change
    np.savez(tmp_path / "a.npz", **{key: value for key, value in held.items() if value is not None})
    with pytest.raises(BadMotion, match=said):
        ritual.clip.read(tmp_path / "a.npz")


def test_an_npz_that_unpacks_to_more_than_any_motion_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(amass, "MOST_BYTES", 1 << 20)
    held = {"poses": np.zeros((2000, 156)), "trans": np.zeros((2000, 3)), "mocap_framerate": 120.0}
    np.savez_compressed(tmp_path / "a.npz", **held)
    with pytest.raises(BadMotion, match="larger than"):
        amass.read(tmp_path / "a.npz")


def test_a_cut_off_npz_of_amass_is_one_sentence(tmp_path, smpl_writing):
    path = smpl_writing.write_amass(tmp_path / "a.npz", smpl_writing.smooth_clip(seconds=0.2))
    with zipfile.ZipFile(path) as archive:
        poses = archive.read("poses.npy")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("poses.npy", poses[:-100])
        archive.writestr("trans.npy", b"no array")
        archive.writestr("mocap_framerate.npy", b"")
    with pytest.raises(BadMotion, match=r"a\.npz"):
        ritual.clip.read(path)


def test_a_body_that_lies_all_clip_long_is_not_stood_up(smpl_writing):
    track = one_pose({"pelvis": -85 * X}, root=(0.0, 0.2, 0.0))
    assert abs(direction(track, "pelvis", "head")[2]) < 0.3


def test_forward_kinematics_agree_with_the_angles_read(tmp_path, smpl_writing):
    back = ritual.clip.read(smpl_writing.write_aist(tmp_path / "a.pkl", smpl_writing.smooth_clip(seconds=0.5)))
    parts = (torch.from_numpy(x) for x in (back.angles, back.root_translation, back.root_rotation))
    np.testing.assert_allclose(forward(*parts).positions.numpy(), back.positions, atol=1e-9)
    assert resample(back, 30).frames == 15
