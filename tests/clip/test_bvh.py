"""BVH of any make is read, and a damaged one is named with its line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritual.body.skeleton import ANGLE_INDEX, JOINTS
from ritual.clip import bvh, bvh_own
from ritual.errors import BadMotion

SMALL = """HIERARCHY
ROOT hips
{
  OFFSET 1 2 3
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT arm
  {
    OFFSET 0 1 0
    CHANNELS 3 Yrotation Zrotation Xrotation
    End Site
    {
      OFFSET 0 2 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.04
0 0 0 0 0 0 0 0 0
5 6 7 90 0 0 0 0 90
"""


def test_names_tree_offsets_and_rate_are_read():
    file = bvh.parse(SMALL)
    assert file.names == ("hips", "arm") and file.parents == (-1, 0)
    assert file.ends == {1: (0, 2, 0)} and file.fps == 25
    assert file.offsets.tolist() == [[1, 2, 3], [0, 1, 0]]


def test_channels_multiply_in_the_order_listed():
    rotations, positions = bvh.parse(SMALL).motion().world()
    assert np.allclose(positions[1], [[5, 6, 7], [4, 6, 7]])  # up, turned a quarter about Z, points to -X
    assert np.allclose(rotations[1, 1] @ [0, 1, 0], [0, 0, 1])  # Z after X


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("\n", "\r\n"),
        lambda t: "\ufeff" + t,
        lambda t: t.replace("  ", "\t"),
        lambda t: t.replace("\n", "\n\n"),
        lambda t: t.replace("Xposition", "XPOSITION").replace("MOTION", "Motion"),
        lambda t: t.replace("0 0 0 0 0 0 0 0 0", "0 0 0 0\n0 0 0 0 0"),
        lambda t: t.replace("JOINT arm\n  {", "JOINT arm {"),
        lambda t: t + "\n\n",
    ],
)
def test_harmless_differences_change_nothing(change, tmp_path):
    path = tmp_path / "a.bvh"
    path.write_bytes(change(SMALL).encode())
    assert np.allclose(bvh.read(path).values, bvh.parse(SMALL).values)
    assert bvh.read(path).names == ("hips", "arm")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("5 6 7 90 0 0 0 0 90\n", "", "2 frames of 9 values were announced, but 9 values follow"),
        ("0 0 90\n", "0 0\n", "17 values follow"),
        ("0 0 90\n", "0 0 90 1\n", "19 values follow"),
        ("5 6 7", "5 six 7", "line 20: 'six' is not a finite number"),
        ("5 6 7", "5 nan 7", "line 20: 'nan' is not a finite number"),
        ("5 6 7", "5 inf 7", "'inf' is not a finite number"),
        ("Frames: 2", "Frames: 0", "line 17: 0 frames are no motion"),
        ("Frames: 2", "Frames: -3", "-3 frames"),
        ("Frames: 2", "Frames: many", "'many' is not a number"),
        ("Frames: 2\n", "", "expected 'Frames:'"),
        ("Time: 0.04", "Time: 0", "frame time of 0 s"),
        ("Time: 0.04", "Time: -0.04", "frame time of -0.04 s"),
        ("Time: 0.04", "Time: nan", "not a finite number"),
        ("JOINT arm", "JOINT hips", "line 6: two joints are called 'hips'"),
        ("JOINT arm", "JOINT", "a joint has no name"),
        ("OFFSET 0 1 0", "OFFSET 0 1", "line 8: expected 3 numbers, found 2"),
        ("OFFSET 0 1 0", "OFFSET 0 one 0", "are not numbers"),
        ("CHANNELS 3 Y", "CHANNELS 4 Y", "line 9: the CHANNELS line"),
        ("Yrotation Z", "Yturn Z", "channel 'Yturn'"),
        ("HIERARCHY", "HELLO", "does not begin with HIERARCHY"),
        ("ROOT", "ROOTS", "expected ROOT"),
        ("OFFSET 0 2 0\n    }", "OFFSET 0 2 0\n    ", "line 16: expected ROOT"),
    ],
)
def test_damage_is_named_with_its_line(old, new, says):
    assert old in SMALL
    with pytest.raises(BadMotion) as caught:
        bvh.parse(SMALL.replace(old, new), where="dance.bvh")
    assert says in str(caught.value) and "dance.bvh" in str(caught.value)


def test_a_file_without_motion_says_so():
    with pytest.raises(BadMotion, match="MOTION section is missing"):
        bvh.parse(SMALL.split("MOTION")[0])


@given(st.integers(0, len(SMALL) - 1), st.text(max_size=6))
def test_no_mutation_raises_anything_but_bad_motion(at, junk):
    try:
        bvh.parse(SMALL[:at] + junk + SMALL[at + len(junk) :]).motion()
    except BadMotion as error:
        assert "\n" not in str(error)


def test_a_thousand_nested_joints_do_not_exhaust_the_stack():
    depth = 3000
    joint = "JOINT j{} {{\nOFFSET 0 1 0\nCHANNELS 1 Xrotation\n"
    text = "HIERARCHY\nROOT r {\nOFFSET 0 0 0\nCHANNELS 1 Xrotation\n"
    text += "".join(joint.format(i) for i in range(depth)) + "}\n" * (depth + 1)
    text += "MOTION\nFrames: 1\nFrame Time: 0.1\n" + "0 " * (depth + 1)
    assert len(bvh.parse(text).names) == depth + 1


def test_each_channel_of_our_file_is_one_of_our_angles(clip):
    file = bvh.parse(bvh_own.to_text(clip))
    moved = {j: file.values[:, file.columns(j)].any(0).sum() for j in range(1, 24)}
    assert sum(moved.values()) == 36
    elbow = file.values[:, file.columns(file.names.index("left_elbow"))][:, 0]
    assert np.allclose(np.abs(elbow), np.degrees(clip.angles[:, ANGLE_INDEX["left_elbow_flexion"]]))


def test_our_file_multiplied_out_by_the_general_reader_gives_our_positions(clip):
    motion = bvh.parse(bvh_own.to_text(clip)).motion()
    _, positions = motion.world()
    x, y, z = np.moveaxis(positions, -1, 0) / 100
    order = [motion.names.index(name) for name in JOINTS]
    assert np.abs(np.stack((x, -z, y), -1)[:, order] - clip.positions).max() < 1e-6


def test_yaw_pitch_roll_do_not_jump_when_a_dancer_spins():
    turn = np.linspace(0, 6 * np.pi, 200)
    spin = np.stack((np.cos(turn / 2), 0 * turn, 0.05 + 0 * turn, np.sin(turn / 2)), 1)
    assert np.abs(np.diff(bvh_own.yaw_pitch_roll(spin), axis=0)).max() < 12
