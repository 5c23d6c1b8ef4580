"""Puts a finished generation into the scene: performer, one action per variant, markers, report; one undo step."""

from __future__ import annotations

import json

import bpy

from . import action, rig
from .clip_file import Clip
from .job import Outcome
from .properties import frame_rate

BRIEF_KEY = "ritual_motion_brief"  # what an action answers, as JSON
BEATS_KEY = "ritual_motion_beats"  # the times of the beats that it is danced to [s], as JSON


def put(scene_name: str, outcome: Outcome) -> str:
    """Make or reuse the performer, give it the actions and play the first; returns the performer's name.

    Every object is looked up by name: minutes may have passed since the brief was sent.

    Args:
        scene_name: the scene that the brief came from.
        outcome: what the backend sent.

    Raises:
        ValueError: the scene or the performer that was edited is gone, or a clip does not fit.
    """
    scene = bpy.data.scenes.get(scene_name)
    if scene is None:
        raise ValueError(f"The scene '{scene_name}' is gone: the motion was not put anywhere.")
    if scene != bpy.context.scene:
        raise ValueError(f"Another scene than '{scene_name}' is open: the motion was not put anywhere.")
    if outcome.onto and outcome.onto not in bpy.data.objects:
        raise ValueError(f"The performer '{outcome.onto}' is gone: the motion was not put anywhere.")
    former = {"range": (scene.frame_start, scene.frame_end), "animated": bool(bpy.data.actions)}
    first = outcome.clips[0]
    known = set(bpy.data.objects)
    performer = outcome.onto or rig.make_performer(
        first.skeleton, rig.costume_of(first.meta), _performer_name(first.meta)
    )
    armature = bpy.data.objects[performer]
    if armature not in known:
        armature.location = scene.cursor.location
    actions = [_apply(performer, clip, outcome.brief) for clip in outcome.clips]
    _note(scene, armature, actions, outcome)
    show(scene, 0)
    if former["animated"]:  # other motion is there: its range must stay in sight
        scene.frame_start = min(scene.frame_start, former["range"][0])
        scene.frame_end = max(scene.frame_end, former["range"][1])
    scene.frame_set(scene.frame_start)
    _select(armature)
    return performer


def show(scene: bpy.types.Scene, number: int) -> None:
    """Let the performer play variant `number` (from 0) of the last generation, with its markers.

    Raises:
        ValueError: the performer or the action has been deleted.
    """
    settings = scene.ritual
    variant, armature = settings.results[number], settings.performer_object
    if armature is None or armature.name not in bpy.data.objects:
        raise ValueError("The performer has been deleted; generate again.")
    if variant.action is None:
        raise ValueError("The action of this variant has been deleted; generate again.")
    action.play(armature.name, variant.action.name)
    action.apply_markers(scene, json.loads(variant.report), variant.fps)
    settings.shown = number


def ready_for_it(context: bpy.types.Context) -> bool:
    """Whether the scene may be changed now: not while it is rendered, and not from under an open edit mode."""
    if bpy.app.is_job_running("RENDER"):
        return False
    edited = context.view_layer.objects.active if context.view_layer else None
    return edited is None or edited.mode in ("OBJECT", "POSE")


def push_undo(message: str) -> None:
    """One step for everything since the last one; from a timer there is no window, so the first is lent."""
    windows = bpy.context.window_manager.windows
    if bpy.app.background or not windows:
        return
    with bpy.context.temp_override(window=bpy.context.window or windows[0]):
        bpy.ops.ed.undo_push(message=message)


def _apply(performer: str, clip: Clip, brief: dict) -> str:
    """Write the clip as an action; one of that name is written anew only if it answers the very same brief."""
    named = {key: clip.meta[key] for key in ("performer", "occasion") if clip.meta.get(key)}  # a prompt may name them
    mark = json.dumps([brief | named, clip.meta.get("variant")], sort_keys=True)
    name, number = clip.name, 1
    while name in bpy.data.actions and bpy.data.actions[name].get(BRIEF_KEY) != mark:
        number += 1
        name = f"{clip.name} take {number}"
    name = action.apply_clip(performer, clip, name)
    bpy.data.actions[name][BRIEF_KEY] = mark
    bpy.data.actions[name][BEATS_KEY] = json.dumps(clip.meta.get("tempo", {}).get("beats", []))
    return name


def _note(scene: bpy.types.Scene, armature: bpy.types.Object, actions: list[str], outcome: Outcome) -> None:
    """Keep in the scene what the panel shows."""
    settings = scene.ritual
    settings.performer_object = armature
    settings.notes = json.dumps(_notes(outcome.report))
    settings.results.clear()
    for name, clip, variant in zip(actions, outcome.clips, outcome.variants, strict=True):
        entry = settings.results.add()
        entry.name = name
        entry.action = bpy.data.actions[name]
        entry.report = json.dumps(variant["report"])
        entry.fps = clip.fps


def _notes(report: dict) -> list[str]:
    """What the person who asked has to know of all variants, in sentences."""
    notes = list(report.get("notes", ()))
    for moved in report.get("moved_poses", ()):
        why = " ".join(dict.fromkeys(broken["text"] for broken in moved["broken"]))
        frame = action.FIRST_FRAME + moved["frame"]
        notes.append(f"The pose of frame {frame} is forbidden and was moved by {moved['moved_deg']:.1f} deg: {why}")
    for kept in report.get("edit", {}).get("kept_violations", ()):
        span = f"{kept['start']:.2f} to {kept['end']:.2f} s"
        notes.append(f"Kept although it breaks a rule, {span}: {kept['angle'].replace('_', ' ')}. {kept['text']}")
    return notes


def _performer_name(meta: dict) -> str:
    return f"{meta.get('label') or 'Performer'} ({meta.get('performer') or 'dancer'})"


def _select(armature: bpy.types.Object) -> None:
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj == armature)
    bpy.context.view_layer.objects.active = armature


def fps_mismatch(scene: bpy.types.Scene) -> str:
    """A warning where the scene no longer runs at the rate that its motion was made for; else nothing."""
    settings = scene.ritual
    if not settings.results:
        return ""
    made, now = settings.results[0].fps, frame_rate(scene)
    return "" if abs(made - now) < 0.01 else f"The motion was made for {made:g} fps; the scene runs at {now:g}."
