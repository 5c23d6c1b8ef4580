"""The pose that Blender shows, frame by frame: what the backend's rules are asked about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import bpy

from . import rig
from .properties import frame_rate
from .result import BEATS_KEY, BRIEF_KEY

_DIGITS = 6
Pose = tuple[list[float], list[float], list[float]]  # angles [rad], and of the root: place [m], rotation w x y z


def question(scene: bpy.types.Scene) -> dict:
    """The fields of a CheckRequest for the scene's performer, without its motion (`motion`).

    Raises:
        ValueError: there is no performer, or its action was not made here, so that nobody knows its dance.
    """
    armature = scene.ritual.performer_object
    if armature is None or armature.name not in bpy.data.objects:
        raise ValueError("There is no performer; generate one first.")
    action = armature.animation_data.action if armature.animation_data else None
    if action is None or BRIEF_KEY not in action:
        raise ValueError(f"The action of '{armature.name}' was not generated here: its dance is not known.")
    brief, _variant = json.loads(action[BRIEF_KEY])
    fields = {key: brief[key] for key in ("dance", "performer", "occasion")}
    beats = json.loads(action.get(BEATS_KEY, "[]"))
    return fields | {"fps": frame_rate(scene), "changes": brief.get("changes", []), "beats": beats}


def motion(poses: list[Pose]) -> dict:
    """The fields of a CheckRequest that hold the motion; no quaternion turns its sign."""
    angles, translation, rotation = (list(part) for part in zip(*poses, strict=True))
    for number in range(1, len(rotation)):
        if sum(a * b for a, b in zip(rotation[number - 1], rotation[number], strict=True)) < 0:
            rotation[number] = [-value for value in rotation[number]]
    return {"angles": angles, "root_translation": translation, "root_rotation": rotation}


def read(
    scene_name: str, armature_name: str, frames: tuple[int, int] | None = None, world: bool = True
) -> Iterator[Pose]:
    """The pose of every frame, evaluated: constraints, drivers and edits included.

    Args:
        scene_name, armature_name: whose poses.
        frames: first and last frame; None = the scene's range.
        world: whether the root is that in the world; else in the armature.

    Goes through the frames, at the caller's pace (names, not references: a tick may lie between two of them); the
    frame that was shown before is shown again at the end.

    Raises:
        ValueError: the scene or the performer is gone.
    """
    scene = _scene(scene_name)
    shown, (frame, last) = scene.frame_current, frames or (scene.frame_start, scene.frame_end)
    try:
        while frame <= last:
            _scene(scene_name).frame_set(frame)
            if armature_name not in bpy.data.objects:
                raise ValueError("The performer has been deleted; there is nothing to read.")
            root = rig.read_root(armature_name, world)
            yield tuple(_rounded(part) for part in (rig.read_angles(armature_name), *root))
            frame += 1
    finally:
        if scene_name in bpy.data.scenes:
            bpy.data.scenes[scene_name].frame_set(shown)


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(value, _DIGITS) for value in values]


def _scene(name: str) -> bpy.types.Scene:
    if name not in bpy.data.scenes:
        raise ValueError(f"The scene '{name}' is gone; there is nothing to read.")
    return bpy.data.scenes[name]
