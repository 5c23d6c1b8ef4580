"""Inside Blender: the add-on with a real backend process behind it, from the brief to the action."""

import json
import math
import os
import signal
import threading
import time

import bpy
import pytest
import ritual_motion
from ritual_motion import (
    backend_process,
    catalogue,
    check,
    compat,
    properties,
    result,
    rig,
    starting_pose,
    work,
)
from ritual_motion.job import Session

DANCE, PROMPT = "dai-peacock", "she spreads her wings"
pytestmark = pytest.mark.usefixtures("addon")


@pytest.fixture
def scene():
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    scene.ritual.dance, scene.ritual.prompt = DANCE, PROMPT
    scene.ritual.seconds, scene.ritual.variants = 2, 2
    return scene


def generate(**words) -> None:
    assert bpy.ops.ritual.generate(**words) == {"FINISHED"}


def contents() -> dict:
    """What is in the file, by name: to see that nothing was left behind."""
    kinds = ("objects", "actions", "meshes", "armatures", "materials", "images")
    found = {kind: sorted(block.name for block in getattr(bpy.data, kind)) for kind in kinds}
    scene = bpy.context.scene
    return {**found, "markers": len(scene.timeline_markers), "results": len(scene.ritual.results),
            "range": (scene.frame_start, scene.frame_end)}  # fmt: skip


def pose(armature: bpy.types.Object, frame: int) -> list[float]:
    bpy.context.scene.frame_set(frame)
    shown = armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return [value for bone in shown.pose.bones for row in bone.matrix for value in row]


# What it makes.


def test_a_brief_becomes_a_performer_with_an_action_per_variant(scene):
    generate()
    armature = scene.ritual.performer_object
    assert (armature.type, armature.name) == ("ARMATURE", "Dai peacock dance (female)")
    assert [variant.action.name for variant in scene.ritual.results] == [f"{DANCE} 1 (seed 0)", f"{DANCE} 2 (seed 0)"]
    assert armature.animation_data.action == scene.ritual.results[0].action
    assert pose(armature, 1) != pose(armature, 20)  # in 5.0 an action without its slot would not move it
    assert (scene.frame_start, scene.frame_end) == (1, 48)  # 2 s at the scene's own 24 fps
    assert result.fps_mismatch(scene) == ""


def test_where_a_rule_was_kept_there_is_a_marker_and_a_report(scene):
    generate()
    report = json.loads(scene.ritual.results[0].report)
    assert report["compliant"]
    spans = report["interceptions"]
    assert [span["angle"] for span in spans] == ["left_wrist_flexion"]
    assert spans[0]["source"] and spans[0]["rule"] and spans[0]["replaced_by"]
    assert {marker.frame for marker in scene.timeline_markers} == {
        1 + spans[0]["start_frame"], 1 + spans[0]["end_frame"]
    }  # fmt: skip


def test_another_variant_is_played_on_request(scene):
    generate()
    armature = scene.ritual.performer_object
    first = pose(armature, 10)
    assert bpy.ops.ritual.show_variant(number=1) == {"FINISHED"}
    assert armature.animation_data.action == scene.ritual.results[1].action
    assert pose(armature, 10) != first
    with pytest.raises(RuntimeError, match="no variant 3"):
        bpy.ops.ritual.show_variant(number=2)


def test_the_performer_is_used_again_and_repeating_leaves_nothing_behind(scene):
    generate()
    armature, once = scene.ritual.performer_object, contents()
    armature.location.x = 3
    generate()
    assert contents() == once
    assert (scene.ritual.performer_object, armature.location.x) == (armature, 3)


def test_another_prompt_does_not_overwrite_the_motion_of_the_first(scene):
    generate()
    first = scene.ritual.results[0].action
    generate(prompt="she bows")
    assert scene.ritual.results[0].action.name == f"{DANCE} 1 (seed 0) take 2"
    assert first.name == f"{DANCE} 1 (seed 0)"


def test_a_performer_that_was_deleted_is_made_again(scene):
    generate()
    bpy.data.objects.remove(scene.ritual.performer_object)
    with pytest.raises(RuntimeError, match="performer has been deleted"):
        bpy.ops.ritual.show_variant(number=1)
    generate()
    assert scene.ritual.performer_object.animation_data.action == scene.ritual.results[0].action


def test_a_new_performer_stands_at_the_cursor(scene):
    scene.cursor.location = (1, 2, 0)
    generate()
    assert tuple(scene.ritual.performer_object.location) == (1, 2, 0)


def test_the_range_of_other_motion_stays_in_sight(scene):
    bpy.data.actions.new("of somebody else").use_fake_user = True
    scene.frame_end = 500
    generate()
    assert (scene.frame_start, scene.frame_end) == (1, 500)


def test_a_change_of_the_frame_rate_is_warned_of(scene):
    generate()
    scene.render.fps = 30
    assert result.fps_mismatch(scene) == "The motion was made for 24 fps; the scene runs at 30."


def test_motion_is_asked_for_at_the_rate_of_the_scene(scene):
    scene.render.fps, scene.render.fps_base = 30, 1.001
    generate()
    assert scene.ritual.results[0].fps == pytest.approx(29.97, abs=1e-3)
    assert result.fps_mismatch(scene) == ""


def test_tempo_loop_and_sliders_are_sent_kept_in_the_file_and_asked_about(scene, tmp_path):
    settings = scene.ritual
    assert (settings.bpm, settings.loop, settings.style, settings.energy) == (0.0, False, 1.0, 1.0)
    assert properties.brief(scene)["bpm"] is None
    settings.bpm, settings.loop, settings.style, settings.energy = 96, True, 1.25, 0.75
    generate()
    sent, _variant = json.loads(settings.results[0].action[result.BRIEF_KEY])
    assert (sent["bpm"], sent["loop"], sent["style"], sent["energy"]) == (96, True, 1.25, 0.75)
    settings.results[0].action[result.BEATS_KEY] = "[0.0, 0.625]"
    assert check.question(scene)["beats"] == [0.0, 0.625]
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "kept.blend"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "kept.blend"))
    kept = bpy.context.scene.ritual
    assert (kept.bpm, kept.loop, kept.style, kept.energy) == (96, True, 1.25, 0.75)


def select(*objects: bpy.types.Object) -> None:
    """Select these alone; the first is the active one."""
    layer = bpy.context.view_layer
    for obj in layer.objects:
        obj.select_set(obj in objects)
    layer.objects.active = objects[0] if objects else None


def sent_pose(scene) -> list[float]:
    brief, _variant = json.loads(scene.ritual.results[0].action[result.BRIEF_KEY])
    return brief["pose"]


def test_the_current_pose_of_the_selected_performer_is_sent(scene):
    generate()
    armature = scene.ritual.performer_object
    assert not scene.ritual.from_pose and "pose" not in properties.brief(scene)
    scene.ritual.from_pose = True
    scene.frame_set(20)
    shown = rig.read_angles(armature)
    assert max(map(abs, shown)) > 0.1
    select(armature)
    generate(prompt="she bows")
    assert sent_pose(scene) == pytest.approx(shown, abs=1e-6)
    assert scene.ritual.performer_object == armature
    scene.frame_set(30)
    shown = rig.read_angles(armature)
    select(armature.children[0])  # who clicks on a dancer clicks on its body
    generate(prompt="she turns")
    assert sent_pose(scene) == pytest.approx(shown, abs=1e-6)
    scene.ritual.from_pose = False
    generate(prompt="she leaves")
    assert "pose" not in json.loads(scene.ritual.results[0].action[result.BRIEF_KEY])[0]


def test_a_pose_that_a_constraint_holds_is_the_one_that_is_sent(scene, channel_of):
    generate()
    armature = scene.ritual.performer_object
    channel, number = channel_of(armature, "left_elbow_flexion")
    held = armature.pose.bones[channel.bone].constraints.new("LIMIT_ROTATION")
    held.owner_space = "LOCAL"
    axis = "xyz"[channel.index]
    setattr(held, f"use_limit_{axis}", True)
    low, high = sorted((channel.sign * math.radians(50), channel.sign * math.radians(50.001)))
    setattr(held, f"min_{axis}", low)
    setattr(held, f"max_{axis}", high)
    bpy.context.view_layer.update()
    scene.ritual.from_pose = True
    generate(prompt="she bows")
    assert math.degrees(sent_pose(scene)[number]) == pytest.approx(50, abs=0.05)


def test_of_two_performers_the_active_one_is_read(scene):
    generate()
    hers = scene.ritual.performer_object
    scene.ritual.dance = next(d for d in scene.ritual.dance_items() if "mongolian" in d[0])[0]
    generate()
    his = scene.ritual.performer_object
    assert his != hers
    scene.frame_set(12)
    scene.ritual.from_pose = True
    for armature in (hers, his):
        select(armature, hers, his)
        shown = rig.read_angles(armature)
        assert starting_pose.read(bpy.context) == pytest.approx(shown, abs=1e-6)
    assert rig.read_angles(his) != pytest.approx(rig.read_angles(hers), abs=0.01)


def test_without_a_selected_performer_the_pose_is_asked_for_and_nothing_changes(scene):
    generate()
    scene.ritual.from_pose = True
    armature = scene.ritual.performer_object
    cube = bpy.data.objects.new("cube", bpy.data.meshes.new("cube"))
    other = bpy.data.objects.new("rig of somebody else", bpy.data.armatures.new("rig"))
    for obj in (cube, other):
        compat.link(obj)
    before = contents()
    for chosen in ([], [cube], [other]):
        select(*chosen)
        assert starting_pose.performer(bpy.context) is None
        with pytest.raises(RuntimeError, match="No performer is selected: select one"):
            bpy.ops.ritual.generate()
    select(armature)
    bpy.ops.object.mode_set(mode="EDIT")
    with pytest.raises(RuntimeError, match="leave Edit Mode"):
        bpy.ops.ritual.generate()
    bpy.ops.object.mode_set(mode="POSE")
    assert contents() == before
    generate()


def test_generated_motion_keeps_the_rules_when_blender_plays_it(scene):
    generate()
    scene.frame_set(7)
    assert bpy.ops.ritual.check() == {"FINISHED"}
    assert (work.checked()["frames"], work.checked()["compliant"]) == (48, True), work.checked()["violations"]
    assert scene.frame_current == 7


def test_an_edit_that_breaks_a_rule_is_found_with_its_frames(scene, bend):
    generate()
    armature = scene.ritual.performer_object
    bend(armature, "left_wrist_flexion", slice(9, 20), 75)  # frames 10 to 20
    assert bpy.ops.ritual.check() == {"FINISHED"}
    (violation,) = work.checked()["violations"]
    assert violation["angle"] == "left_wrist_flexion"
    assert violation["value_deg"] == pytest.approx(75, abs=0.1)
    assert 8 <= violation["start"] * 24 <= 9 and 19 <= violation["end"] * 24 <= 20
    bpy.ops.ritual.dismiss()
    assert work.checked() == {}


def test_a_dancer_that_is_turned_the_forbidden_way_is_found(scene):
    scene.ritual.dance = next(d for d in scene.ritual.dance_items() if "tibetan" in d[0])[0]
    generate()
    armature = scene.ritual.performer_object
    armature.rotation_mode = "XYZ"
    for frame, turned in ((1, 0.0), (40, math.pi)):  # half a turn to the left; the circle dance goes to the right
        armature.rotation_euler.z = turned
        armature.keyframe_insert("rotation_euler", frame=frame)
    assert bpy.ops.ritual.check() == {"FINISHED"}
    found = work.checked()["violations"]
    assert {v["angle"] for v in found} == {"heading"}
    assert {v["rule"].rsplit(":", 1)[1] for v in found} >= {"tibetan-circling-one-way"}


def test_poses_are_read_bit_by_bit_and_cancel_shows_the_old_frame(scene):
    generate()
    scene.frame_set(9)
    work.begin_reading(check.read(scene.name, scene.ritual.performer_object.name), 48, Session)
    tick = work._reading
    assert tick() == 0.0 and work.busy()  # not all at once
    work.cancel()
    assert tick() is None
    assert (work.busy(), work.status().phase, scene.frame_current) == (False, "cancelled", 9)


def test_no_quaternion_turns_its_sign_on_the_way():
    turns = [[1.0, 0.0, 0.0, 0.0], [-0.8, 0.0, 0.0, -0.6], [-0.6, 0.0, 0.0, -0.8]]
    sent = check.motion([([0.0], [0.0, 0.0, 0.9], turn) for turn in turns])
    assert sent["root_rotation"] == [turns[0], [0.8, 0.0, 0.0, 0.6], [0.6, 0.0, 0.0, 0.8]]


def test_an_action_of_unknown_origin_is_not_checked(scene):
    generate()
    compat.assign_action(scene.ritual.performer_object, bpy.data.actions.new("of somebody else"))
    with pytest.raises(RuntimeError, match="its dance is not known"):
        bpy.ops.ritual.check()


# What it does not make.


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prompt": "  "}, "The prompt is empty"),
        ({"dance": "dai-peacok"}, "Did you mean dai-peacock"),
    ],
)
def test_a_bad_brief_is_one_sentence_and_changes_nothing(scene, change, said):
    if "prompt" in change:
        scene.ritual.prompt = ""
    before = contents()
    with pytest.raises(RuntimeError, match=said):
        bpy.ops.ritual.generate(**change)
    assert contents() == before


def test_what_a_rule_forbids_is_refused_with_rule_source_and_what_is_allowed(scene):
    before = contents()
    scene.ritual.dance = next(d for d in scene.ritual.dance_items() if "mongolian" in d[0])[0]
    scene.ritual.performer = "female"
    with pytest.raises(RuntimeError, match="wrestl"):
        bpy.ops.ritual.generate()
    error = work.status().error
    assert error.code == "refused"
    assert all(error.refusals[0][key] for key in ("rule", "text", "source", "allowed"))
    assert contents() == before


def following(session: Session, text: str) -> None:
    """Poll until the session says `text`."""
    end = time.monotonic() + 300
    while text not in session.poll(0.05).text:
        assert not session.finished, session.status
        assert time.monotonic() < end, session.status


def test_a_backend_that_dies_in_mid_job_is_told_and_the_scene_is_as_before(scene, launch):
    before = contents()
    session = Session(launch, {**properties.brief(scene), "prompt": "slowly"})
    work.begin(session, scene.name)
    following(session, "Inverse kinematics")
    os.kill(json.loads(backend_process.own_handshake().read_text())["pid"], signal.SIGKILL)
    while work._tick() is not None:
        time.sleep(0.05)
    assert work.status().phase == "failed"
    assert work.status().error.message == (
        "The backend ended in the middle of the job; the scene is as it was before."
    )
    assert contents() == before
    generate()  # it is started anew, and the old job is not done again before this one


def test_a_backend_that_crashes_over_a_job_is_told_too(scene):
    before = contents()
    with pytest.raises(RuntimeError, match="ended in the middle of the job"):
        bpy.ops.ritual.generate(prompt="crash")
    assert contents() == before


def test_cancel_stops_the_job_on_the_backend_and_brings_nothing(scene, launch):
    before = contents()
    session = Session(launch, {**properties.brief(scene), "prompt": "slowly"})
    work.begin(session, scene.name)
    following(session, "Inverse kinematics")
    assert bpy.ops.ritual.cancel() == {"FINISHED"}
    while work._tick() is not None:
        time.sleep(0.05)
    assert (work.status().phase, work.busy()) == ("cancelled", False)
    client = backend_process.connect(launch, threading.Event())
    end = time.monotonic() + 300
    while (job := client._json("GET", "/v1/jobs")["jobs"][-1])["state"] == "running":
        assert time.monotonic() < end
        time.sleep(0.05)
    assert job["state"] == "cancelled"
    assert contents() == before
    generate()  # and the next job gets its own result
    assert scene.ritual.results[0].action.name == f"{DANCE} 1 (seed 0)"


def test_only_one_job_at_a_time(scene, launch):
    session = Session(launch, {**properties.brief(scene), "prompt": "slowly"})
    work.begin(session, scene.name)
    assert not bpy.ops.ritual.generate.poll()
    assert not bpy.ops.ritual.connect.poll()
    work.cancel()
    while work._tick() is not None:
        time.sleep(0.05)
    assert bpy.ops.ritual.generate.poll()


def test_a_result_for_a_scene_that_is_gone_goes_nowhere(scene, launch):
    session = Session(launch, properties.brief(scene))
    work.begin(session, scene.name)
    scene.name = "renamed meanwhile"
    before = contents()
    while work._tick() is not None:
        time.sleep(0.05)
    assert "is gone" in work.status().error.message
    assert contents() == before


def test_a_result_waits_until_edit_mode_is_left(scene, launch):
    mesh = bpy.data.objects.new("edited", bpy.data.meshes.new("edited"))
    scene.collection.objects.link(mesh)
    bpy.context.view_layer.update()
    bpy.context.view_layer.objects.active = mesh
    bpy.ops.object.mode_set(mode="EDIT")
    session = Session(launch, properties.brief(scene))
    work.begin(session, scene.name)
    session.join(20)
    for _ in range(3):
        assert work._tick() is not None
    assert (mesh.mode, "leave Edit Mode" in work.status().text) == ("EDIT", True)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert work._tick() is None
    assert work.status().phase == "done"


def test_opening_another_file_gives_the_job_up(scene, launch):
    session = Session(launch, properties.brief(scene))
    work.begin(session, scene.name)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert not work.busy()
    session.join(20)
    assert not bpy.data.actions


def test_a_fault_while_the_scene_is_changed_is_told_and_ends_the_work(scene, launch, monkeypatch):
    def fail(*_):
        raise KeyError("a bone")

    monkeypatch.setattr(result, "put", fail)
    work.begin(Session(launch, properties.brief(scene)), scene.name)
    while work._tick() is not None:
        time.sleep(0.05)
    assert (work.busy(), work.status().phase) == (False, "failed")
    assert "a bone" in work.status().error.message


# Menus and memory.


def test_the_menu_of_dances_follows_the_group(scene):
    scene.ritual.group = "dai"
    assert {item[0] for item in scene.ritual.dance_items()} == {DANCE}
    scene.ritual.group = "ALL"
    assert len(scene.ritual.dance_items()) >= 6


def test_the_chosen_dance_survives_a_graph_that_gets_another(scene):
    chosen = scene.ritual.dance = scene.ritual.dance_items()[-1][0]
    path = catalogue._file()
    grown = json.loads(path.read_text())
    grown["dances"].insert(0, {**grown["dances"][0], "slug": "aa-new", "label": "New"})
    catalogue._take(grown)
    assert scene.ritual.dance == chosen
    catalogue.remember()


def test_the_dances_are_remembered_without_a_backend():
    catalogue._take({"groups": [], "dances": [], "occasions": [], "performers": []})
    assert not catalogue.known()
    catalogue.remember()
    assert catalogue.dance(DANCE)["label"] == "Dai peacock dance"
    assert {"female", "male", "bimo"} <= {item[0] for item in catalogue.performer_items()}  # roles are the graph's


def test_rules_older_than_their_files_are_told_until_they_are_not():
    kept = json.loads(catalogue._file().read_text())
    catalogue.update({**kept, "graph": {"state": "outdated", "message": "dai.ttl, line 3: no."}})
    assert catalogue.outdated() == "dai.ttl, line 3: no."
    catalogue.update({**kept, "graph": {"state": "current", "message": ""}})
    assert catalogue.outdated() == ""
    catalogue.update(kept)  # an older backend says nothing of it
    assert catalogue.outdated() == ""


def test_a_damaged_memory_does_not_stop_the_add_on():
    path = catalogue._file()
    kept = path.read_text()
    path.write_text("{ cut")
    catalogue.remember()
    path.write_text(kept)


def test_registering_twice_over_leaves_no_trace():
    ritual_motion.unregister()
    assert not hasattr(bpy.types.Scene, "ritual")
    assert not backend_process.alive()
    ritual_motion.register()
    assert hasattr(bpy.types.Scene, "ritual")


def test_the_seed_ends_where_blenders_integers_end(scene):
    scene.ritual.seed = 2**31 - 1
    assert properties.brief(scene)["seed"] == 2**31 - 1
