"""Real motion read, split by person, mirrored and cut into windows."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ritual.body.kinematics import forward
from ritual.clip import MotionClip
from ritual.errors import BadInput
from ritual.motion.data import HELD_OUT, Take, group_of, heading_states, load_corpus, mirrored, split_of
from ritual.motion.heading import CLEARANCE, STATE_SIZE, positions
from ritual.motion.windows import real_window

MOCAP = Path(__file__).parents[2].parent / "shared" / "data" / "mocap"
needs_mocap = pytest.mark.skipif(not MOCAP.exists(), reason="no motion capture in ../shared/data/mocap")


def swinging(frames: int = 120, fps: float = 30.0) -> Take:
    states = np.zeros((frames, STATE_SIZE))
    t = np.arange(frames) / fps
    states[:, 16:20] = 0.6 * np.sin(2 * np.pi * t / 1.6)[:, None]
    states[:, 25] = 0.5 + 0.4 * np.cos(2 * np.pi * t / 1.6)
    return Take("x", "swing", "train", states, 0.2 * t, fps)


def test_both_partners_of_a_take_and_all_clips_of_a_person_fall_together():
    assert group_of("cmu_salsa/05.bvh") == group_of("cmu_salsa/20.bvh") == "cmu_salsa/05"
    assert group_of("cmu/49_01.bvh") == group_of("cmu/49_22.bvh") == "cmu/49"
    assert split_of("cmu/49_14.bvh") == split_of("cmu_salsa/25.bvh") == "test"
    assert split_of("cmu/05_02.bvh") == "train"
    assert {split_of(f"my/clip{n}.bvh") for n in range(200)} == {"train", "validation", "test"}


@needs_mocap
def test_every_held_out_group_is_in_the_data():
    names = {group_of(path.relative_to(MOCAP).as_posix()) for path in MOCAP.rglob("*.bvh")}
    assert names >= HELD_OUT


def test_a_mirror_image_is_the_mirror_of_the_positions():
    rng = np.random.default_rng(0)
    states = rng.normal(0, 0.4, (20, STATE_SIZE))
    flipped, heading = mirrored(states, np.arange(20.0))
    there = positions(torch.from_numpy(states)).numpy() * (-1, 1, 1)
    here = positions(torch.from_numpy(flipped)).numpy()
    from ritual.body.skeleton import JOINTS

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
    assert 20 <= mask.sum() <= 24


def test_windows_are_drawn_from_the_generator_alone():
    first, again = (real_window(swinging(), 30, np.random.default_rng(5))[1] for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(BadInput, match="No motion could be read"):
        load_corpus(tmp_path)


@needs_mocap
def test_a_real_clip_is_read_once_and_then_from_the_cache(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "walk.bvh").symlink_to(MOCAP / "cmu" / "35_17.bvh")
    (folder / "broken.bvh").write_text("HIERARCHY\n")
    corpus = load_corpus(folder, tmp_path / "cache")
    assert [name for name, _ in corpus.left_out] == ["broken.bvh"]
    assert corpus.takes[0].seconds == pytest.approx(1.37, abs=0.1)
    stored = list((tmp_path / "cache").iterdir())
    assert len(stored) == 1
    again = load_corpus(folder, tmp_path / "cache")
    np.testing.assert_array_equal(again.takes[0].states, corpus.takes[0].states)
