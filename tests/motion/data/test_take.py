"""A stretch of real motion: in the heading frame, mirrored, cut at its faults, seen through windows."""

import numpy as np
import pytest
import torch

from ritual.body.kinematics import forward
from ritual.body.skeleton import JOINTS
from ritual.clip import MotionClip
from ritual.motion.data import Take, heading_states, mirrored
from ritual.motion.data.take import pieces
from ritual.motion.heading import CLEARANCE, STATE_SIZE, TILT, positions
from ritual.motion.network import RATE
from ritual.motion.windows import real_batch, real_window


def swinging(frames: int = 120, fps: float = 30.0) -> Take:
    states = np.zeros((frames, STATE_SIZE))
    t = np.arange(frames) / fps
    states[:, 16:20] = 0.6 * np.sin(2 * np.pi * t / 1.6)[:, None]
    states[:, 25] = 0.5 + 0.4 * np.cos(2 * np.pi * t / 1.6)
    return Take("x", "swing", "train", states, 0.2 * t, fps)


def test_a_mirror_image_is_the_mirror_of_the_positions():
    rng = np.random.default_rng(0)
    states = rng.normal(0, 0.4, (20, STATE_SIZE))
    flipped, heading = mirrored(states, np.arange(20.0))
    there = positions(torch.from_numpy(states)).numpy() * (-1, 1, 1)
    here = positions(torch.from_numpy(flipped)).numpy()
    swap = [
        JOINTS.index(n.replace("left", "#").replace("right", "left").replace("#", "right")) for n in JOINTS
    ]
    np.testing.assert_allclose(here, there[:, swap], atol=1e-9)
    np.testing.assert_allclose(heading, -np.arange(20.0))


def test_heading_states_give_back_the_clip_but_for_place_and_yaw():
    take = swinging()
    angles = torch.from_numpy(take.states[:, :36])
    yaw = take.heading
    rotation = torch.from_numpy(np.stack((np.cos(yaw / 2), 0 * yaw, 0 * yaw, np.sin(yaw / 2)), -1))
    height = positions(torch.from_numpy(take.states))[:, :1, 2]
    place = torch.cat((torch.linspace(0, 2, 120)[:, None].double(), 0 * height, height + 0.3), -1)
    pose = forward(angles, place, rotation)
    clip = MotionClip(angles.numpy(), place.numpy(), rotation.numpy(), pose.positions.numpy(), 30.0)
    states, heading = heading_states(clip)
    np.testing.assert_allclose(heading, yaw, atol=1e-9)
    np.testing.assert_allclose(states[:, :CLEARANCE], take.states[:, :CLEARANCE], atol=1e-9)
    assert np.abs(states[:, CLEARANCE]).max() < 0.01  # the 0.3 m that this clip floats is taken as its floor


def test_a_window_is_seen_through_key_poses_that_lie_on_the_motion():
    take = swinging()
    reference, truth, mask = real_window(take, 40, np.random.default_rng(0), augment=False)
    assert truth.shape == reference.state.shape == (40, STATE_SIZE)
    assert mask.all()
    assert 0 < np.abs(reference.state - truth).mean() < 0.2
    assert (reference.local >= 0).all() and (reference.local <= 1).all()
    assert 0.15 < reference.interval.mean() < 1.5


def test_a_window_longer_than_its_take_is_masked():
    _, _, mask = real_window(swinging(45), 64, np.random.default_rng(0), augment=False)
    assert mask.sum() == pytest.approx(44 / 30 * RATE, abs=2)  # 45 frames at 30 fps


def test_windows_are_drawn_from_the_generator_alone():
    first, again = (real_window(swinging(), 30, np.random.default_rng(5))[1] for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_a_take_is_cut_where_an_angle_jumps_and_keeps_the_beats_of_each_piece():
    take = swinging(240)
    take.states[100:, 16] += 1.5
    take = Take("x", "swing", "train", take.states, take.heading, 30.0, beats=np.array([1.0, 2.0, 5.0]))
    first, second = pieces(take)
    assert (len(first.states), len(second.states)) == (100, 140)
    np.testing.assert_allclose(first.beats, [1.0, 2.0])
    np.testing.assert_allclose(second.beats, [5.0 - 100 / 30])


def test_pieces_too_short_to_learn_from_are_left_out():
    take = swinging(120)
    take.states[30:, 16] += 1.5
    assert [len(piece.states) for piece in pieces(take)] == [90]


def test_a_body_on_its_head_has_no_heading_and_is_cut_out():
    take = swinging(240)
    there = np.concatenate((np.linspace(0, 170, 60), np.full(20, 170), np.linspace(170, 0, 60)))  # slowly
    take.states[50:190, TILT.start] = np.radians(there)
    before, after = pieces(take)
    kept = np.abs(np.concatenate((before.states, after.states))[:, TILT.start])
    assert np.degrees(kept.max()) < 150 and np.degrees(kept.max()) > 145


def test_a_take_says_its_caption_when_nothing_more_is_given():
    assert swinging().captions == ("swing",)


def test_windows_say_all_captions_that_have_a_vector_and_one_alone_needs_no_luck():
    plain, rich = swinging(), Take("y", "a", "train", swinging().states, swinging().heading, 30.0, ("a", "b", "c"))
    texts = {name: torch.full((4,), float(n)) for n, name in enumerate(("swing", "a", "b"))}
    said = real_batch([rich], texts, 20, 40, np.random.default_rng(0)).text
    assert set(said[:, 0].tolist()) == {1.0, 2.0}
    first, again = (real_batch([plain], texts, 20, 4, np.random.default_rng(3)).truth for _ in range(2))
    torch.testing.assert_close(first, again)
