"""Key poses: what a reference clip says, and a dance that is led through poses."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ritual.body.kinematics import forward
from ritual.body.schedule import common, violates
from ritual.clip.clip import MotionClip
from ritual.culture.course import course_of
from ritual.culture.graph import load_graph
from ritual.errors import BadInput
from ritual.motion.heading import ANGLE_COUNT, STATE_SIZE
from ritual.motion.key_poses import KeyPose, curve_of_clip, key_frames, through_keys, unrolled
from ritual.motion.pinning import led_through
from ritual.motion.reference import StanceCurve

BEAT = 0.6


@pytest.fixture(scope="module")
def graph():
    return load_graph()


def clip_of(angles, fps=25.0, yaw=None):
    frames = len(angles)
    yaw = np.zeros(frames) if yaw is None else yaw
    rotation = np.stack((np.cos(yaw / 2), 0 * yaw, 0 * yaw, np.sin(yaw / 2)), -1)
    root = np.tile((0.0, 0.0, 0.95), (frames, 1))
    positions = forward(*(torch.from_numpy(x) for x in (angles, root, rotation))).positions.numpy()
    return MotionClip(angles, root, rotation, positions, fps, "swing")


def swinging(seconds, fps=25.0, period=1.6):
    """An arm that rests at both ends of its swing, every 0.8 s."""
    angles = np.zeros((round(seconds * fps), ANGLE_COUNT))
    angles[:, 14] = 0.6 * np.cos(2 * np.pi * np.arange(len(angles)) / fps / period)
    return clip_of(angles, fps)


def test_key_poses_are_where_the_body_rests():
    clip = swinging(6)
    curve = curve_of_clip(clip, BEAT)
    turning_points = np.abs(np.abs(curve.states[1:-1, 14]) - 0.6)
    assert len(curve.phases) >= 6 and turning_points.max() < 0.1


def test_a_short_reference_carries_a_long_clip_and_begins_anew_without_a_jump():
    curve = curve_of_clip(swinging(1.7), BEAT)
    track = curve.at(np.linspace(0, 12, 3000), 25.0)
    assert np.abs(np.diff(track.state, axis=0)).max() < 0.02
    assert track.state[:, 14].max() > 0.5 and track.state[:, 14].min() < -0.4
    assert curve.cycle_seconds / BEAT == pytest.approx(round(curve.cycle_seconds / BEAT))


def test_a_reference_that_turns_once_turns_on():
    frames = 100
    clip = clip_of(swinging(4).angles, yaw=np.linspace(0, 2 * np.pi, frames))
    assert curve_of_clip(clip, BEAT).turn == pytest.approx(2 * np.pi)


def test_a_reference_of_a_moment_is_refused_in_words():
    with pytest.raises(BadInput, match="too short"):
        curve_of_clip(swinging(0.2), BEAT)


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 30])
def test_key_frames_begin_and_end_with_the_motion(frames):
    found = key_frames(np.zeros((frames, STATE_SIZE)), 25.0)
    assert found[0] == 0 and found[-1] == frames - 1 and (np.diff(found) > 0).all()


def test_an_unrolled_curve_is_the_periodic_one(graph):
    for dance in graph.dances():
        curve = StanceCurve.of_rulebook(graph.rulebook(dance.slug))
        row = unrolled(curve, 0.3, 3.7)
        at = np.linspace(0.6, 3.4, 200)
        one, other = curve.at(at, 25.0), row.at(at, 25.0)
        assert np.allclose(one.state, other.state, atol=1e-9) and np.allclose(one.heading, other.heading, atol=1e-9)


def test_a_dance_passes_through_its_keys_and_stays_itself_elsewhere(graph):
    book = graph.rulebook("dai-peacock")
    curve = StanceCurve.of_rulebook(book)
    state = np.zeros(STATE_SIZE)
    keys = [KeyPose(0, state), KeyPose(100, state + 0.1)]
    row = through_keys(curve, keys, book.tempo, 25.0, 8.0)
    times = np.arange(200) / 25.0
    led, own = (c.at(times / curve.cycle_seconds, 25.0).state for c in (row, curve))
    assert np.allclose(led[0], state, atol=1e-9) and np.allclose(led[100], state + 0.1, atol=1e-9)
    assert np.allclose(led[160:], own[160:], atol=1e-6)
    assert (row.phases >= 0).all()  # before the pose that the dancer stands in nothing is danced
    assert np.diff(row.phases).min() > 0


def test_a_forbidden_key_is_moved_to_the_nearest_allowed_pose_and_said(graph):
    course = course_of(graph, "dai-peacock", None, [(0, None)], 100, 25.0)
    bent = np.zeros(STATE_SIZE)
    bent[:ANGLE_COUNT] = np.radians(170)
    stance = KeyPose.of_angles(course.first.stances[0].angles, 60)
    pinned, (key, good), (moved,) = led_through(course, [KeyPose(40, bent), stance])
    assert moved.frame == 40 and moved.moved_deg > 10 and moved.broken
    domain = common(span.domain for span in course.schedule if span.start <= 40 <= span.end)
    assert not domain.violates(key.angles)
    assert np.array_equal(key.angles, domain.project(bent[:ANGLE_COUNT]))
    assert [frame for frame, _ in pinned.pins] == [40, 60] and np.array_equal(good.angles, stance.angles)


@pytest.mark.parametrize(
    ("frames", "message"), [((100,), "no frame 100"), ((-1,), "no frame -1"), ((5, 5), "Two key poses")]
)
def test_keys_that_cannot_be_are_refused_in_words(graph, frames, message):
    course = course_of(graph, "dai-peacock", None, [(0, None)], 100, 25.0)
    with pytest.raises(BadInput, match=message):
        led_through(course, [KeyPose(frame, np.zeros(STATE_SIZE)) for frame in frames])


def test_a_pose_is_taken_off_a_clip_or_given_by_its_angles():
    clip = swinging(1)
    assert np.array_equal(KeyPose.of_clip(clip, 7, 3).angles, clip.angles[7])
    assert np.array_equal(KeyPose.of_angles(clip.angles[7], 3).angles, clip.angles[7])
    with pytest.raises(BadInput, match="0 to 24"):
        KeyPose.of_clip(clip, 25, 0)
    for wrong in (clip.angles[7][:35], np.full(36, np.nan)):
        with pytest.raises(BadInput, match="36 angles"):
            KeyPose.of_angles(wrong, 0)


def test_a_part_of_a_course_has_the_rules_of_its_frames(graph):
    whole = course_of(graph, "tibetan-guozhuang", None, [(0, None)], 300, 25.0)
    poses = np.random.default_rng(0).uniform(-0.5, 0.5, (300, ANGLE_COUNT))
    part = whole.part(90, 200)
    assert np.array_equal(violates(poses[90:201], part.schedule), violates(poses, whole.schedule)[90:201])
    pinned = replace(whole, pins=((100, poses[100]), (250, poses[250]))).part(90, 200)
    assert [frame for frame, _ in pinned.pins] == [10]
