"""Inside Blender: the performer in all that she wears, the stage, the camera, the scripts."""

import os
import subprocess
import sys

import bpy
import build_scene
import pytest
import render_scene
from bpy_extras.object_utils import world_to_camera_view
from ritual_motion import action, clip_file, costume, performer, rig, stage


@pytest.fixture()
def clip():
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return clip_file.read(os.environ["RITUAL_TEST_CLIP"])


@pytest.fixture()
def dance():
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return clip_file.read(os.environ["RITUAL_TEST_DANCE"])


def census():
    kinds = ("objects", "actions", "armatures", "meshes", "materials", "images", "cameras", "lights")
    return {kind: sorted(item.name for item in getattr(bpy.data, kind)) for kind in kinds}


@pytest.mark.parametrize("number", range(len(costume.HEADDRESSES)))
def test_every_headdress_and_garment_is_made(clip, number):
    headdress = costume.HEADDRESSES[number]
    garment = costume.GARMENTS[number % len(costume.GARMENTS)]
    who = costume.PERFORMERS[number % len(costume.PERFORMERS)]
    wish = {"headdress": headdress, "garment": garment, "performer": who}
    dancer = bpy.data.objects[rig.make_performer(clip.skeleton, wish, "Dancer")]
    assert {child.name for child in dancer.children} == {"Dancer body", "Dancer drape"}
    bones = set(dancer.data.bones.keys())
    for child in dancer.children:
        assert set(child.vertex_groups.keys()) <= bones
        for vertex in child.data.vertices:
            assert sum(group.weight for group in vertex.groups) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("garment", costume.GARMENTS)
def test_the_dancer_stands_on_the_floor_and_is_as_tall_as_a_person(clip, garment):
    dancer = bpy.data.objects[rig.make_performer(clip.skeleton, {"garment": garment, "headdress": "none"}, "D")]
    bpy.context.view_layer.update()
    heights = [vertex.co.z for child in dancer.children for vertex in child.data.vertices]
    assert min(heights) == pytest.approx(0, abs=0.01)
    assert 1.6 < max(heights) < 1.8


def test_the_mesh_follows_the_bones(dance):
    name = rig.make_performer(dance.skeleton, {}, "Dancer")
    action.apply_clip(name, dance, "a")
    dancer = bpy.data.objects[name]
    body = performer.body_of(dancer)
    group = body.vertex_groups["left_wrist"].index
    fingers = [v.index for v in body.data.vertices if any(g.group == group and g.weight > 0.9 for g in v.groups)]
    hand = [joint["name"] for joint in dance.skeleton["joints"]].index("left_hand")
    for frame in (0, dance.frames // 2, dance.frames - 1):
        bpy.context.scene.frame_set(action.FIRST_FRAME + frame)
        shown = body.evaluated_get(bpy.context.evaluated_depsgraph_get())
        middle = [sum(shown.data.vertices[i].co[c] for i in fingers) / len(fingers) for c in range(3)]
        distance = sum((a - b) ** 2 for a, b in zip(middle, dance.position(frame, hand), strict=True)) ** 0.5
        assert distance < 0.06


def test_the_same_wish_gives_the_same_performer_again(clip):
    name = rig.make_performer(clip.skeleton, {"robe": "#336699"}, "Dancer")
    before, pointer = census(), bpy.data.objects[name].data
    assert rig.make_performer(clip.skeleton, {"robe": "#336699"}, "Dancer") == name
    assert census() == before
    assert bpy.data.objects[name].data == pointer


def test_another_costume_replaces_the_performer_and_leaves_nothing_of_the_old(clip):
    name = rig.make_performer(clip.skeleton, {"robe": "#336699"}, "Dancer")
    before = census()
    assert rig.make_performer(clip.skeleton, {"robe": "#993366"}, "Dancer") == name
    assert census() == before


def test_an_object_of_the_user_with_that_name_is_left_alone(clip):
    theirs = bpy.data.objects.new("Dancer", None)
    assert rig.make_performer(clip.skeleton, {}, "Dancer") != "Dancer"
    assert bpy.data.objects["Dancer"] == theirs


@pytest.mark.parametrize("wish", [{"headdress": "top hat"}, {"garment": "kilt"}, {"robe": "red"}, {"robe": "#12345"}])
def test_a_costume_that_is_none_is_refused_and_leaves_nothing(clip, wish):
    before = census()
    with pytest.raises(ValueError, match=r"valid values|write it as"):
        rig.make_performer(clip.skeleton, wish, "Dancer")
    assert census() == before


def test_the_camera_sees_the_whole_dancer_all_the_time(dance):
    build_scene.build([dance], None, 16 / 9)
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 640, 360
    dancer = bpy.data.objects["Dancer"]
    for frame in range(scene.frame_start, scene.frame_end + 1, 6):
        scene.frame_set(frame)
        for child in dancer.children:
            shown = child.evaluated_get(bpy.context.evaluated_depsgraph_get())
            for vertex in list(shown.data.vertices)[::7]:
                x, y, depth = world_to_camera_view(scene, scene.camera, shown.matrix_world @ vertex.co)
                assert 0 < x < 1 and 0 < y < 1 and depth > 0, (frame, child.name)


def test_a_second_stage_replaces_the_first(dance):
    stage.make_stage([dance], {})
    before = census()
    stage.make_stage([dance], {})
    assert census() == before


def test_a_small_render_shows_a_lit_dancer(dance, tmp_path):
    build_scene.build([dance], None, 16 / 9)
    scene = bpy.context.scene
    render_scene.configure(scene, "cycles", 2, 160, 90)
    render_scene.render(scene, tmp_path, 1, 2)
    for frame in (1, 2):
        image = bpy.data.images.load(str(tmp_path / f"frame_{frame:05d}.png"))
        assert tuple(image.size) == (160, 90)
        pixels = list(image.pixels)
        grey = [sum(pixels[i : i + 3]) / 3 for i in range(0, len(pixels), 4)]
        middle = sum(grey) / len(grey)
        assert 0.03 < middle < 0.7  # neither night nor fog
        assert sum((g - middle) ** 2 for g in grey) / len(grey) > 0.003


def command(script, *arguments):
    here = os.path.join("addon", "scripts", script)
    if bpy.app.binary_path:
        start = [bpy.app.binary_path, "-b", "--factory-startup", "--python-exit-code", "1", "-P", here, "--"]
    else:
        start = [sys.executable, here, "--"]
    return subprocess.run([*start, *arguments], capture_output=True, text=True, timeout=600)


def test_a_script_that_cannot_do_its_work_says_why_and_ends_badly(tmp_path):
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"\x05")
    done = command("build_scene.py", "--clip", str(bad), "--out", str(tmp_path / "scene.blend"))
    assert done.returncode != 0
    assert "error: bad.safetensors is cut short" in done.stderr
    assert not (tmp_path / "scene.blend").exists()
