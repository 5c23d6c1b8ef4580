"""Positions of 22 joints, all that HumanML3D holds, become a body whose knees and elbows bend as they should."""

import numpy as np
import pytest

import ritual.clip
from ritual.body.skeleton import ANGLE_INDEX, JOINT_INDEX, JOINTS
from ritual.clip import joint_positions
from ritual.clip.resample import resample
from ritual.errors import BadMotion

HANDS = [JOINT_INDEX["left_hand"], JOINT_INDEX["right_hand"]]
UNKNOWN = ("pronation", "wrist", "head", "ankle_inversion")  # what positions do not say


def read_back(clip, tmp_path, smpl_writing):
    np.save(tmp_path / "000001.npy", smpl_writing.as_joints(resample(clip, 20)).astype(np.float32))
    return ritual.clip.read(tmp_path / "000001.npy")


def test_the_hierarchy_has_the_joints_where_they_were(smpl_writing):
    places = smpl_writing.as_joints(smpl_writing.smooth_clip(fps=20.0))
    _, back = joint_positions.motion(places, 20.0, "a").world()
    apart = np.linalg.norm(back - places, axis=-1)
    assert apart.mean() < 1e-3 and apart.max() < 0.01


def test_a_clip_comes_back_from_its_joints_but_for_what_they_do_not_say(tmp_path, smpl_writing):
    clip = resample(smpl_writing.smooth_clip(turn=0.0), 20)
    back = read_back(clip, tmp_path, smpl_writing)
    assert back.fps == 20 and back.meta["retarget"]["trusted_rotations"] is False
    known = [i for name, i in ANGLE_INDEX.items() if not any(word in name for word in UNKNOWN)]
    assert np.degrees(np.abs(back.angles - clip.angles))[:, known].mean() < 4
    here, there = (c.positions - c.positions[:, :1] for c in (back, clip))
    apart = np.linalg.norm(here - there, axis=-1)
    seen = [j for j in range(len(JOINTS)) if j not in HANDS]
    assert apart[:, seen].mean() < 0.015


@pytest.mark.parametrize("side", ["left", "right"])
def test_knees_and_elbows_bend_forward_not_back(side, tmp_path, smpl_writing):
    clip = resample(smpl_writing.smooth_clip(), 20)
    back = read_back(clip, tmp_path, smpl_writing)
    for joint in ("knee", "elbow"):
        angle = ANGLE_INDEX[f"{side}_{joint}_flexion"]
        assert np.degrees(np.abs(back.angles - clip.angles))[:, angle].mean() < 3


def test_features_are_not_taken_for_joints(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((40, 263), np.float32))
    with pytest.raises(BadMotion, match="new_joints"):
        ritual.clip.read(tmp_path / "a.npy")


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((5, 21, 3)), r"not \(frames, 22, 3\)"), (np.zeros(3), "not"), (np.zeros((0, 22, 3)), "no frames"),
        (np.full((5, 22, 3), np.nan), "frame 0 is not a finite"), (np.zeros((5, 22, 3)), "has no length"),
        (np.zeros((5, 22, 3), "U1"), "not"), (np.array([None]), "Python objects"),
    ],
)  # fmt: skip
def test_other_arrays_are_one_sentence(array, said, tmp_path):
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    with pytest.raises(BadMotion, match=said):
        ritual.clip.read(tmp_path / "a.npy")


def test_a_file_that_is_none_is_one_sentence(tmp_path):
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00garbage")
    with pytest.raises(BadMotion, match=r"a\.npy is not an npy file"):
        ritual.clip.read(tmp_path / "a.npy")
