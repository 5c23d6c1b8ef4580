"""Inside Blender: an image is translated, enlarged, made; the result goes where the panel says, if the rules let it."""

import time

import bpy
import pytest
from ritual_motion import backdrop, compat, preferences, work
from ritual_motion.backend_client import PictureWork
from ritual_motion.job import Session

pytestmark = pytest.mark.usefixtures("addon")


@pytest.fixture
def scene():
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    scene.ritual.dance, scene.ritual.picture_judged = "han-yangko", False
    image = bpy.data.images.new("house.png", 64, 48)
    image.pixels = [0.8, 0.2, 0.1, 1.0] * (64 * 48)
    scene.ritual.source_picture = image
    return scene


def do(what: str) -> None:
    assert bpy.ops.ritual.picture(work=what) == {"FINISHED"}


def textures(owner) -> list[bpy.types.Image]:
    return [node.image for node in compat.node_tree(owner).nodes if node.type == "TEX_IMAGE"]


def test_a_translation_stands_at_the_cursor_as_wide_as_the_picture_is(scene):
    scene.cursor.location = (1, 2, 0)
    do("papercut")
    plane = bpy.data.objects["house papercut"]
    assert plane.name in scene.objects and tuple(plane.location) == (1, 2, 0)
    assert plane.dimensions.x == pytest.approx(4) and plane.dimensions.z == pytest.approx(backdrop.HEIGHT)
    (image,) = textures(plane.data.materials[0])
    assert tuple(image.size) == (64, 48) and image.packed_file is not None
    assert plane.data.polygons[0].normal.y == pytest.approx(-1)  # it faces where performers face


def test_a_cut_out_lets_through_what_is_behind_it(scene):
    scene.ritual.cut_out = True
    do("papercut")
    (image,) = textures(bpy.data.objects["house papercut"].data.materials[0])
    assert {*list(image.pixels)[3::4]} <= {0.0, 1.0}
    shader = next(
        n for n in compat.node_tree(bpy.data.materials["house papercut"]).nodes if n.type == "BSDF_PRINCIPLED"
    )
    assert shader.inputs["Alpha"].is_linked


def test_a_larger_one_becomes_the_worlds_background_and_the_former_world_is_kept(scene):
    scene.world = bpy.data.worlds.new("mine")
    scene.ritual.picture_place = backdrop.WORLD
    do("enlarge")
    assert scene.world.name == "house enlarge" and bpy.data.worlds["mine"].use_fake_user
    (image,) = textures(scene.world)
    assert tuple(image.size) == (128, 96)


def test_a_backdrop_is_made_as_an_asset_and_its_seed_makes_it_again(scene):
    scene.ritual.picture_place, scene.ritual.backdrop_seed = backdrop.ASSET, 7
    do("backdrop")
    plane = bpy.data.objects["backdrop"]
    assert plane.asset_data is not None
    first = list(textures(plane.data.materials[0])[0].pixels)
    do("backdrop")
    assert list(textures(bpy.data.objects["backdrop.001"].data.materials[0])[0].pixels) == first


def test_a_picture_that_a_rule_forbids_does_not_come_and_its_words_are_told(scene):
    image = scene.ritual.source_picture
    image.pixels = ([0.9, 0.75, 0.1, 1.0] * 64 * 24) + ([0.03, 0.03, 0.03, 1.0] * 64 * 24)
    wish = {"factor": 2, "papercut": True, "dance": "jingpo-munao", "name": "flag"}
    from ritual_motion import picture

    before = len(bpy.data.images), len(scene.objects)
    asked = PictureWork("enlarge", wish, picture.read(image))
    status = work.run(Session(preferences.launch(bpy.context), picture_work=asked, onto="PLANE"), scene.name, print)
    assert status.phase == "failed" and status.error.code == "refused"
    assert "calamity" in status.error.refusals[0]["text"]
    assert (len(bpy.data.images), len(scene.objects)) == before


def test_what_the_backend_cannot_do_is_one_sentence_and_changes_nothing(scene):
    before = len(bpy.data.images), len(scene.objects)
    with pytest.raises(RuntimeError, match="no weights 'restore'"):  # these small ones hold none
        do("restore")
    scene.ritual.source_picture = None
    with pytest.raises(RuntimeError, match="No picture is chosen"):
        do("papercut")
    assert (len(bpy.data.images), len(scene.objects)) == before


def test_the_window_is_not_held_up_and_cancel_stops_the_work(scene):
    """As in a Blender with a window: the answer comes by the timer."""
    scene.ritual.source_picture = bpy.data.images.new("large", 2400, 2400)
    from ritual_motion import picture

    asked = PictureWork("enlarge", {"name": "large"}, picture.read(scene.ritual.source_picture))
    work.begin(Session(preferences.launch(bpy.context), picture_work=asked, onto="PLANE"), scene.name)
    while work.status().factor in (None, 0.0):
        assert work._tick() is not None
        time.sleep(0.02)
    assert work.status().text == "Tiles" and work.status().eta > 0
    objects = len(scene.objects)
    work.cancel()
    while work._tick() is not None:
        time.sleep(0.02)
    assert work.status().phase == "cancelled" and len(scene.objects) == objects
