"""Clip <-> F-curves: one action per variant, linear between frames, as the clip itself is.

The clip's frame 0 is scene frame `FIRST_FRAME`.
"""

from __future__ import annotations

import json
from array import array

import bpy
from mathutils import Quaternion, Vector

from . import compat, rig
from .clip_file import Clip

FIRST_FRAME = 1
_LINEAR = 1  # bpy.types.Keyframe.interpolation, as foreach_set wants it
_MARKERS_KEY = "ritual_motion_markers"


def apply_clip(armature_name: str, clip: Clip, action_name: str) -> str:
    """Write a clip as an action and let the armature play it; the scene takes its rate and range.

    An action of that name is written anew, so that repeating leaves nothing behind.

    Args:
        armature_name: an armature made by `rig.make_armature` from the clip's skeleton.
        clip: what `clip_file.read` gives.
        action_name: the wished name; the action's own name is returned.

    Raises:
        ValueError: the armature was made from another skeleton.
    """
    armature = bpy.data.objects[armature_name]
    if not _same_joints(rig.skeleton_of(armature), clip.skeleton):
        raise ValueError(f"'{armature_name}' has other joints than the clip '{clip.name}'.")
    action = bpy.data.actions.get(action_name) or bpy.data.actions.new(action_name)
    compat.assign_action(armature, None)
    curves = compat.channels(action)
    for curve in list(curves):
        curves.remove(curve)
    _write_angles(curves, armature, clip)
    _write_root(curves, armature, clip)
    action.use_fake_user = True  # an unassigned variant must survive saving
    action.use_frame_range = True
    action.frame_start = FIRST_FRAME
    action.frame_end = FIRST_FRAME + clip.frames - 1
    compat.assign_action(armature, action)
    set_timing(bpy.context.scene, clip.fps, clip.frames)
    return action.name


def play(armature_name: str, action_name: str) -> None:
    """Let the armature play another of its actions (a variant); the scene takes its range."""
    action = bpy.data.actions[action_name]
    compat.assign_action(bpy.data.objects[armature_name], action)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = (round(f) for f in action.frame_range)


def set_timing(scene: bpy.types.Scene, fps: float, frames: int) -> None:
    """Frame rate and range of a scene; a broken rate (29.97) is kept exactly by the base."""
    scene.render.fps = max(1, round(fps))
    scene.render.fps_base = scene.render.fps / fps
    scene.frame_start = FIRST_FRAME
    scene.frame_end = FIRST_FRAME + frames - 1


def apply_markers(scene: bpy.types.Scene, report: dict, fps: float) -> int:
    """Timeline markers where a rule was kept by changing the motion; earlier ones of ours go.

    Args:
        scene: whose timeline.
        report: one variant's compliance report; reads `interceptions` (`start_frame`, `end_frame`, `rule`,
            `angle`), frames counted from 0.
        fps: the clip's frames per second.

    Returns:
        How many markers were set.
    """
    ours = {tuple(pair) for pair in json.loads(scene.get(_MARKERS_KEY, "[]"))}
    for marker in list(scene.timeline_markers):
        if (marker.name, marker.frame) in ours:
            scene.timeline_markers.remove(marker)
    rate = scene.render.fps / scene.render.fps_base / fps
    placed = []
    for span in report.get("interceptions", ()):
        name = f"{span['rule']}: {span['angle']}".replace("_", " ")
        start, end = (FIRST_FRAME + round(span[key] * rate) for key in ("start_frame", "end_frame"))
        placed.append(scene.timeline_markers.new(name, frame=start))
        if end > start:
            placed.append(scene.timeline_markers.new(f"{name} (end)", frame=end))
    scene[_MARKERS_KEY] = json.dumps([[marker.name, marker.frame] for marker in placed])
    return len(placed)


def _same_joints(mine: dict, theirs: dict) -> bool:
    def shape(skeleton: dict) -> list:
        joints = [(j["name"], j["parent"]) for j in skeleton["joints"]]
        return joints + [(a["name"], a["joint"], tuple(a["axis"])) for a in skeleton["angles"]]

    return shape(mine) == shape(theirs)


def _write_angles(curves, armature: bpy.types.Object, clip: Clip) -> None:
    count = len(clip.skeleton["angles"])
    for i, channel in enumerate(rig.angle_channels(armature, clip.skeleton)):
        values = clip.angles[i::count]
        if channel.sign < 0:
            values = array("f", [-value for value in values])
        _write(curves, f'pose.bones["{channel.bone}"].rotation_euler', channel.index, values)


def _write_root(curves, armature: bpy.types.Object, clip: Clip) -> None:
    location = [array("f") for _ in range(3)]
    rotation = [array("f") for _ in range(4)]
    former = None
    for f in range(clip.frames):
        where = Vector(clip.root_translation[3 * f : 3 * f + 3])
        turn = Quaternion(clip.root_rotation[4 * f : 4 * f + 4]).normalized()
        if former is not None and turn.dot(former) < 0:
            turn.negate()  # q and -q are one rotation, but not one interpolation
        former = turn.copy()
        place, quaternion = rig.root_channels(armature, clip.skeleton, where, turn)
        for channel, value in zip(location, place, strict=True):
            channel.append(value)
        for channel, value in zip(rotation, quaternion, strict=True):
            channel.append(value)
    path = f'pose.bones["{clip.skeleton["joints"][0]["name"]}"].'
    for index, values in enumerate(location):
        _write(curves, path + "location", index, values)
    for index, values in enumerate(rotation):
        _write(curves, path + "rotation_quaternion", index, values)


def _write(curves, path: str, index: int, values: array) -> None:
    """One F-curve at once: keyframe_insert takes minutes where this takes milliseconds."""
    curve = curves.new(path, index=index)
    curve.keyframe_points.add(len(values))
    points = array("f", [0.0]) * (2 * len(values))
    points[0::2] = array("f", range(FIRST_FRAME, FIRST_FRAME + len(values)))
    points[1::2] = values
    curve.keyframe_points.foreach_set("co", points)
    curve.keyframe_points.foreach_set("interpolation", array("i", [_LINEAR]) * len(values))
    curve.update()
