"""Measures of one motion with known answers, and worse motion scores worse."""

import numpy as np
import pytest

from ritual.body.skeleton import JOINT_INDEX
from ritual.errors import BadInput
from ritual.motion.metrics import endurance
from ritual.motion.metrics.beats import beat_alignment, beat_precision, motion_beats
from ritual.motion.metrics.contact import physical_foot_contact
from ritual.motion.metrics.jerk import area_under_jerk, jerk, jerk_curve, peak_jerk
from ritual.motion.metrics.skating import contact_skating, skating_ratio, slide_ratio
from ritual.motion.metrics.track import at_rate, mirrored

LEFT, RIGHT = ("left_foot", "left_ankle"), ("right_foot", "right_ankle")


def standing(frames=90):
    """Feet on the floor, everything else a metre up."""
    track = np.zeros((frames, 24, 3))
    track[..., 2] = 1.0
    for foot, ankle in (LEFT, RIGHT):
        track[:, JOINT_INDEX[foot], 2], track[:, JOINT_INDEX[ankle], 2] = 0.02, 0.08
    return track


def moved(track, joints, by):
    out = track.copy()
    for joint in joints:
        out[:, JOINT_INDEX[joint]] += by
    return out


def along_x(frames, speed, fps=30.0):
    return np.outer(np.arange(frames) * speed / fps, (1.0, 0.0, 0.0))


# jerk


def test_the_jerk_of_a_sinusoid_is_its_amplitude_times_the_cube_of_its_frequency():
    fps, rate, size = 400.0, 2 * np.pi * 1.5, 0.2
    time = np.arange(int(4 * fps)) / fps  # six whole periods
    track = np.zeros((len(time), 24, 3))
    track[..., 0] = size * np.sin(rate * time)[:, None]
    assert jerk(track, fps) == pytest.approx(size * rate**3 * 2 / np.pi, rel=0.01)
    assert peak_jerk(track, fps) == pytest.approx(size * rate**3, rel=0.01)
    assert jerk(track.cumsum(0) * 0 + np.arange(len(time))[:, None, None] ** 2, fps) == pytest.approx(0, abs=1e-3)


def test_a_pop_and_noise_raise_the_jerk_and_over_smooth_motion_is_told_by_the_area(dancing):
    track = dancing(fps=25.0)
    popped = track.copy()
    popped[50, 20] += 0.1
    assert peak_jerk(popped, 25.0) > 3 * peak_jerk(track, 25.0)
    noisy = track + np.random.default_rng(0).normal(0, 0.004, track.shape)
    assert jerk(noisy, 25.0) > 2 * jerk(track, 25.0)
    real = float(jerk_curve(track, 25.0).mean())
    still = np.repeat(track[:1], len(track), 0)
    own = area_under_jerk(track, 25.0, real)
    assert area_under_jerk(still, 25.0, real) == pytest.approx(real) and own < real
    assert area_under_jerk(popped, 25.0, real) > own


# skating


def test_feet_that_stand_do_not_skate():
    track = standing()
    assert skating_ratio(track, 30.0) == slide_ratio(track, 30.0) == 0 and contact_skating(track, 30.0) == (0.0, 0.0)


def test_a_foot_that_slides_is_seen_by_all_three_definitions():
    fast = moved(standing(), LEFT, along_x(90, 0.8)[:, :])
    assert skating_ratio(fast, 30.0) > 0.9
    share, speed = contact_skating(fast, 30.0)
    assert share == pytest.approx(0.5) and speed == pytest.approx(0.4)
    assert slide_ratio(fast, 30.0) == pytest.approx(0.5)
    slow = moved(standing(), LEFT, along_x(90, 0.25))  # under GMD's half a metre a second, 0.8 cm a frame
    assert skating_ratio(slow, 30.0) == 0 and slide_ratio(slow, 30.0) == 0
    assert contact_skating(slow, 30.0)[0] == pytest.approx(0.5)


def test_a_foot_in_the_air_may_move_and_a_slide_across_does_not_cancel():
    flown = moved(standing(), LEFT, along_x(90, 0.8) + np.array([0, 0, 0.1]))
    assert skating_ratio(flown, 30.0) == 0 and contact_skating(flown, 30.0)[0] == 0 and slide_ratio(flown, 30.0) == 0
    across = moved(standing(), LEFT, along_x(90, 0.8) @ np.array([[0.7, -0.7, 0], [0, 0, 0], [0, 0, 0]]))
    assert slide_ratio(across, 30.0) == pytest.approx(0.5)


def test_skating_is_the_same_at_another_frame_rate_and_over_another_floor():
    fast = moved(standing(), LEFT, along_x(90, 0.8))
    fine = at_rate(fast, 30.0, 60.0)
    assert skating_ratio(fine, 60.0) == pytest.approx(skating_ratio(fast, 30.0), abs=0.03)
    lifted = fast + np.array([0, 0, 0.7])
    assert skating_ratio(lifted, 30.0) == 0  # floor 0.7 m below
    assert skating_ratio(lifted, 30.0, 0.7) == skating_ratio(fast, 30.0)


def test_a_single_quick_step_is_no_skating_and_a_slow_moment_of_a_slide_is_none():
    def slid(steps):  # [m/s] from frame to frame at 20 fps
        return moved(standing(len(steps) + 1), LEFT, np.outer(np.r_[0, np.cumsum(steps)] / 20, (1, 0, 0)))

    once = np.zeros(40)
    once[20] = 1.5
    assert skating_ratio(slid(once), 20.0) == 0
    uneven = np.tile((0.4, 1.0), 20)  # 0.64 and 0.76 on average over five
    assert skating_ratio(slid(uneven), 20.0) == pytest.approx(0.5, abs=0.06)


def test_the_longer_a_foot_slides_the_worse():
    scores = []
    for frames in (0, 20, 50, 89):
        x = np.minimum(np.arange(90), frames) * 0.8 / 30
        scores.append(skating_ratio(moved(standing(), LEFT, np.outer(x, (1, 0, 0))), 30.0))
    assert scores == sorted(scores) and scores[0] == 0 and scores[1] < scores[2] < scores[3]


# contact


def test_a_standing_foot_makes_any_push_physical_and_two_sliding_feet_do_not():
    time = np.arange(90) / 30
    sway = np.zeros((90, 3))
    sway[:, 0] = 0.1 * np.sin(2 * np.pi * time)
    swaying = moved(standing(), ["pelvis"], sway)
    assert physical_foot_contact(standing(), 30.0) == 0 and physical_foot_contact(swaying, 30.0) == 0
    one = moved(swaying, LEFT, along_x(90, 0.5))
    both = moved(one, RIGHT, along_x(90, 0.5))
    assert physical_foot_contact(one, 30.0) == 0
    falling, rising = (moved(both, ["pelvis"], np.outer(way * time**2, (0, 0, 1.0)) - sway) for way in (-1, 1))
    assert physical_foot_contact(falling, 30.0) == 0 < physical_foot_contact(rising, 30.0)  # falling takes no push
    push = np.abs(np.diff(sway[:, 0], n=2))
    score = physical_foot_contact(both, 30.0)
    assert score == pytest.approx(1e4 * (0.5 / 30) ** 2 * (push / push.max()).mean(), rel=1e-6)
    assert physical_foot_contact(at_rate(both, 30.0, 60.0), 60.0) == pytest.approx(score, rel=0.01)


# beats


def pausing(beats, seconds=6.0, fps=60.0):
    """A hand that stands at given times and moves fastest in between."""
    time = np.arange(int(seconds * fps)) / fps
    knots = np.r_[beats[0] - (beats[1] - beats[0]), beats, beats[-1] + (beats[-1] - beats[-2])]
    phase = np.interp(time, knots, np.arange(len(knots)))
    track = np.zeros((len(time), 24, 3))
    track[:, 22, 0] = (phase - np.sin(2 * np.pi * phase) / (2 * np.pi)) * 0.3
    return track


def test_beats_are_found_where_the_body_pauses():
    beats = np.arange(0.5, 5.6, 0.5)
    found = motion_beats(pausing(beats), 60.0)
    np.testing.assert_allclose(found, beats, atol=1.5 / 60)
    np.testing.assert_allclose(motion_beats(pausing(beats, fps=25.0), 25.0), beats, atol=2.5 / 60)
    assert len(motion_beats(np.zeros((60, 24, 3)), 60.0)) == 0


def test_alignment_falls_as_the_motion_falls_off_the_beat():
    music = np.arange(0.5, 5.6, 0.5)
    assert beat_alignment(music, music) == 1.0
    assert beat_alignment(music + 0.05, music) == pytest.approx(np.exp(-0.5))
    scores = [beat_alignment(motion_beats(pausing(music + late), 60.0), music) for late in (0.0, 0.06, 0.15)]
    assert scores[0] > 0.9 and scores[0] > scores[1] > scores[2]
    half = music[::2]
    assert beat_alignment(half, music) == pytest.approx(0.545, abs=0.01) and beat_precision(half, music) == 1.0
    assert beat_alignment(np.array([]), music) == beat_precision(np.array([]), music) == 0.0
    with pytest.raises(BadInput, match="no beat"):
        beat_alignment(music, np.array([]))


# long clips


def test_a_clip_that_freezes_for_three_seconds_is_found(dancing):
    lively = dancing(seconds=30.0, fps=25.0)
    frozen = lively.copy()
    frozen[300:375] = frozen[300]
    usual = endurance.slowest(lively, 25.0)
    assert usual > 0.1 and endurance.slowest(frozen, 25.0) < 1e-9
    assert endurance.frozen_share(lively, 25.0, usual / 2) == 0 < endurance.frozen_share(frozen, 25.0, usual / 2)
    assert endurance.slowest(lively + np.linspace(0, 9, 750)[:, None, None] * (1, 0, 0), 25.0) == pytest.approx(usual)
    with pytest.raises(BadInput, match="are needed to tell a freeze"):
        endurance.slowest(lively[:20], 25.0)


def test_fading_and_drifting_motion_is_told_from_steady_motion(dancing):
    steady = dancing(seconds=36.0, fps=25.0)
    middle = steady.mean(0)
    dying = middle + (steady - middle) * np.linspace(1, 0.1, len(steady))[:, None, None]
    assert endurance.fading(steady, 25.0) == pytest.approx(1.0, abs=0.1) and endurance.fading(dying, 25.0) < 0.4
    sinking = steady - np.linspace(0, 0.3, len(steady))[:, None, None] * (0, 0, 1)
    assert endurance.pose_drift(steady, 25.0) < 2.0
    assert endurance.pose_drift(sinking, 25.0) == pytest.approx(20.0, abs=2.5)
    there_and_back = np.concatenate((np.linspace(0, 4, 450), np.linspace(4, 1, 450)))
    walked = steady + there_and_back[:, None, None] * (0.6, 0.8, 0)
    assert endurance.root_drift(walked, 25.0) == pytest.approx((1.0, 4.0))


# tracks


def test_a_track_keeps_its_motion_at_another_rate(dancing):
    fine = dancing(fps=60.0)
    np.testing.assert_allclose(at_rate(fine, 60.0, 30.0), fine[::2], atol=1e-12)
    assert len(at_rate(fine, 60.0, 25.0)) == int(239 * 25 / 60) + 1
    np.testing.assert_allclose(at_rate(fine[::2], 30.0, 60.0)[10:-10], fine[10:-11], atol=6e-3)
    np.testing.assert_allclose(mirrored(mirrored(fine)), fine)
