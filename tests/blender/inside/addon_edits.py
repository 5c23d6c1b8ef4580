"""Inside Blender, with the models that ship: motion that begins in a pose, and spans that are danced anew."""

import json
import math
import time

import bpy
import pytest
from ritual_motion import check, compat, preferences, result, rig, span, work
from ritual_motion.job import Session

DANCE, PROMPT = "dai-peacock", "she spreads her wings"
LAST = 60  # frames: 2.5 s at the scene's own 24 fps
pytestmark = pytest.mark.usefixtures("addon")


@pytest.fixture(scope="module")
def danced(addon, tmp_path_factory):
    """A file in which a performer, renamed, moved and turned, dances for 60 frames."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    settings = bpy.context.scene.ritual
    settings.dance, settings.prompt = DANCE, PROMPT
    settings.seconds, settings.variants, settings.seed = LAST / 24, 1, 5
    assert bpy.ops.ritual.generate() == {"FINISHED"}
    armature = settings.performer_object
    armature.name, armature.location = "Yu", (3, 2, 0)
    armature.rotation_euler.z = 1.0
    path = tmp_path_factory.mktemp("danced") / "danced.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return str(path)


@pytest.fixture
def scene(danced):
    bpy.ops.wm.open_mainfile(filepath=danced)
    return bpy.context.scene


def shown(scene, first: int = 1, last: int = LAST) -> list[list[float]]:
    """Angles and root, frame by frame, in the world."""
    poses = check.read(scene.name, scene.ritual.performer_object.name, (first, last))
    return [[*angles, *place] for angles, place, _ in poses]


def apart(one: list[float], other: list[float]) -> float:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def test_the_motion_begins_in_the_pose_that_was_shown(scene):
    scene.frame_set(30)
    pose = rig.read_angles(scene.ritual.performer_object)
    scene.ritual.from_pose = True
    assert bpy.ops.ritual.generate(prompt="she bows") == {"FINISHED"}
    scene.frame_set(1)
    made = rig.read_angles(scene.ritual.performer_object)
    assert math.degrees(apart(made, pose)) < 0.1
    assert json.loads(scene.ritual.notes) == []


def test_a_forbidden_pose_is_moved_and_the_panel_says_so(scene, channel_of):
    armature = scene.ritual.performer_object
    compat.assign_action(armature, None)
    channel, _number = channel_of(armature, "left_wrist_flexion")
    armature.pose.bones[channel.bone].rotation_euler[channel.index] = channel.sign * math.radians(75)
    bpy.context.view_layer.update()
    scene.ritual.from_pose = True
    assert bpy.ops.ritual.generate() == {"FINISHED"}
    (note,) = json.loads(scene.ritual.notes)
    assert note.startswith("The pose of frame 1 is forbidden and was moved by ")
    assert json.loads(scene.ritual.results[0].report)["compliant"]


def test_a_span_is_danced_anew_where_the_dancer_is_and_the_rest_stays(scene):
    armature, played = scene.ritual.performer_object, scene.ritual.results[0].action
    before, objects = shown(scene), set(bpy.data.objects)
    scene.ritual.variants = 2
    assert bpy.ops.ritual.regenerate(start=21, end=40) == {"FINISHED"}
    assert (scene.ritual.performer_object, set(bpy.data.objects)) == (armature, objects)
    after = shown(scene)
    kept = [frame for frame in range(LAST) if not 20 <= frame < 40]
    assert max(apart(after[frame], before[frame]) for frame in kept) < 1e-4
    assert max(apart(after[frame], before[frame]) for frame in range(20, 40)) > 0.05
    assert [variant.action.name for variant in scene.ritual.results] == [
        f"{DANCE} {n} (edited, seed 5)" for n in (1, 2)
    ]
    assert played.name in bpy.data.actions and armature.animation_data.action == scene.ritual.results[0].action
    assert bpy.ops.ritual.check() == {"FINISHED"}
    assert work.checked()["compliant"], work.checked()["violations"]


def test_the_preview_range_says_which_frames(scene):
    before = shown(scene)
    scene.use_preview_range = True
    scene.frame_preview_start, scene.frame_preview_end = 50, LAST
    assert bpy.ops.ritual.regenerate() == {"FINISHED"}
    after = shown(scene)
    assert max(apart(after[frame], before[frame]) for frame in range(49)) < 1e-4
    assert apart(after[-1], before[-1]) > 0.01
    brief, _variant = json.loads(scene.ritual.results[0].action[result.BRIEF_KEY])
    assert brief["edited"] == {"action": f"{DANCE} 1 (seed 5)", "frames": [50, LAST]}
    assert (brief["performer"], brief["prompt"]) == ("female", PROMPT) and brief["occasion"]  # of the graph
    assert bpy.ops.ritual.regenerate(start=1, end=9) == {"FINISHED"}  # an edit of the edit
    again = shown(scene)
    assert max(apart(again[frame], after[frame]) for frame in range(9, LAST)) < 1e-4


def test_what_an_edit_by_hand_did_is_kept_and_its_faults_are_told(scene, bend, channel_of):
    armature = scene.ritual.performer_object
    bend(armature, "left_wrist_flexion", slice(4, 9), 75)
    _channel, number = channel_of(armature, "left_wrist_flexion")
    assert bpy.ops.ritual.regenerate(start=30, end=45) == {"FINISHED"}
    assert math.degrees(shown(scene, 6, 6)[0][number]) == pytest.approx(75, abs=0.01)
    assert any(note.startswith("Kept although it breaks a rule") for note in json.loads(scene.ritual.notes))


def test_what_is_no_span_of_ours_is_told_and_nothing_changes(scene):
    before = shown(scene)
    for frames, said in (
        ({}, "set a preview range"),
        ({"start": 40, "end": 30}, "Frames 40 to 30 are no span of the motion, whose frames are 1 to 60"),
        ({"start": 50, "end": 61}, "Frames 50 to 61 are no span"),
        ({"end": 10}, "Frames 0 to 10 are no span"),
    ):
        with pytest.raises(RuntimeError, match=said):
            bpy.ops.ritual.regenerate(**frames)
    assert shown(scene) == before and len(scene.ritual.results) == 1
    compat.assign_action(scene.ritual.performer_object, bpy.data.actions.new("of somebody else"))
    with pytest.raises(RuntimeError, match="its dance is not known"):
        bpy.ops.ritual.regenerate(start=3, end=5)


def test_a_performer_that_goes_meanwhile_gets_nothing_and_no_other_is_made(scene):
    brief, edit = span.question(scene, 10, 20)
    poses = list(check.read(scene.name, "Yu", span.frames(scene.ritual.performer_object), world=False))
    edit = edit | {"motion": edit["motion"] | check.motion(poses)}
    work.begin(Session(preferences.launch(bpy.context), brief, edit=edit, onto="Yu"), scene.name)
    bpy.data.objects.remove(bpy.data.objects["Yu"])
    before = set(bpy.data.objects)
    while work._tick() is not None:
        time.sleep(0.05)
    assert work.status().error.message == "The performer 'Yu' is gone: the motion was not put anywhere."
    assert set(bpy.data.objects) == before
