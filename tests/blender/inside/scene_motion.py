"""Inside Blender: the armature plays exactly what the clip says."""

import os

import bpy
import pytest
from ritual_motion import action, clip_file, compat, rig


@pytest.fixture()
def clip():
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return clip_file.read(os.environ["RITUAL_TEST_CLIP"])


@pytest.fixture()
def dancer(clip):
    name = rig.make_armature(clip.skeleton, "Dancer")
    action.apply_clip(name, clip, "variant 1")
    return bpy.data.objects[name]


def heads(armature):
    shown = armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    names = [joint["name"] for joint in rig.skeleton_of(armature)["joints"]]
    return [shown.matrix_world @ shown.pose.bones[name].head for name in names]


def test_a_new_armature_stands_in_the_zero_pose(clip):
    armature = bpy.data.objects[rig.make_armature(clip.skeleton, "Dancer")]
    bpy.context.view_layer.update()
    for head, rest in zip(heads(armature), rig.rest_positions(clip.skeleton), strict=True):
        assert (head - rest).length < 1e-5
    assert max(map(abs, rig.read_angles(armature))) < 1e-6


def test_every_joint_is_where_the_clip_says(clip, dancer):
    for frame in range(clip.frames):
        bpy.context.scene.frame_set(action.FIRST_FRAME + frame)
        for j, head in enumerate(heads(dancer)):
            distance = sum((a - b) ** 2 for a, b in zip(head, clip.position(frame, j), strict=True)) ** 0.5
            assert distance < 0.0005, (frame, clip.skeleton["joints"][j]["name"])


def test_between_frames_every_angle_is_the_mean_of_its_neighbours(clip, dancer):
    count = len(clip.skeleton["angles"])
    for frame in range(clip.frames - 1):
        bpy.context.scene.frame_set(action.FIRST_FRAME + frame, subframe=0.5)
        here, there = (clip.angles[count * f : count * (f + 1)] for f in (frame, frame + 1))
        for i, angle in enumerate(rig.read_angles(dancer)):
            assert angle == pytest.approx((here[i] + there[i]) / 2, abs=1e-4), clip.skeleton["angles"][i]


def test_angles_are_read_off_the_pose_and_not_off_the_channels(clip, dancer):
    bpy.context.scene.frame_set(action.FIRST_FRAME + 3)
    told = clip.angles[36 * 3 : 36 * 4]
    for bone in dancer.pose.bones:  # the same rotations in other channels
        matrix = bone.matrix_basis.copy()
        bone.rotation_mode = "QUATERNION"
        bone.matrix_basis = matrix
    compat.assign_action(dancer, None)
    bpy.context.view_layer.update()
    assert rig.read_angles(dancer) == pytest.approx(list(told), abs=1e-4)


def test_the_root_is_read_off_the_pose(clip, dancer):
    for frame in (0, clip.frames // 2, clip.frames - 1):
        bpy.context.scene.frame_set(action.FIRST_FRAME + frame)
        place, turn = rig.read_root(dancer)
        assert list(place) == pytest.approx(list(clip.root_translation[3 * frame : 3 * frame + 3]), abs=5e-4)
        told = clip.root_rotation[4 * frame : 4 * frame + 4]
        assert abs(sum(a * b for a, b in zip(turn, told, strict=True))) == pytest.approx(1.0, abs=1e-6)


def test_the_scene_takes_rate_and_range(clip, dancer):
    scene = bpy.context.scene
    assert (scene.frame_start, scene.frame_end) == (1, clip.frames)
    action.set_timing(scene, 29.97, 40)
    assert scene.render.fps / scene.render.fps_base == pytest.approx(29.97, abs=1e-4)


def test_applying_again_leaves_nothing_behind(clip, dancer):
    def census():
        kinds = ("objects", "actions", "armatures", "meshes", "materials", "images", "node_groups")
        return {kind: len(getattr(bpy.data, kind)) for kind in kinds}

    before = census()
    for _ in range(3):
        assert action.apply_clip(dancer.name, clip, "variant 1") == "variant 1"
    assert census() == before
    curves = compat.channels(bpy.data.actions["variant 1"])
    assert len(curves) == 36 + 3 + 4
    assert {p.interpolation for curve in curves for p in curve.keyframe_points} == {"LINEAR"}


def test_a_second_variant_is_a_second_action_and_both_survive(clip, dancer, tmp_path):
    action.apply_clip(dancer.name, clip, "variant 2")
    action.play(dancer.name, "variant 1")
    assert dancer.animation_data.action.name == "variant 1"
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert {"variant 1", "variant 2"} <= set(bpy.data.actions.keys())


def test_markers_stand_at_intercepted_spans_and_are_replaced_not_piled_up(clip, dancer):
    scene = bpy.context.scene
    scene.timeline_markers.new("mine", frame=2)
    span = {"start_frame": 3, "end_frame": 7, "rule": "dai-wrist", "angle": "left_wrist_flexion"}
    for _ in range(2):
        assert action.apply_markers(scene, {"interceptions": [span]}, clip.fps) == 2
    found = sorted((m.frame, m.name) for m in scene.timeline_markers)
    assert found == [(2, "mine"), (4, "dai-wrist: left wrist flexion"),
                     (8, "dai-wrist: left wrist flexion (end)")]  # fmt: skip


def test_another_skeleton_is_refused(clip, dancer):
    other = clip_file.Clip(**{**clip.__dict__, "skeleton": {**clip.skeleton, "joints": []}})
    with pytest.raises(ValueError, match="other joints"):
        action.apply_clip(dancer.name, other, "variant 1")
