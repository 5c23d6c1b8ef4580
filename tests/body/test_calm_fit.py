"""An angle that must change its branch takes the frames that it needs; what the source's joints do is left to them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ritual.body.calm_fit import JUMP, fit_calmly, joint_steps
from ritual.body.kinematics import forward
from ritual.body.pose_fit import fit_track
from ritual.body.retarget import retarget
from ritual.body.skeleton import ANGLE_INDEX, SKELETON
from ritual.clip import bvh

MOCAP = Path(__file__).parents[2].parent / "shared" / "data" / "mocap"
needs_mocap = pytest.mark.skipif(not MOCAP.is_dir(), reason="the mocap folder ../shared/data/mocap is not there")
LOW, HIGH = np.array(SKELETON.limits).T
FPS = 30.0


def asked(angles, start):
    """The arguments of a fit to what (T, 36) angles show, begun at `start`."""
    frames = len(angles)
    root, turn = torch.zeros(frames, 3).double(), torch.tensor([[1.0, 0, 0, 0]]).double().repeat(frames, 1)
    pose = forward(torch.from_numpy(angles), root, turn)
    return torch.from_numpy(start), root, turn, pose.positions, pose.rotations


def near_the_pole():
    """An arm almost straight ahead, where 80 deg of two angles turn it by no more than 20 deg in one frame."""
    angles = np.zeros((80, 36))
    shoulder = [ANGLE_INDEX[f"left_shoulder_{n}"] for n in ("abduction", "flexion", "rotation")]
    angles[:40, shoulder] = np.radians((10, 75, 0))
    angles[40:, shoulder] = np.radians((90, 75, -80))
    return angles


def test_a_leap_at_a_pole_takes_the_frames_that_it_needs():
    arguments = asked(near_the_pole(), near_the_pole())
    assert joint_steps(arguments[-1].numpy()).max() * FPS < JUMP
    plain, calm = fit_track(*arguments), fit_calmly(*arguments, FPS)
    leaps = [float((x[1:] - x[:-1]).abs().max()) * FPS for x in (plain, calm)]
    assert leaps[0] > 1.2 * JUMP and leaps[1] < 0.8 * JUMP
    assert (calm.numpy() >= LOW).all() and (calm.numpy() <= HIGH).all()
    off = forward(calm, *arguments[1:3]).positions - arguments[3]
    assert float(off.norm(dim=-1).max()) < 0.1 and float(off.norm(dim=-1).mean()) < 0.002


def test_a_track_without_leaps_is_the_plain_fit():
    t = np.linspace(0, 2 * np.pi, 60)[:, None]
    angles = (LOW + HIGH) / 2 + 0.2 * (HIGH - LOW) * np.sin(t + np.arange(36))
    arguments = asked(angles, angles)
    assert torch.equal(fit_calmly(*arguments, FPS), fit_track(*arguments))


def test_frames_far_from_a_leap_stay_as_they_are():
    angles = np.concatenate((near_the_pole(), near_the_pole()[-1:].repeat(200, 0)))
    arguments = asked(angles, angles)
    calm, plain = fit_calmly(*arguments, FPS), fit_track(*arguments)
    assert torch.equal(calm[100:], plain[100:]) and not torch.equal(calm[:80], plain[:80])


def test_a_joint_that_leaps_itself_may():
    angles = np.zeros((40, 36))
    angles[20:, ANGLE_INDEX["left_elbow_flexion"]] = 2.0
    arguments = asked(angles, angles)
    calm = fit_calmly(*arguments, FPS)
    assert float((calm[20] - calm[19]).abs().max()) * FPS > JUMP


def test_a_single_frame_has_no_steps():
    assert fit_calmly(*asked(np.zeros((1, 36)), np.zeros((1, 36))), FPS).shape == (1, 36)


def test_joint_steps_are_told_in_the_parents_frame():
    angles = np.zeros((3, 36))
    angles[1:, ANGLE_INDEX["spine1_rotation"]] = 0.3
    angles[2:, ANGLE_INDEX["right_elbow_flexion"]] = 0.7
    steps = joint_steps(forward(torch.from_numpy(angles)).rotations.numpy())
    joints = [SKELETON.angles[ANGLE_INDEX[n]].joint for n in ("spine1_rotation", "right_elbow_flexion")]
    assert np.allclose(steps[:, joints], [[0.3, 0], [0, 0.7]], atol=1e-6) and np.isclose(steps.sum(), 1.0, atol=1e-6)


@needs_mocap
@pytest.mark.parametrize("name", ["cmu/02_10.bvh", "cmu/05_03.bvh", "cmu/49_02.bvh", "cmu_indian/07.bvh"])
def test_real_clips_leap_only_where_their_joints_do(name):
    _, report = retarget(bvh.read(MOCAP / name).motion())
    assert report.jumps - report.jumps_of_source <= 2 and report.position_error_mm < 9
