"""The stick figure is the clip: its limbs end at the joints, its soles are the body's, its marks are the report's."""

from dataclasses import replace

import numpy as np
import pytest

from ritual.body.facing import heading
from ritual.body.skeleton import JOINT_INDEX
from ritual.errors import BadMotion
from ritual.film.camera import Camera, front, watched
from ritual.film.marks import broken_limbs, marks_of
from ritual.film.stick import LIMBS, RIGHT, Stick


def test_limbs_run_between_the_joints_of_the_clip(standing):
    clip = standing()
    longer = replace(clip, positions=clip.positions * (1.2, 1.0, 1.0))  # a performer with longer arms
    stick = Stick.of(longer)
    joint = JOINT_INDEX["left_shoulder"]
    arm = next(n for n, limb in enumerate(LIMBS) if limb.start[0] == joint and limb.end[0] == JOINT_INDEX["left_elbow"])
    assert np.allclose(stick.ends[:, arm, 0], longer.positions[:, joint])
    assert np.allclose(stick.ends[:, arm, 1], longer.positions[:, JOINT_INDEX["left_elbow"]])


def test_feet_stand_where_the_soles_are(standing):
    clip = standing()
    assert Stick.of(clip).standing.all()
    up = (0.0, 0.0, 0.05)
    raised = replace(clip, positions=clip.positions + up, root_translation=clip.root_translation + up)
    assert not Stick.of(raised).standing.any()


def test_a_short_clip_holds_its_last_pose(standing):
    stick = Stick.of(standing(0.4, travel=0.5))
    held = stick.held(30)
    assert held.frames == 30 and (held.ends[:10] == stick.ends).all() and (held.ends[10:] == stick.ends[-1]).all()


def test_a_camera_in_front_sees_the_left_on_the_right_and_up_above():
    camera = Camera(np.zeros((1, 3)), np.zeros(1), 0.2, 5.0, 100.0)
    flat, depth = camera.project(np.array([[(0, 0, 0), (1, 0, 0), (0, 0, 1), (0, -1, 0)]], float))
    middle, left, up, near = flat[0]
    assert np.allclose(middle, 0) and left[0] > 0 and up[1] < 0
    assert near[1] > 0  # what is nearer lies lower, for it looks down
    assert np.isclose(depth[0, 0], 5.0) and depth[0, 3] < depth[0, 0]


@pytest.mark.parametrize("turn", [0.0, 1.0, 2.5, -2.0])
def test_front_is_where_the_dancer_looks(standing, turn):
    clip = standing()
    turned = np.tile((np.cos(turn / 2), 0.0, 0.0, np.sin(turn / 2)), (clip.frames, 1))
    azimuth = front(heading(turned))
    eye = np.array([np.sin(azimuth), -np.cos(azimuth)])  # where the camera stands, seen from the dancer
    looks = np.array([np.sin(turn), -np.cos(turn)])  # -Y, turned
    assert np.allclose(eye, looks)


def test_a_fitted_camera_sees_everything_and_stands_no_further_than_it_must(standing):
    stick = Stick.of(standing(2.0, travel=4.0))
    focus = np.column_stack((watched(stick.pelvis, stick.fps), np.full(stick.frames, 0.8)))
    azimuth = np.linspace(0, 2 * np.pi, stick.frames)
    points = stick.ends.reshape(stick.frames, -1, 3)
    camera = Camera(focus, azimuth, 0.2, 0.0, 800.0).fitted(points, 0.1, 300, 400)
    flat, _ = camera.project(points)
    assert (np.abs(flat) <= (150, 200)).all()
    nearer, _ = camera.moved(0.8 * camera.distance).project(points)
    assert (np.abs(nearer) > (150, 200)).any()


def test_who_stays_is_watched_from_a_fixed_spot_and_who_travels_is_followed():
    way = np.zeros((100, 3))
    way[:, 0] = 0.2 * np.sin(np.arange(100))
    assert np.ptp(watched(way, 25.0), axis=0).max() == 0
    way[:, 0] = np.linspace(0, 5, 100)
    followed = watched(way, 25.0)
    assert np.abs(followed - way[:, :2]).max() < 0.6 and np.ptp(followed[:, 0]) > 4


def test_marks_are_those_of_the_report_on_the_limbs_that_they_name(breaking):
    broken, mended = marks_of(breaking)
    assert broken.broken and not mended.broken and mended.start == pytest.approx(0.8)
    limbs = [LIMBS[n] for n in broken.limbs]
    assert limbs and all(limb.side == RIGHT and limb.joint == JOINT_INDEX["right_wrist"] for limb in limbs)
    told = broken_limbs((broken, mended), breaking.frames, breaking.fps)
    assert np.flatnonzero(told.any(1)).tolist() == list(range(10, 16))
    whole = replace(broken, angle="heading")
    assert len(whole.limbs) == len(LIMBS)


def test_a_clip_without_a_report_has_no_marks_and_a_strange_one_is_refused(standing):
    assert marks_of(standing()) == ()
    for strange in ("ok", {"violations": [{"start": 1}]}, {"violations": 3}, {"violations": ["x"]}):
        with pytest.raises(BadMotion, match="not one that this program writes"):
            marks_of(standing(report=strange))
