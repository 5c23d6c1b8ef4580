"""The way a dancer turns: what breaks it is found, and the mended heading keeps it, smoothly, whatever the rules."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ritual.body import facing
from ritual.body.angle_domain import Reason
from ritual.body.contact import foot_sliding, yaw_quaternion
from ritual.body.skeleton import ANGLE_INDEX
from ritual.body.turning import (
    TurningLimit,
    TurningSpan,
    circles_back,
    ratchet,
    spans_of,
    turns_back,
    winding,
)

FPS = 25
COUNTER, CLOCKWISE = (TurningLimit(d, math.radians(45), Reason(n)) for d, n in ((1, "counter"), (-1, "clockwise")))


def always(frames, *limits):
    return tuple(TurningSpan(0, frames - 1, limit) for limit in limits)


def walk(rng, frames=200, pace=6):
    """A heading that wanders, with long turns either way [rad]."""
    speed = np.convolve(rng.normal(0, pace, frames + 40), np.hanning(41) / 8, "valid")[:frames]
    return np.radians(np.cumsum(speed) + rng.uniform(-400, 400))


def test_a_turn_the_forbidden_way_is_found_with_its_frames_and_its_angle():
    heading = np.radians(np.r_[np.linspace(0, 90, 50), np.linspace(90, -10, 50)])
    (turn,) = turns_back(heading, always(100, COUNTER))
    assert turn.end == 99 and math.degrees(turn.value) == pytest.approx(-100)
    assert 45 < 90 - math.degrees(heading[turn.start]) < 48
    assert turn.allowed == (-COUNTER.swing, 0.0)
    (mirrored,) = turns_back(-heading, always(100, CLOCKWISE))
    assert (mirrored.start, mirrored.value) == (turn.start, -turn.value) and mirrored.allowed == (0.0, CLOCKWISE.swing)


def test_swinging_to_and_fro_within_the_swing_is_no_turn_and_is_left_bit_for_bit():
    heading = np.radians(np.linspace(0, 300, 300) + 20 * np.sin(np.arange(300) / 6))
    assert turns_back(heading, always(300, COUNTER)) == []
    assert ratchet(heading, always(300, COUNTER), FPS) is heading


def test_a_held_heading_is_the_old_one_again_where_that_is_legal():
    heading = np.radians(np.r_[np.linspace(0, 90, 50), np.linspace(90, 0, 50), np.linspace(0, 300, 150)])
    held = ratchet(heading, always(250, COUNTER), FPS)
    assert turns_back(held, always(250, COUNTER)) == []
    assert np.array_equal(held[:60], heading[:60]) and np.array_equal(held[140:], heading[140:])
    assert np.degrees(held[60:140].min()) > 45


def test_the_corner_is_rounded():
    """Turning at 50 deg/s against the rule: it slows down over several frames instead of stopping dead."""
    heading = -np.radians(2.0 * np.arange(100))
    held = ratchet(heading, always(100, COUNTER), FPS)
    assert np.degrees(np.abs(np.diff(held, 2)).max()) < 1.0


def test_whole_turns_the_forbidden_way_are_left_out():
    """Two turns back, then forward: the dancer waits at most one turn, not two."""
    heading = np.radians(np.r_[np.linspace(0, -720, 200), np.linspace(-720, -300, 120)])
    held = ratchet(heading, always(320, COUNTER), FPS)
    assert turns_back(held, always(320, COUNTER)) == []
    assert np.abs(np.diff(held)).max() <= np.abs(np.diff(heading)).max() + 1e-9
    assert math.degrees((held[-1] - heading[-1]) % (2 * math.pi)) == pytest.approx(0, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), swings=st.lists(st.floats(0, 120), min_size=1, max_size=4))
def test_whatever_the_limits_the_ratcheted_heading_keeps_them_and_never_jumps(seed, swings):
    rng = np.random.default_rng(seed)
    heading = walk(rng)
    spans = []
    for n, swing in enumerate(swings):
        start, end = sorted(rng.integers(0, 200, 2).tolist()) if rng.random() < 0.6 else (0, 199)
        spans.append(TurningSpan(start, end, TurningLimit(rng.choice([1, -1]), math.radians(swing), Reason(str(n)))))
    held = ratchet(heading, spans, FPS)
    assert turns_back(held, spans, 1e-9) == []
    pace = np.abs(np.diff(heading)).max()
    assert np.abs(np.diff(held)).max() <= 2 * pace + 1e-9
    first = min((turn.start for turn in turns_back(heading, spans)), default=200)
    assert np.array_equal(held[: max(0, first - 10)], heading[: max(0, first - 10)])


def test_limits_both_ways_leave_the_dancer_within_the_swing():
    both = always(200, COUNTER, CLOCKWISE)
    held = ratchet(walk(np.random.default_rng(4), pace=12), both, FPS)
    assert turns_back(held, both) == [] and np.degrees(np.ptp(held)) <= 45


def test_a_limit_that_goes_on_over_a_change_of_occasion_goes_on_counting():
    spans = spans_of([(0, 50, (COUNTER,)), (50, 80, (COUNTER, CLOCKWISE)), (80, 99, (CLOCKWISE,))])
    assert spans == (TurningSpan(0, 80, COUNTER), TurningSpan(50, 99, CLOCKWISE))
    heading = np.radians(np.r_[np.zeros(40), np.linspace(0, -60, 40), np.full(20, -60.0)])
    assert [t.start for t in turns_back(heading, spans)] and not turns_back(heading[50:], always(31, COUNTER))


def test_the_heading_is_that_of_the_pelvis_also_when_the_dancer_bows_or_lies():
    yaw = np.linspace(0, 14, 200)  # twice round
    turn = yaw_quaternion_array(yaw)
    for axis, tilt in ((0, 1.5), (0, -1.6), (1, 1.2), (0, 2.4)):
        lean = np.zeros(4)
        lean[0], lean[1 + axis] = math.cos(tilt / 2), math.sin(tilt / 2)
        assert np.allclose(facing.heading(product(turn, lean)), yaw)
        assert np.allclose(np.diff(facing.heading(-product(turn, lean))), np.diff(yaw))  # the same rotations


def test_a_somersault_is_no_turn():
    pitch = np.linspace(0, 2 * math.pi, 60)
    rotation = np.stack((np.cos(pitch / 2), np.sin(pitch / 2), 0 * pitch, 1e-4 * np.sin(9 * pitch)), -1)
    assert np.ptp(facing.heading(rotation)) < 0.1


def yaw_quaternion_array(yaw):
    return yaw_quaternion(torch.from_numpy(yaw)).numpy()


def product(a, b):
    w, x, y, z = a.T
    v, i, j, k = b
    return np.stack(
        (w * v - x * i - y * j - z * k, w * i + x * v + y * k - z * j,
         w * j - x * k + y * v + z * i, w * k + x * j - y * i + z * v), -1
    )  # fmt: skip


def test_a_turned_clip_has_the_new_heading_and_its_standing_foot_stands():
    frames = 80
    angles = np.zeros((frames, 36))
    angles[:, ANGLE_INDEX["left_knee_flexion"]] = 0.9  # stands on the right foot
    translation, rotation = np.zeros((frames, 3)), yaw_quaternion_array(np.linspace(0, 2, frames))
    by = np.r_[np.zeros(30), np.linspace(0, 1.5, 50)]
    steady, _ = facing.turned(angles, translation, rotation, -np.linspace(0, 2, frames))
    moved, spun = facing.turned(angles, steady, yaw_quaternion_array(np.zeros(frames)), by)
    assert np.allclose(facing.heading(spun), by)
    still = foot_sliding(angles, steady, yaw_quaternion_array(np.zeros(frames)))
    assert np.abs(foot_sliding(angles, moved, spun) - still).max() < 2e-3
    assert np.array_equal(moved[:31], steady[:31])
    same = facing.turned(angles, translation, rotation, np.zeros(frames))
    assert same[0] is translation and same[1] is rotation


def arc(degrees, radius, frames=200):
    a = np.radians(np.linspace(0, degrees, frames))
    return radius * np.stack((np.cos(a), np.sin(a)), -1) + (3, -2)


@pytest.mark.parametrize("degrees", [200, 360, 900, -270])
def test_the_winding_of_a_circle_is_its_angle(degrees):
    assert math.degrees(winding(arc(degrees, 1.5))[-1]) == pytest.approx(degrees, abs=0.5)


def test_standing_still_on_the_circle_does_not_move_its_centre():
    path = np.concatenate((np.repeat(arc(1, 2)[:1], 500, 0), arc(300, 2)))
    assert math.degrees(winding(path)[-1]) == pytest.approx(300, abs=1)


def test_a_path_circles_the_forbidden_way_only_far_out_and_over_half_a_turn():
    assert [t.limit.reason.rule for t in circles_back(arc(-300, 1.5), always(200, COUNTER))] == ["counter"]
    assert circles_back(arc(300, 1.5), always(200, COUNTER)) == []
    assert circles_back(arc(-170, 1.5), always(200, COUNTER)) == []
    assert circles_back(arc(-720, 0.4), always(200, COUNTER)) == []
    to_and_fro = np.stack((3 * np.sin(np.linspace(0, 20, 200)), 0.02 * np.cos(np.linspace(0, 9, 200))), -1)
    assert circles_back(to_and_fro, always(200, COUNTER)) == circles_back(to_and_fro, always(200, CLOCKWISE)) == []
    assert circles_back(np.zeros((200, 2)), always(200, COUNTER)) == []
