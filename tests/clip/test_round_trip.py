"""BVH -> our body -> BVH: our file says what the clip says, to anybody who reads it."""

from pathlib import Path

import numpy as np
import pytest

import ritual.clip
from ritual.body.retarget import retarget
from ritual.body.skeleton import JOINTS
from ritual.clip import bvh, bvh_own
from ritual.clip.axes import from_file_axes

MOCAP = Path(__file__).parents[2].parent / "shared" / "data" / "mocap"
needs_mocap = pytest.mark.skipif(not MOCAP.is_dir(), reason="the mocap folder ../shared/data/mocap is not there")
CLIPS = ["cmu/05_01.bvh", "cmu/12_02.bvh", "cmu_indian/13.bvh", "cmu_indian_15fps/12.bvh"]


def positions_of(file):
    """(T, 24, 3) [m] of our joints, as the general reader multiplies the file out."""
    motion = file.motion()
    _, positions = motion.world()
    return from_file_axes(positions[:, [motion.names.index(name) for name in JOINTS]]) / bvh_own.CENTIMETRES


def check(clip):
    """The exact way back, the general reader's positions, and the retargeter's answer to our own file."""
    file = bvh.parse(bvh_own.to_text(clip))
    back = bvh_own.to_clip(file)
    assert np.degrees(np.abs(back.angles - clip.angles)).max() < 2e-9  # nine decimals of a degree
    assert np.abs(back.positions - clip.positions).max() < 1e-9
    assert np.abs(positions_of(file) - clip.positions).max() < 1e-8
    again, report = retarget(file.motion())
    assert report.found_by == "names" and report.metres_per_unit == pytest.approx(0.01)
    return again


@needs_mocap
@pytest.mark.parametrize("name", CLIPS)
def test_mocap_goes_to_our_body_to_a_file_and_back(name, tmp_path):
    clip = ritual.clip.read(MOCAP / name)
    again = check(clip)
    off = 1000 * np.linalg.norm(again.positions - clip.positions, axis=-1)
    assert off.mean() < 1.5 and np.percentile(off, 95) < 6  # retargeted as if it were a stranger's
    same = ritual.clip.read(ritual.clip.write(tmp_path / "a.bvh", clip))
    assert np.abs(same.positions - clip.positions).max() < 1e-9


def test_a_generated_clip_goes_to_a_file_and_back(make_clip):
    clip = make_clip(frames=30, reach=0.4)
    check(clip)


def test_writing_what_was_read_changes_nothing(make_clip):
    text = bvh_own.to_text(make_clip(frames=20))
    again = bvh_own.to_text(bvh_own.to_clip(bvh.parse(text)))
    first, second = (bvh.parse(t).values for t in (text, again))
    assert np.abs(first - second).max() < 1e-6
