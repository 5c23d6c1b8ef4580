"""Inside Blender: an image is asked what it is, and its symbol goes onto the costume, if the rules allow it."""

import json
import os
import time
from pathlib import Path

import bpy
import pytest
from ritual_motion import (
    compat,
    picture,
    picture_panel,
    preferences,
    properties,
    result,
    rig,
    starting_pose,
    symbols,
    work,
)
from ritual_motion.costume import Costume, border_for
from ritual_motion.job import Session

PICTURES = Path(os.environ["RITUAL_TEST_PICTURES"])
TORCH, TIGER, PEACOCK = "yi-torch-pattern", "yi-tiger-totem", "dai-peacock-pattern"
pytestmark = pytest.mark.usefixtures("addon")


@pytest.fixture
def scene():
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    scene.ritual.dance, scene.ritual.prompt = "han-yangko", "she bows"
    scene.ritual.seconds, scene.ritual.variants = 1, 1
    return scene


def opened(scene, name: str) -> bpy.types.Image:
    scene.ritual.picture = bpy.data.images.load(str(PICTURES / f"{name}.png"))
    return scene.ritual.picture


def looked_at(scene) -> dict:
    assert bpy.ops.ritual.describe() == {"FINISHED"}
    return work.seen(scene.ritual.picture.name)


def generate() -> None:
    assert bpy.ops.ritual.generate() == {"FINISHED"}


def worn(armature: bpy.types.Object) -> list[str]:
    return json.loads(armature[rig.LOOK_KEY])[1]["patterns"]


def trim(armature: bpy.types.Object) -> list[float]:
    """The pixels of the border that the performer shows."""
    (material,) = symbols._trims(armature)
    (texture,) = [node for node in compat.node_tree(material).nodes if node.type == "TEX_IMAGE"]
    return list(texture.image.pixels)


# What is this?


def test_a_picture_is_told_in_words(scene):
    opened(scene, "peacock")
    seen = looked_at(scene)
    likely = seen["symbols"][0]
    assert (likely["slug"], likely["groups"]) == (PEACOCK, ["Dai"])
    assert picture_panel.listed(seen["form"]).startswith(("bird ", "peacock eye "))
    assert picture_panel.meanings(seen, {})[0].startswith("Means where nothing is said: ")


def test_it_is_asked_about_at_the_occasion_that_is_chosen(scene):
    opened(scene, "torch")
    scene.ritual.dance = "yi-torch"
    seen = looked_at(scene)
    assert list(seen["concepts"]) == ["", "torch-festival"]  # the dance's own
    scene.ritual.occasion = "wedding"
    assert list(looked_at(scene)["concepts"]) == ["", "wedding"]
    assert picture_panel.meanings(seen, {"torch-festival": "Torch Festival"})[1].startswith(
        "Means at or on Torch Festival: "
    )
    assert [TORCH, "The torch-festival pattern is forbidden at a funeral."] in seen["taboos"]


def test_the_answer_is_shown_with_its_own_picture_only(scene):
    opened(scene, "peacock")
    looked_at(scene)
    assert work.seen(opened(scene, "torch").name) == {}


def test_packed_painted_generated_and_plain_images_are_sent(scene):
    image = opened(scene, "peacock")
    file = (PICTURES / "peacock.png").read_bytes()
    assert picture.read(image) == file
    image.pack()
    assert picture.read(image) == file
    image.pixels[0] = 0.5
    assert picture.read(image).startswith(b"\x89PNG") and picture.read(image) != file
    whole = looked_at(scene)["symbols"][0]["slug"]
    assert whole == PEACOCK  # one pixel changes nothing
    before = len(bpy.data.images)
    drawn = bpy.data.images.new("drawn", 32, 16, float_buffer=True)
    assert picture.read(drawn).startswith(b"\x89PNG") and len(bpy.data.images) == before + 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "bad.png is empty: it has no bytes"),
        (b"no image at all", "bad.png is no image that can be read"),
        (None, "The file of 'bad.png' cannot be read: No such file"),
    ],
)
def test_a_bad_image_is_told_in_one_sentence(scene, tmp_path, content, said):
    image = bpy.data.images.new("bad.png", 8, 8)
    image.source, image.filepath = "FILE", str(tmp_path / "bad.png")
    if content is not None:
        (tmp_path / "bad.png").write_bytes(content)
    scene.ritual.picture = image
    with pytest.raises(RuntimeError, match=said):
        bpy.ops.ritual.describe()


def test_the_window_is_not_held_up(scene):
    """As in a Blender with a window: the answer comes by the timer."""
    image = opened(scene, "peacock")
    asked = picture_asked(image)
    work.begin(Session(preferences.launch(bpy.context), picture=asked), scene.name)
    assert work.busy() and not work.seen(image.name)
    while work._tick() is not None:
        time.sleep(0.02)
    assert work.seen(image.name)["symbols"][0]["slug"] == PEACOCK


def picture_asked(image):
    from ritual_motion.backend_client import Picture

    return Picture(picture.read(image), image.name)


# Use as symbol.


def test_a_symbol_goes_into_the_brief_and_onto_the_selected_performer(scene):
    generate()
    armature = scene.ritual.performer_object
    armature.location.x = 3
    own, before = worn(armature), trim(armature)
    assert bpy.ops.ritual.use_symbol(symbol=PEACOCK) == {"FINISHED"}
    assert worn(armature) == [PEACOCK, *own]
    assert trim(armature) != before
    assert properties.brief(scene)["patterns"] == [PEACOCK]
    assert list(symbols.chosen(scene)) == [PEACOCK]
    images = len(bpy.data.images)
    generate()  # the same performer goes on wearing it
    assert (scene.ritual.performer_object, armature.location.x) == (armature, 3)
    assert len(bpy.data.images) == images
    assert bpy.ops.ritual.drop_symbol(symbol=PEACOCK) == {"FINISHED"}
    assert (worn(armature), trim(armature)) == (own, before)
    assert "patterns" not in properties.brief(scene)


def test_a_forbidden_symbol_is_refused_with_its_reason_and_nothing_changes(scene):
    scene.ritual.dance, scene.ritual.performer = "yi-torch", "female"
    generate()
    armature = scene.ritual.performer_object
    own = worn(armature)
    with pytest.raises(RuntimeError, match="tiger totem is worn by male performers only"):
        bpy.ops.ritual.use_symbol(symbol=TIGER)
    error = work.status().error
    assert (error.code, error.refusals[0]["rule"][-18:]) == ("refused", "yi-tiger-male-only")
    assert (worn(armature), symbols.chosen(scene)) == (own, {})


def test_the_rules_are_those_of_what_the_performer_dances_not_of_the_panel(scene):
    scene.ritual.dance, scene.ritual.occasion = "han-yangko", "new-year"
    generate()
    scene.ritual.occasion = "funeral"
    assert bpy.ops.ritual.use_symbol(symbol=TORCH) == {"FINISHED"}
    starting_pose.performer(bpy.context).select_set(False)
    with pytest.raises(RuntimeError, match="forbidden at a funeral"):
        bpy.ops.ritual.use_symbol(symbol=TORCH)  # nobody is selected: the panel's occasion counts


def test_a_brief_with_a_symbol_is_judged_when_it_is_sent(scene):
    assert bpy.ops.ritual.use_symbol(symbol=TORCH) == {"FINISHED"}
    scene.ritual.occasion = "funeral"
    with pytest.raises(RuntimeError, match="forbidden at a funeral"):
        generate()
    scene.ritual.occasion = "new-year"
    generate()
    assert worn(scene.ritual.performer_object)[0] == TORCH
    sent, _variant = json.loads(scene.ritual.results[0].action[result.BRIEF_KEY])
    assert sent["patterns"] == [TORCH]


def test_an_unknown_symbol_names_the_nearest(scene):
    with pytest.raises(RuntimeError, match="Did you mean yi-tiger-totem"):
        bpy.ops.ritual.use_symbol(symbol="yi-tiger-toten")


def test_the_border_is_that_of_the_newest_symbol_that_has_a_drawing():
    assert border_for([PEACOCK, TORCH]) == "eye"
    assert border_for([TORCH, PEACOCK]) == "flame"
    assert border_for(["naxi-frog", TORCH]) == "flame"
    assert Costume.from_table({"patterns": ["naxi-frog"]}).border == "lozenge"
